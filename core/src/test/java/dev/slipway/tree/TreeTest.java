// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.tree.Node.Directory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TreeTest {
  private static final Tree MERGED =
      Tree.of(
          t ->
              t.symlink("/bin", "usr/bin")
                  .symlink("/lib", "/usr/lib")
                  .directory("/usr/bin", 0755)
                  .file("/usr/bin/sh", 0755, Content.utf8("sh"))
                  .directory("/opt/x", 0750)
                  .file("/opt/y", 0644, Content.utf8("y"))
                  .symlink("/usr/lib/x", "../../opt/x")
                  .symlink("/loop", "loop")
                  .symlink("/up", "usr/lib/x/../y")
                  .symlink("/gone/dangling", "nowhere")
                  .symlink("/gone/back", "nowhere/../dangling")
                  .symlink("/long", "x".repeat(300))
                  .symlink("/through", "usr/bin/sh/x")
                  .symlink("/over", "../../../../opt/./y")
                  .symlink("/slash", "/"));

  @ParameterizedTest
  @CsvSource({
    "/bin/sh, /usr/bin/sh",
    "/lib/x, /opt/x",
    "/usr/bin, /usr/bin",
    "/, /",
    "/up, /opt/y", // .. is taken from where usr/lib/x leads to, not from its name
    "/over, /opt/y",
    "/slash/bin/sh, /usr/bin/sh",
    "/loop, ''",
    "/gone/dangling, ''",
    "/gone/back, ''",
    "/long, ''",
    "/through, ''",
    "/usr/bin/sh/x, ''",
    "/nothing, ''"
  })
  void followsLinksAsTheKernelDoes(String path, String leadsTo) {
    Optional<TreePath> expected =
        leadsTo.isEmpty() ? Optional.empty() : Optional.of(TreePath.of(leadsTo));
    assertThat(MERGED.follow(TreePath.of(path))).isEqualTo(expected);
  }

  @Test
  void filesWithEqualMetadataShareIt() {
    Tree tree =
        Tree.of(
            t -> {
              for (int i = 0; i < 100; i++) {
                t.file("/" + i, 0640 + i % 2, Content.EMPTY);
              }
            });
    assertThat(
            tree.entries().values().stream()
                .map(node -> System.identityHashCode(((Node.Inode) node).metadata()))
                .distinct())
        .hasSizeLessThanOrEqualTo(3); // two of files, one of the root
    assertThat(tree.inode("/1").orElseThrow().metadata()).isEqualTo(Metadata.mode(0641));
  }

  @Test
  void givesUpAfterFortyLinks() {
    Tree chain =
        Tree.of(
            t -> {
              t.file("/l0", 0644, Content.EMPTY);
              for (int i = 1; i <= 41; i++) {
                t.symlink("/l" + i, "l" + (i - 1));
              }
            });
    assertThat(chain.follow(TreePath.of("/l40"))).isPresent();
    assertThat(chain.follow(TreePath.of("/l41"))).isEmpty();
  }

  @Test
  void overlayGoesWhereDirectoryLinksLead() throws IOException {
    Tree upper =
        Tree.of(
            t ->
                t.file("/bin/tool", 0755, Content.utf8("tool"))
                    .file("/lib/x/deep", 0644, Content.utf8("deep"))
                    .hardLink("/lib/x/name", "/lib/x/deep"));
    Tree both = MERGED.overlaidWith(upper);
    assertThat(both.node(TreePath.of("/bin"))).isEqualTo(MERGED.node(TreePath.of("/bin")));
    assertThat(new String(both.read("/usr/bin/tool"), StandardCharsets.UTF_8)).isEqualTo("tool");
    assertThat(new String(both.read("/opt/x/deep"), StandardCharsets.UTF_8)).isEqualTo("deep");
    assertThat(both.node(TreePath.of("/opt/x/name")))
        .hasValue(new Node.HardLink(TreePath.of("/opt/x/deep")));
    assertThat(both.size()).isEqualTo(MERGED.size() + 3);
  }

  @Test
  void overlayKeepsMetadataUnderImpliedDirectories() {
    Tree upper = Tree.of(t -> t.file("/opt/x/f", 0644, Content.EMPTY));
    Directory kept = (Directory) MERGED.overlaidWith(upper).inode("/opt/x").orElseThrow();
    assertThat(kept.metadata().mode()).isEqualTo(0750);
    Tree stated = Tree.of(t -> t.directory("/opt/x", 0700));
    Directory changed = (Directory) MERGED.overlaidWith(stated).inode("/opt/x").orElseThrow();
    assertThat(changed.metadata().mode()).isEqualTo(0700);
  }

  @Test
  void overlayReplacesFilesDirectoriesAndDanglingLinks() {
    Tree upper =
        Tree.of(
            t ->
                t.file("/usr/lib", 0644, Content.utf8("now a file"))
                    .file("/opt/y/below", 0644, Content.EMPTY)
                    .file("/gone/dangling/below", 0644, Content.EMPTY));
    Tree both = MERGED.overlaidWith(upper);
    assertThat(both.contains("/usr/lib/x")).isFalse();
    assertThat(both.contains("/opt/y/below")).isTrue();
    assertThat(both.inode("/gone/dangling").orElseThrow()).isInstanceOf(Directory.class);
  }

  @Test
  void overlayPartsHardLinks() throws IOException {
    Tree lower =
        Tree.of(
            t -> t.file("/a", 0644, Content.utf8("old")).hardLink("/b", "/a").hardLink("/c", "/a"));
    Tree both = lower.overlaidWith(Tree.of(t -> t.file("/a", 0600, Content.utf8("new"))));
    assertThat(new String(both.read("/a"), StandardCharsets.UTF_8)).isEqualTo("new");
    assertThat(new String(both.read("/c"), StandardCharsets.UTF_8)).isEqualTo("old");
    assertThat(both.node(TreePath.of("/c"))).hasValue(new Node.HardLink(TreePath.of("/b")));
  }

  @Test
  void subtreeAndWithoutKeepInodes() {
    Tree tree =
        Tree.of(
            t ->
                t.file("/a", 0644, Content.utf8("one"))
                    .hardLink("/d/b", "/a")
                    .hardLink("/d/c", "/a")
                    .file("/d.x", 0644, Content.EMPTY)
                    .file("/d/e/f", 0644, Content.EMPTY));
    assertThat(tree.children(TreePath.ROOT))
        .containsExactly(TreePath.of("/a"), TreePath.of("/d"), TreePath.of("/d.x"));
    assertThat(tree.children(TreePath.of("/d"))).hasSize(3);
    assertThat(tree.subtree(TreePath.of("/d")).inode("/c").orElseThrow())
        .isInstanceOf(Node.RegularFile.class);
    Tree less = tree.without(path -> path.name().equals("a") || path.name().equals("e"));
    assertThat(less.entries().keySet().stream().map(TreePath::toString).toList())
        .isEqualTo(List.of("/", "/d", "/d/b", "/d/c", "/d.x"));
    assertThat(less.contentBytes()).isEqualTo(3);
  }

  @Test
  void refusesTreesThatCannotBe() {
    assertThatThrownBy(() -> Tree.of(t -> t.hardLink("/a", "/b")))
        .hasMessage("/a is a hard link to /b, which is missing");
    assertThatThrownBy(() -> Tree.of(t -> t.directory("/b", 0755).hardLink("/a", "/b")))
        .hasMessage("/a is a hard link to /b, which is a directory");
    assertThatThrownBy(() -> Tree.of(t -> t.hardLink("/a", "/b").hardLink("/b", "/a")))
        .hasMessageContaining("is a hard link that leads back to itself");
    assertThatThrownBy(
            () -> Tree.of(t -> t.file("/a", 0644, Content.EMPTY).directory("/a/b", 0755)))
        .hasMessage("/a/b: /a is no directory");
    assertThatThrownBy(() -> Tree.empty().toBuilder().remove(TreePath.ROOT))
        .hasMessage("the root of a tree cannot be removed");
  }

  @Test
  void equalityIgnoresImpliedAndPlaceOfContents() {
    Tree implied = Tree.of(t -> t.file("/d/f", 0644, Content.utf8("x")));
    Tree stated =
        Tree.of(t -> t.directory("/d", 0755).file("/d/f", 0644, Content.bytes((byte) 'x')));
    assertThat(implied).isEqualTo(stated).hasSameHashCodeAs(stated);
    assertThat(TreeBytes.digest(implied)).isEqualTo(TreeBytes.digest(stated));
    assertThat(implied).isNotEqualTo(Tree.of(t -> t.file("/d/f", 0640, Content.utf8("x"))));
  }
}
