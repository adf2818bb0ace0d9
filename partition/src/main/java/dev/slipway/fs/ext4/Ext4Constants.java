// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

/** Numbers of the format that more than one structure needs, under the names of the kernel. */
final class Ext4Constants {
  /** What we write. Smaller blocks are only read. */
  static final int BLOCK_BYTES = 4096;

  static final int INODE_BYTES = 256;
  static final int DESCRIPTOR_BYTES = 64;
  static final int BLOCKS_PER_GROUP = 8 * BLOCK_BYTES;
  static final int INODES_PER_BLOCK = BLOCK_BYTES / INODE_BYTES;
  static final int INODES_PER_GROUP_MAX = 8 * BLOCK_BYTES;

  static final int ROOT_INODE = 2; // EXT4_ROOT_INO
  static final int RESIZE_INODE = 7; // EXT4_RESIZE_INO
  static final int JOURNAL_INODE = 8; // EXT4_JOURNAL_INO
  static final int FIRST_INODE = 11; // EXT4_GOOD_OLD_FIRST_INO
  static final int LINKS_MAX = 65000; // EXT4_LINK_MAX

  static final int COMPAT_HAS_JOURNAL = 1 << 2;
  static final int COMPAT_EXT_ATTR = 1 << 3;
  static final int COMPAT_RESIZE_INODE = 1 << 4;
  static final int COMPAT_DIR_INDEX = 1 << 5;
  static final int INCOMPAT_FILETYPE = 1 << 1;
  static final int INCOMPAT_RECOVER = 1 << 2;
  static final int INCOMPAT_META_BG = 1 << 4;
  static final int INCOMPAT_EXTENTS = 1 << 6;
  static final int INCOMPAT_64BIT = 1 << 7;
  static final int INCOMPAT_MMP = 1 << 8;
  static final int INCOMPAT_FLEX_BG = 1 << 9;
  static final int INCOMPAT_EA_INODE = 1 << 10;
  static final int INCOMPAT_CSUM_SEED = 1 << 13;
  static final int INCOMPAT_LARGEDIR = 1 << 14;
  static final int INCOMPAT_INLINE_DATA = 1 << 15;
  static final int RO_COMPAT_SPARSE_SUPER = 1 << 0;
  static final int RO_COMPAT_LARGE_FILE = 1 << 1;
  static final int RO_COMPAT_HUGE_FILE = 1 << 3;
  static final int RO_COMPAT_GDT_CSUM = 1 << 4;
  static final int RO_COMPAT_DIR_NLINK = 1 << 5;
  static final int RO_COMPAT_EXTRA_ISIZE = 1 << 6;
  static final int RO_COMPAT_BIGALLOC = 1 << 9;
  static final int RO_COMPAT_METADATA_CSUM = 1 << 10;

  static final int FLAG_INDEX = 1 << 12; // EXT4_INDEX_FL: the directory has a hash tree
  static final int FLAG_HUGE_FILE = 1 << 18; // EXT4_HUGE_FILE_FL: i_blocks counts blocks
  static final int FLAG_EXTENTS = 1 << 19; // EXT4_EXTENTS_FL
  static final int FLAG_EA_INODE = 1 << 21; // EXT4_EA_INODE_FL
  static final int FLAG_INLINE_DATA = 1 << 28; // EXT4_INLINE_DATA_FL
  static final int FLAG_ENCRYPT = 1 << 11; // EXT4_ENCRYPT_FL

  static final int MODE_TYPE = 0170000;
  static final int MODE_FIFO = 0010000;
  static final int MODE_CHARACTER = 0020000;
  static final int MODE_DIRECTORY = 0040000;
  static final int MODE_BLOCK = 0060000;
  static final int MODE_REGULAR = 0100000;
  static final int MODE_SYMLINK = 0120000;
  static final int MODE_SOCKET = 0140000;

  private Ext4Constants() {}
}
