// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.Node.Symlink;
import dev.slipway.tree.Tree;
import dev.slipway.tree.Xattrs;

/**
 * Trees as {@code ostree commit --canonical-permissions} changes them, and as repositories of mode
 * bare-user-only hold them: root's, nobody else may write, no setuid and no attributes.
 */
public final class CanonicalPermissions {
  private static final int MODE_KEPT = 0755;

  private CanonicalPermissions() {}

  /** The tree with its permissions changed so. */
  public static Tree of(Tree tree) {
    return tree.mapped((path, inode) -> of(inode));
  }

  private static Inode of(Inode inode) {
    Metadata metadata = inode.metadata().withOwner(0, 0).withXattrs(Xattrs.NONE);
    return inode.withMetadata(
        inode instanceof Symlink ? metadata : metadata.withMode(metadata.mode() & MODE_KEPT));
  }
}
