// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class TreePathProperties {

  /** Names of characters from all corners of Unicode, and of those around the slash. */
  @Provide
  Arbitrary<TreePath> paths() {
    Arbitrary<String> character =
        Arbitraries.of(
            "a",
            "b",
            ".",
            "-",
            "!",
            "0",
            " ",
            "\u007f",
            "é",
            "\uffef",
            "\uff21",
            "\ud7ff",
            "\ue000",
            "\ud83d\ude00",
            "\ud800\udc00",
            "\udbff\udfff");
    Arbitrary<String> name =
        character
            .list()
            .ofMinSize(1)
            .ofMaxSize(3)
            .map(parts -> String.join("", parts))
            .filter(text -> !text.equals(".") && !text.equals(".."));
    return name.list().ofMaxSize(4).map(names -> TreePath.of(String.join("/", names)));
  }

  private static byte[] slashLowest(TreePath path) {
    return path.relative().replace('/', '\u0001').getBytes(StandardCharsets.UTF_8);
  }

  @Property
  void orderIsThatOfUnsignedBytesWithSlashLowest(
      @ForAll("paths") TreePath a, @ForAll("paths") TreePath b) {
    assertThat(Integer.signum(a.compareTo(b)))
        .isEqualTo(Integer.signum(Arrays.compareUnsigned(slashLowest(a), slashLowest(b))));
    assertThat(a.compareTo(b) == 0).isEqualTo(a.equals(b));
  }

  @Property
  void directoryComesDirectlyBeforeWhatItHolds(
      @ForAll("paths") TreePath a, @ForAll("paths") TreePath b, @ForAll("paths") TreePath c) {
    TreePath inside = a.resolve(b.relative());
    boolean between = a.compareTo(c) < 0 && c.compareTo(inside) < 0;
    assertThat(!between || c.startsWith(a)).isTrue();
  }

  @Property
  void partsMakeTheWhole(@ForAll("paths") TreePath path) {
    assertThat(TreePath.of(path.toString())).isEqualTo(path);
    assertThat(TreePath.of("./" + path.relative() + "/")).isEqualTo(path);
    TreePath built = TreePath.ROOT;
    for (String name : path.names()) {
      assertThat(built.child(name).parent()).hasValue(built);
      assertThat(path.ancestors()).contains(built);
      built = built.child(name);
      assertThat(path.startsWith(built)).isTrue();
    }
    assertThat(built).isEqualTo(path);
    assertThat(path.ancestors()).hasSize(path.names().size());
    assertThat(path.isRoot() ? "" : path.names().get(path.names().size() - 1))
        .isEqualTo(path.name());
  }

  @Property
  void rebaseMovesAway(@ForAll("paths") TreePath from, @ForAll("paths") TreePath rest) {
    TreePath path = from.resolve(rest.relative());
    assertThat(path.rebase(from, TreePath.ROOT)).isEqualTo(rest);
    assertThat(path.rebase(from, from)).isEqualTo(path);
    assertThat(path.rebase(TreePath.ROOT, from)).isEqualTo(from.resolve(path.relative()));
  }

  @Example
  void refusesWhatNoFileSystemHolds() {
    for (String path :
        List.of("..", "a/../b", "a\0b", "x".repeat(256), "é".repeat(128), "\ud800", "a/\ufffd")) {
      assertThatThrownBy(() -> TreePath.of(path)).isInstanceOf(IllegalArgumentException.class);
    }
    for (String name : List.of("", ".", "..", "a/b")) {
      assertThatThrownBy(() -> TreePath.ROOT.child(name))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(TreePath.of("x".repeat(255)).name()).hasSize(255);
    assertThat(TreePath.of("//a/./b//")).hasToString("/a/b");
    assertThat(TreePath.of("/")).isSameAs(TreePath.ROOT);
    assertThat(TreePath.of("..a/...").names()).containsExactly("..a", "...");
    assertThat(TreePath.of("ab").startsWith(TreePath.of("a"))).isFalse();
  }
}
