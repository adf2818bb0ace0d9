// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.tree.Tree;
import dev.slipway.volume.Volume;
import java.io.IOException;

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

  /** Whether a source looks like ext2, ext3 or ext4: it has the magic number where it belongs. */
  public static boolean isOn(BlockSource source) throws IOException {
    if (source.size() < Superblock.OFFSET + Superblock.BYTES) {
      return false;
    }
    byte[] magic = source.readFully(Superblock.OFFSET + 0x38, 2);
    return (magic[0] & 0xff | (magic[1] & 0xff) << 8) == Superblock.MAGIC;
  }

  /**
   * Reads a file system of the ext2, ext3 or ext4 kind, whoever made it, into a tree.
   *
   * @param name what the source is called in error messages
   * @throws FormatException when anything in it is broken; checksums are verified where it has them
   */
  public static Tree read(BlockSource source, String name) throws IOException {
    return open(source, name).tree();
  }

  /** As {@link #read}, with what the file system says about itself and where its files lie. */
  public static Ext4Image open(BlockSource source, String name) throws IOException {
    return Ext4Reader.read(source, name);
  }
}
