// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import dev.slipway.tree.Content;
import dev.slipway.tree.Metadata;
import java.util.ArrayList;
import java.util.List;

/** An inode in the making: what the tree says, and what the layout adds to it step by step. */
final class NewInode {
  final int number;

  /** For extents and messages: {@code /etc/passwd}. */
  final String path;

  /** Type and permissions. */
  final int mode;

  final Metadata metadata;

  /** Whether blocks and inode start at a round number: see {@link Stability}. */
  final boolean anchor;

  int links;
  int flags;
  long sizeBytes;

  /** {@code i_block}: extents, a short link's target, device numbers. */
  byte[] blockField = new byte[ExtentTree.ROOT_BYTES];

  /** For directories: the names in it, without the dots. */
  final List<DirectoryEntry> names = new ArrayList<>(0);

  int parent;

  /** The bytes of a directory or of a long link. */
  byte[] data;

  /** The bytes of a regular file. */
  Content content;

  XattrArea xattrs;

  /** The block that holds what did not fit in {@link #xattrs}; shared with other inodes. */
  SharedXattrs sharedXattrs;

  List<ExtentTree.Extent> extents = List.of();
  List<Long> treeBlocks = List.of();

  /** All blocks of the inode: data, extent tree, attributes. */
  long blockCount;

  NewInode(int number, String path, int mode, Metadata metadata, boolean anchor) {
    this.number = number;
    this.path = path;
    this.mode = mode;
    this.metadata = metadata;
    this.anchor = anchor;
  }

  boolean isDirectory() {
    return (mode & Ext4Constants.MODE_TYPE) == Ext4Constants.MODE_DIRECTORY;
  }

  /** An attribute block that several inodes with the same attributes use. */
  static final class SharedXattrs {
    final byte[] block;
    int references;
    long place = -1;

    SharedXattrs(byte[] block) {
      this.block = block;
    }
  }
}
