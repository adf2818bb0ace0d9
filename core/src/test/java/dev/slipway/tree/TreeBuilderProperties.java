// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.tree.Node.HardLink;
import dev.slipway.tree.Node.RegularFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The builder against the plainest model of a file system: a map from names to inode numbers. */
final class TreeBuilderProperties {

  enum What {
    FILE,
    LINK,
    REMOVE
  }

  record Step(What what, String path, String other) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<String> paths = Arbitraries.of("/a", "/b", "/c", "/d/a", "/d/b", "/e");
    return Combinators.combine(Arbitraries.of(What.values()), paths, paths)
        .as(Step::new)
        .list()
        .ofMaxSize(30);
  }

  @Property(tries = 2000)
  void namesKeepTheirInodes(@ForAll("steps") List<Step> steps) {
    var model = new TreeMap<String, Integer>();
    var builder = Tree.empty().toBuilder();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      TreePath path = TreePath.of(step.path());
      if (step.what() == What.FILE) {
        builder.remove(path).file(step.path(), 0644, Content.utf8("" + i));
        model.put(step.path(), i);
      } else if (step.what() == What.REMOVE) {
        builder.remove(path);
        model.remove(step.path());
      } else if (!step.path().equals(step.other()) && model.containsKey(step.other())) {
        int inode = model.get(step.other());
        builder.remove(path).hardLink(step.path(), step.other());
        model.put(step.path(), inode);
      }
      model.forEach(
          (name, inode) -> assertThat(content(builder.inode(TreePath.of(name)))).isEqualTo(inode));
    }
    Tree tree = builder.build();
    var groups = new HashMap<Integer, Set<TreePath>>();
    model.forEach(
        (name, inode) -> {
          assertThat(content(tree.inode(name))).isEqualTo(inode);
          groups.computeIfAbsent(inode, i -> new TreeSet<>()).add(TreePath.of(name));
        });
    for (Set<TreePath> names : groups.values()) {
      TreePath first = names.iterator().next();
      for (TreePath name : names) {
        Node node = tree.entries().get(name);
        assertThat(node instanceof HardLink).isEqualTo(!name.equals(first));
        assertThat(!(node instanceof HardLink link) || link.target().equals(first)).isTrue();
      }
    }
    assertThat(tree.entries().values().stream().filter(n -> !(n instanceof Node.Directory)))
        .hasSize(model.size());
  }

  private static int content(Optional<Node.Inode> inode) {
    try {
      return Integer.parseInt(
          new String(
              ((RegularFile) inode.orElseThrow()).content().readAll(),
              java.nio.charset.StandardCharsets.UTF_8));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Links may be added before what they lead to, and in any order. */
  @Property
  void orderOfPartsDoesNotMatter(@ForAll long seed) {
    List<Map.Entry<String, String>> links =
        new java.util.ArrayList<>(
            List.of(
                Map.entry("/x/b", "/x/a"),
                Map.entry("/x/c", "/x/b"),
                Map.entry("/a", "/x/c"),
                Map.entry("/y/z", "/a"),
                Map.entry("/x/a", "")));
    java.util.Collections.shuffle(links, new java.util.Random(seed));
    Tree tree =
        Tree.of(
            t -> {
              for (var link : links) {
                if (link.getValue().isEmpty()) {
                  t.file(link.getKey(), 0644, Content.utf8("one"));
                } else {
                  t.hardLink(link.getKey(), link.getValue());
                }
              }
            });
    for (String name : List.of("/x/a", "/x/b", "/x/c", "/y/z")) {
      assertThat(tree.node(TreePath.of(name))).hasValue(new HardLink(TreePath.of("/a")));
    }
    assertThat(tree.node(TreePath.of("/a")).orElseThrow()).isInstanceOf(RegularFile.class);
  }
}
