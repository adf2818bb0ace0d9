// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.digest.Digest;
import dev.slipway.tree.Content.Range;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Node.Special.Kind;
import dev.slipway.tree.TreeDifference.Aspect;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TreeDifferenceTest {
  private static final Tree BASE =
      Tree.of(
          t ->
              t.file("/bin/sh", 0755, Content.utf8("sh"))
                  .hardLink("/bin/dash", "/bin/sh")
                  .symlink("/lib", "usr/lib")
                  .device("/dev/null", 0666, Kind.CHARACTER_DEVICE, 1, 3)
                  .directory("/var", 0755)
                  .file("/etc/motd", 0644, Content.utf8("hello")));

  private static List<String> lines(Tree other) {
    return TreeDifference.between(BASE, other).differences().stream()
        .map(Object::toString)
        .toList();
  }

  @Test
  void equalTreesDoNotDiffer() {
    TreeDifference difference = TreeDifference.between(BASE, Tree.of(t -> t.overlay(BASE)));
    assertThat(difference.isEmpty()).isTrue();
    assertThat(difference).hasToString("no difference");
  }

  @Test
  void whereContentsLieAndTheirHolesDoNotCount() {
    Digest digest = Content.utf8("hello").digest();
    Content holes = Content.sparse(5, digest, List.of(new Range(0, 1)), Content.utf8("hello"));
    assertThat(lines(BASE.with(t -> t.file("/etc/motd", 0644, holes)))).isEmpty();
  }

  @Test
  void namesEveryAspectInTheWordsOfBothTrees() {
    Metadata changed = new Metadata(02600, 1, 2, 3, 4, Xattrs.of(Map.of("user.a", new byte[] {1})));
    Tree other =
        BASE.with(
            t ->
                t.put(TreePath.of("/etc/motd"), new RegularFile(changed, Content.utf8("hallo")))
                    .symlink("/lib", "/usr/lib")
                    .device("/dev/null", 0666, Kind.CHARACTER_DEVICE, 1, 5)
                    .remove(TreePath.of("/var"))
                    .file("/var", 0644, Content.EMPTY)
                    .symlink("/new", "x"));
    assertThat(lines(other))
        .containsExactly(
            "/dev/null: device: 1:3 | 1:5",
            "/etc/motd: mode: 0644 | 2600",
            "/etc/motd: owner: 0:0 | 1:2",
            "/etc/motd: mtime: 0 + 000000000 ns | 3 + 000000004 ns",
            "/etc/motd: content: 5 bytes, sha256 "
                + Digest.of("hello".getBytes())
                + " | 5 bytes, sha256 "
                + Digest.of("hallo".getBytes()),
            "/etc/motd: xattrs: {} | {user.a=01}",
            "/lib: target: usr/lib | /usr/lib",
            "/new: presence: absent | symlink 0777 0:0 -> x",
            "/var: type: directory 0755 0:0 | file 0644 0:0, 0 bytes");
  }

  @Test
  void tellsLinksFromCopies() {
    Tree parted =
        BASE.with(t -> t.remove(TreePath.of("/bin/sh")).file("/bin/sh", 0755, Content.utf8("sh")));
    assertThat(lines(parted))
        .containsExactly(
            "/bin/dash: hard links: [/bin/dash, /bin/sh] | []",
            "/bin/sh: hard links: [/bin/dash, /bin/sh] | []");
    Tree more = BASE.with(t -> t.hardLink("/a", "/bin/sh"));
    assertThat(lines(more))
        .contains("/a: presence: absent | file 0755 0:0, 2 bytes")
        .contains("/bin/sh: hard links: [/bin/dash, /bin/sh] | [/a, /bin/dash, /bin/sh]");
  }

  @Test
  void whatIsExpectedCanBeLeftOut() {
    Tree other =
        BASE.mapped((path, inode) -> inode.withMetadata(inode.metadata().withMtime(7, 0)))
            .with(t -> t.remove(TreePath.of("/dev")));
    TreeDifference difference = TreeDifference.between(BASE, other);
    assertThat(difference.differences()).hasSize(9);
    assertThat(
            difference
                .ignoring(Aspect.MTIME)
                .without(d -> d.path().startsWith(TreePath.of("/dev")))
                .isEmpty())
        .isTrue();
  }

  /** Steps are keyed by it: changes only on purpose. */
  @Test
  void digestOfATreeIsTheSameEverywhere() {
    assertThat(TreeBytes.digest(BASE))
        .hasToString("b30235c68770524143e7e577a04ea30a8daf44213a805ecac9d13d81f825c2fb");
  }
}
