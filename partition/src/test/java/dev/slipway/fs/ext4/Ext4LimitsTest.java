// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.testing.RequiresTool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Content.Range;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import dev.slipway.tree.Xattrs;
import dev.slipway.volume.Volume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As many and as much as ext4 holds, and one more. */
@RequiresTool(value = "e2fsck", in = "e2fsprogs")
class Ext4LimitsTest {
  @TempDir Path temp;

  private void check(Tree tree) throws Exception {
    Volume volume = Ext4.of(tree, Referee.READ_ONLY);
    Path image = Referee.image(volume, temp);
    Referee.check(image);
    Files.delete(image);
    Referee.assertSame(tree, Referee.readBack(volume));
  }

  @Test
  @Tag("slow")
  void holdsAHundredThousandLongNamesInADirectory() throws Exception {
    check(
        Tree.of(
            t -> {
              for (int i = 0; i < 100_000; i++) {
                t.file("/d/" + i + "n".repeat(249), 0644, Content.EMPTY);
              }
            }));
  }

  @Test
  @Tag("slow")
  void holds65000LinksAndSubdirectoriesBeyond() throws Exception {
    check(
        Tree.of(
            t -> {
              t.file("/a", 0644, Content.utf8("a"));
              for (int i = 1; i < 65_000; i++) {
                t.hardLink("/links/" + i, "/a");
              }
              for (int i = 0; i < 65_100; i++) {
                t.directory("/directories/" + i, 0755);
              }
            }));
  }

  @Test
  @Tag("slow")
  void holdsSeveralGibibytes() throws Exception {
    List<Range> data =
        List.of(new Range(1, 700 << 20), new Range(3L << 30, 5000), new Range((5L << 30) - 7, 7));
    Tree tree = Tree.of(t -> t.file("/large", 0644, SampleTrees.sparse(6L << 30, data)));
    check(tree);
  }

  @Test
  void refusesOneLinkMore() {
    Tree tree =
        Tree.of(
            t -> {
              t.file("/a", 0644, Content.EMPTY);
              for (int i = 0; i < 65_000; i++) {
                t.hardLink("/links/" + i, "/a");
              }
            });
    assertThatThrownBy(() -> Ext4.of(tree, Referee.READ_ONLY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("/a: a file of ext4 has at most 65000 names");
  }

  @Test
  void holdsAttributesUpToTheLimit() throws Exception {
    // 4096 bytes less the block's header of 32, its end of 4, the entry of 16 and a name of 4.
    int most = 4096 - 32 - 4 - 16 - 4;
    check(attribute("user.name", most));
    assertThatThrownBy(() -> Ext4.of(attribute("user.name", most + 1), Referee.READ_ONLY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "/f: extended attributes need 4 bytes more than the 4060 that a block of ext4 holds");
    check(attribute("user." + "n".repeat(255), 100));
    assertThatThrownBy(() -> Ext4.of(attribute("other.name", 1), Referee.READ_ONLY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("/f: ext4 holds extended attributes of user., trusted.,");
  }

  private static Tree attribute(String name, int length) {
    Xattrs xattrs = Xattrs.of(Map.of(name, SampleTrees.filled(length, 3)));
    return Tree.of(
        t ->
            t.put(
                TreePath.of("/f"),
                new RegularFile(Metadata.mode(0644).withXattrs(xattrs), Content.EMPTY)));
  }

  @Test
  void sharesOneAttributeBlockAmongAThousandInodes() throws Exception {
    Xattrs xattrs = Xattrs.of(Map.of("user.name", SampleTrees.filled(200, 3)));
    Tree tree =
        Tree.of(
            t -> {
              for (int i = 0; i < 2500; i++) {
                t.put(
                    TreePath.of("/" + i),
                    new RegularFile(Metadata.mode(0644).withXattrs(xattrs), Content.EMPTY));
              }
            });
    check(tree);
    assertThat(Ext4.of(tree, Referee.READ_ONLY).size()).isLessThan(3L << 20);
  }

  @Test
  void refusesTimesExt4CannotHold() {
    Tree tree =
        Tree.of(
            t ->
                t.put(
                    TreePath.of("/f"),
                    new RegularFile(Metadata.mode(0644).withMtime(1L << 40, 0), Content.EMPTY)));
    assertThatThrownBy(() -> Ext4.of(tree, Referee.READ_ONLY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("/f: a time of ext4 is within ");
  }
}
