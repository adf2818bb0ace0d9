// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

/**
 * A name in a directory.
 *
 * @param fileType as in {@code ext4_dir_entry_2.file_type}
 */
record DirectoryEntry(byte[] name, int inode, int fileType) {
  static final int HEADER_BYTES = 8;
  static final int TYPE_DIRECTORY = 2;

  /** The bytes that the entry needs at least. */
  int bytes() {
    return bytes(name.length);
  }

  static int bytes(int nameLength) {
    return (HEADER_BYTES + nameLength + 3) & ~3;
  }

  /** The entry's file type for an inode's mode. */
  static int fileType(int mode) {
    return switch (mode & Ext4Constants.MODE_TYPE) {
      case Ext4Constants.MODE_REGULAR -> 1;
      case Ext4Constants.MODE_DIRECTORY -> TYPE_DIRECTORY;
      case Ext4Constants.MODE_CHARACTER -> 3;
      case Ext4Constants.MODE_BLOCK -> 4;
      case Ext4Constants.MODE_FIFO -> 5;
      case Ext4Constants.MODE_SOCKET -> 6;
      case Ext4Constants.MODE_SYMLINK -> 7;
      default -> 0;
    };
  }
}
