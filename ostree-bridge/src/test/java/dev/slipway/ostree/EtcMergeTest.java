// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import org.junit.jupiter.api.Test;

class EtcMergeTest {
  private static Tree tree(String... pathsAndTexts) {
    return Tree.of(
        t -> {
          for (int i = 0; i < pathsAndTexts.length; i += 2) {
            t.file(pathsAndTexts[i], 0644, Content.utf8(pathsAndTexts[i + 1]));
          }
        });
  }

  private static TreePath path(String path) {
    return TreePath.of(path);
  }

  @Test
  void whatNobodyChangedFollowsTheDefaults() {
    EtcMerge merge = EtcMerge.of(tree("/a", "1"), tree("/a", "1"), tree("/a", "2", "/b", "3"));

    assertThat(merge.tree()).isEqualTo(tree("/a", "2", "/b", "3"));
    assertThat(merge.changed()).isEmpty();
    assertThat(merge.shadowed()).isEmpty();
  }

  @Test
  void aLocalFileWinsWholeAndItsNewDefaultIsNamed() {
    EtcMerge merge = EtcMerge.of(tree("/a", "1"), tree("/a", "mine"), tree("/a", "2"));

    assertThat(merge.tree()).isEqualTo(tree("/a", "mine"));
    assertThat(merge.changed()).containsExactly(path("/a"));
    assertThat(merge.shadowed()).containsExactly(path("/a"));
  }

  @Test
  void aLocalFileWhoseDefaultStaysIsNoNews() {
    EtcMerge merge = EtcMerge.of(tree("/a", "1"), tree("/a", "mine"), tree("/a", "1"));

    assertThat(merge.tree()).isEqualTo(tree("/a", "mine"));
    assertThat(merge.shadowed()).isEmpty();
  }

  @Test
  void whatWasRemovedStaysRemoved() {
    EtcMerge merge =
        EtcMerge.of(
            tree("/d/a", "1", "/d/b", "1", "/c", "1"),
            tree("/c", "1"),
            tree("/d/a", "2", "/d/b", "1", "/c", "1"));

    assertThat(merge.tree()).isEqualTo(tree("/c", "1"));
    assertThat(merge.removed()).containsExactly(path("/d"));
    assertThat(merge.shadowed()).containsExactly(path("/d/a"));
  }

  @Test
  void localAdditionsKeepTheirDirectories() {
    EtcMerge merge =
        EtcMerge.of(tree("/d/a", "1"), tree("/d/a", "1", "/d/mine", "x"), tree("/other", "2"));

    assertThat(merge.tree()).isEqualTo(tree("/d/mine", "x", "/other", "2"));
    assertThat(merge.changed()).containsExactly(path("/d/mine"));
  }

  @Test
  void aChangeOfModeIsAChange() {
    Tree secret = Tree.of(t -> t.file("/a", 0600, Content.utf8("1")));

    EtcMerge merge = EtcMerge.of(tree("/a", "1"), secret, tree("/a", "1"));

    assertThat(merge.tree()).isEqualTo(secret);
  }

  @Test
  void aFileThatBecameADirectoryKeepsTheLocalOne() {
    EtcMerge merge = EtcMerge.of(tree("/a", "1"), tree("/a", "mine"), tree("/a/b", "2"));

    assertThat(merge.tree()).isEqualTo(tree("/a", "mine"));
    assertThat(merge.shadowed()).containsExactly(path("/a"), path("/a/b"));
  }
}
