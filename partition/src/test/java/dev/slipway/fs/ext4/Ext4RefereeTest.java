// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import dev.slipway.io.Size;
import dev.slipway.testing.RequiresTool;
import dev.slipway.tree.Tree;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The owner of the format judges what we write. */
@RequiresTool(value = "e2fsck", in = "e2fsprogs")
class Ext4RefereeTest {
  @TempDir Path temp;

  @Test
  void e2fsckAcceptsARealTree() throws Exception {
    check(HostTree.of(Path.of("/usr/share/doc")), Referee.READ_ONLY);
  }

  @Test
  void e2fsckAcceptsAnEmptyDataFileSystem() throws Exception {
    check(Tree.empty(), Ext4Options.writable(Referee.ID, Referee.TIME, Size.mib(64)));
  }

  @Test
  void e2fsckAcceptsAnEmptyTree() throws Exception {
    check(Tree.empty(), Referee.READ_ONLY);
  }

  private void check(Tree tree, Ext4Options options) throws Exception {
    Referee.check(Referee.image(Ext4.of(tree, options), temp));
  }
}
