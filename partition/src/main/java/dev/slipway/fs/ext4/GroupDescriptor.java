// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a group says about itself, 64 bytes.
 *
 * @see <a href="https://docs.kernel.org/filesystems/ext4/globals.html#block-group-descriptors">
 *     Block group descriptors</a>
 */
record GroupDescriptor(
    long blockBitmap,
    long inodeBitmap,
    long inodeTable,
    int freeBlockCount,
    int freeInodeCount,
    int directoryCount,
    int unusedInodeCount,
    int flags,
    int blockBitmapChecksum,
    int inodeBitmapChecksum) {
  static final int BYTES = Ext4Constants.DESCRIPTOR_BYTES;
  static final int CHECKSUM_OFFSET = 0x1e;

  /** The inode bitmap is not written: no inode is in use. */
  static final int INODE_UNINIT = 1 << 0;

  static final int BLOCK_UNINIT = 1 << 1;

  /** The inode table is zero where unused: the kernel need not write it in the background. */
  static final int INODE_ZEROED = 1 << 2;

  void put(byte[] descriptors, int group, MetadataChecksum checksum) {
    int offset = group * BYTES;
    ByteBuffer raw = ByteBuffer.wrap(descriptors, offset, BYTES).slice();
    raw.order(ByteOrder.LITTLE_ENDIAN);
    raw.putInt(0x00, (int) blockBitmap); // bg_block_bitmap_lo
    raw.putInt(0x04, (int) inodeBitmap); // bg_inode_bitmap_lo
    raw.putInt(0x08, (int) inodeTable); // bg_inode_table_lo
    raw.putShort(0x0c, (short) freeBlockCount); // bg_free_blocks_count_lo
    raw.putShort(0x0e, (short) freeInodeCount); // bg_free_inodes_count_lo
    raw.putShort(0x10, (short) directoryCount); // bg_used_dirs_count_lo
    raw.putShort(0x12, (short) flags); // bg_flags
    raw.putShort(0x18, (short) blockBitmapChecksum); // bg_block_bitmap_csum_lo
    raw.putShort(0x1a, (short) inodeBitmapChecksum); // bg_inode_bitmap_csum_lo
    raw.putShort(0x1c, (short) unusedInodeCount); // bg_itable_unused_lo
    raw.putInt(0x20, (int) (blockBitmap >>> 32)); // bg_block_bitmap_hi
    raw.putInt(0x24, (int) (inodeBitmap >>> 32)); // bg_inode_bitmap_hi
    raw.putInt(0x28, (int) (inodeTable >>> 32)); // bg_inode_table_hi
    raw.putShort(0x2c, (short) (freeBlockCount >>> 16)); // bg_free_blocks_count_hi
    raw.putShort(0x2e, (short) (freeInodeCount >>> 16)); // bg_free_inodes_count_hi
    raw.putShort(0x30, (short) (directoryCount >>> 16)); // bg_used_dirs_count_hi
    raw.putShort(0x32, (short) (unusedInodeCount >>> 16)); // bg_itable_unused_hi
    raw.putShort(0x38, (short) (blockBitmapChecksum >>> 16)); // bg_block_bitmap_csum_hi
    raw.putShort(0x3a, (short) (inodeBitmapChecksum >>> 16)); // bg_inode_bitmap_csum_hi
    raw.putShort(CHECKSUM_OFFSET, (short) checksum(descriptors, offset, BYTES, group, checksum));
  }

  /** The lower half of a CRC over the group's number and the descriptor, its own field as zeros. */
  static int checksum(
      byte[] descriptors, int offset, int length, int group, MetadataChecksum checksum) {
    return checksum
            .start()
            .u32(group)
            .bytes(descriptors, offset, CHECKSUM_OFFSET)
            .zeros(2)
            .bytes(descriptors, offset + CHECKSUM_OFFSET + 2, length - CHECKSUM_OFFSET - 2)
            .value()
        & 0xffff;
  }
}
