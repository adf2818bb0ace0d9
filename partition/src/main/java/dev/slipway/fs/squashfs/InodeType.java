// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.tree.Node;
import dev.slipway.tree.Node.Special.Kind;

/** The kinds of inodes by their numbers; an extended inode's is larger by {@link #EXTENDED}. */
final class InodeType {
  static final int DIRECTORY = 1;
  static final int FILE = 2;
  static final int SYMLINK = 3;
  static final int BLOCK_DEVICE = 4;
  static final int CHARACTER_DEVICE = 5;
  static final int FIFO = 6;
  static final int SOCKET = 7;
  static final int EXTENDED = 7;

  private InodeType() {}

  static int of(Node.Inode inode) {
    if (inode instanceof Node.Directory) {
      return DIRECTORY;
    }
    if (inode instanceof Node.RegularFile) {
      return FILE;
    }
    return inode instanceof Node.Special special ? of(special.kind()) : SYMLINK;
  }

  private static int of(Kind kind) {
    return switch (kind) {
      case BLOCK_DEVICE -> BLOCK_DEVICE;
      case CHARACTER_DEVICE -> CHARACTER_DEVICE;
      case FIFO -> FIFO;
      case SOCKET -> SOCKET;
    };
  }
}
