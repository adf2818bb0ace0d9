// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import static dev.slipway.fs.ext4.Ext4Constants.BLOCK_BYTES;
import static dev.slipway.fs.ext4.Ext4Constants.INODE_BYTES;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes inodes into the bytes of an inode table.
 *
 * <p>Plain puts instead of a {@code Struct} each: keeping account of the fields of a hundred
 * thousand inodes takes longer than everything else the writer does.
 *
 * @see <a href="https://docs.kernel.org/filesystems/ext4/dynamic.html#index-nodes">Index nodes</a>
 */
final class InodeTable {
  static final int EXTRA_BYTES = 32;

  /** Where extended attributes start: the old inode of 128 bytes and what was added since. */
  static final int FIXED_BYTES = 128 + EXTRA_BYTES;

  private static final long TIME_MIN = Integer.MIN_VALUE;
  private static final long TIME_MAX = TIME_MIN + (1L << 34) - 1;
  private static final int SECTORS_PER_BLOCK = BLOCK_BYTES / 512;

  private InodeTable() {}

  /** Refuses times before 1901 and after 2446. */
  static void requireTime(long seconds) {
    if (seconds < TIME_MIN || seconds > TIME_MAX) {
      throw new IllegalArgumentException(
          "a time of ext4 is within " + TIME_MIN + " and " + TIME_MAX + " seconds: " + seconds);
    }
  }

  static void put(byte[] table, int offset, NewInode inode, MetadataChecksum checksum) {
    ByteBuffer raw = ByteBuffer.wrap(table, offset, INODE_BYTES).slice();
    raw.order(ByteOrder.LITTLE_ENDIAN);
    long uid = inode.metadata.uid();
    long gid = inode.metadata.gid();
    long sectors = inode.blockCount * SECTORS_PER_BLOCK;
    long xattrBlock = inode.sharedXattrs == null ? 0 : inode.sharedXattrs.place;
    int seconds = (int) inode.metadata.mtimeSeconds();
    int extra = timeExtra(inode.metadata.mtimeSeconds(), inode.metadata.mtimeNanos());
    raw.putShort(0x00, (short) inode.mode); // i_mode
    raw.putShort(0x02, (short) uid); // i_uid
    raw.putInt(0x04, (int) inode.sizeBytes); // i_size_lo
    raw.putInt(0x08, seconds); // i_atime
    raw.putInt(0x0c, seconds); // i_ctime
    raw.putInt(0x10, seconds); // i_mtime
    raw.putShort(0x18, (short) gid); // i_gid
    raw.putShort(0x1a, (short) inode.links); // i_links_count
    raw.putInt(0x1c, (int) sectors); // i_blocks_lo
    raw.putInt(0x20, inode.flags); // i_flags
    raw.put(0x28, inode.blockField); // i_block
    raw.putInt(0x68, (int) xattrBlock); // i_file_acl_lo
    raw.putInt(0x6c, (int) (inode.sizeBytes >>> 32)); // i_size_high
    raw.putShort(0x74, (short) (sectors >>> 32)); // l_i_blocks_high
    raw.putShort(0x76, (short) (xattrBlock >>> 32)); // l_i_file_acl_high
    raw.putShort(0x78, (short) (uid >>> 16)); // l_i_uid_high
    raw.putShort(0x7a, (short) (gid >>> 16)); // l_i_gid_high
    raw.putShort(0x80, (short) EXTRA_BYTES); // i_extra_isize
    raw.putInt(0x84, extra); // i_ctime_extra
    raw.putInt(0x88, extra); // i_mtime_extra
    raw.putInt(0x8c, extra); // i_atime_extra
    raw.putInt(0x90, seconds); // i_crtime
    raw.putInt(0x94, extra); // i_crtime_extra
    raw.put(FIXED_BYTES, inode.xattrs.inInode());
    int value = checksum.startInode(inode.number, 0).bytes(table, offset, INODE_BYTES).value();
    raw.putShort(0x7c, (short) value); // l_i_checksum_lo
    raw.putShort(0x82, (short) (value >>> 16)); // i_checksum_hi
  }

  /** Nanoseconds above two bits that carry the seconds beyond 2038. */
  static int timeExtra(long seconds, int nanos) {
    int epoch = (int) ((seconds - (int) seconds) >> 32) & 0b11;
    return nanos << 2 | epoch;
  }
}
