// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import dev.slipway.tree.Tree;
import dev.slipway.volume.Volume;

/**
 * The ext4 file system, from a tree and back to one.
 *
 * <pre>{@code
 * Volume root = Ext4.of(tree, Ext4Options.readOnly(uuid, buildTime));
 * Volume data = Ext4.of(Tree.empty(), Ext4Options.writable(uuid, buildTime, Size.mib(64)));
 * }</pre>
 */
public final class Ext4 {
  private Ext4() {}

  /**
   * Lays out a file system that holds a tree. Nothing of the contents is read before the volume is
   * written; the bytes are a function of the tree and the options alone.
   *
   * <p>A tree without {@code /lost+found} gets one, because e2fsck wants it.
   *
   * @throws IllegalArgumentException when ext4 cannot hold the tree (a path and the limit are
   *     named) or the given size cannot
   */
  public static Volume of(Tree tree, Ext4Options options) {
    return Ext4Writer.write(tree, options);
  }
}
