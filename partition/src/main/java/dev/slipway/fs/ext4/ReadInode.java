// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import dev.slipway.io.FormatException;
import dev.slipway.io.StructReader;
import java.io.IOException;
import java.util.Arrays;

/**
 * An inode as it was found.
 *
 * @param offset where it lies in the source
 * @param raw all its bytes, attributes behind the fixed part included
 */
record ReadInode(
    long number,
    long offset,
    int mode,
    long uid,
    long gid,
    long sizeBytes,
    long mtimeSeconds,
    int mtimeNanos,
    int links,
    long sectors,
    int flags,
    int generation,
    byte[] blockField,
    long xattrBlock,
    int extraBytes,
    byte[] raw) {
  private static final int OLD_BYTES = 128;

  /** {@code i_extra_isize} from which a field behind the old 128 bytes is there. */
  private static final int EXTRA_FOR_CHECKSUM = 4;

  private static final int EXTRA_FOR_MTIME = 12;

  static ReadInode read(ReadBlocks blocks, long number) throws IOException {
    ReadSuperblock superblock = blocks.superblock();
    if (number < 1 || number > superblock.inodeCount()) {
      throw blocks.error(number, "there are " + superblock.inodeCount() + " inodes");
    }
    long group = (number - 1) / superblock.inodesPerGroup();
    long index = (number - 1) % superblock.inodesPerGroup();
    long offset = tableOffset(blocks, group, number) + index * superblock.inodeBytes();
    long block = offset / superblock.blockBytes();
    if (block >= superblock.blockCount()) {
      throw blocks.error(number, "its table lies at byte " + offset + ", outside the file system");
    }
    int within = (int) (offset % superblock.blockBytes());
    byte[] raw = Arrays.copyOfRange(blocks.read(block), within, within + superblock.inodeBytes());
    return parse(
        StructReader.littleEndian(superblock.source(), offset, raw), blocks, number, offset, raw);
  }

  private static ReadInode parse(
      StructReader in, ReadBlocks blocks, long number, long offset, byte[] raw)
      throws FormatException {
    int generation = (int) in.u32(0x64, "i_generation");
    int extraBytes = raw.length > OLD_BYTES ? in.u16(0x80, "i_extra_isize") : 0;
    if (extraBytes > raw.length - OLD_BYTES || extraBytes % 4 != 0) {
      throw in.error(
          0x80, "i_extra_isize", "found " + extraBytes + ", the inode has " + raw.length);
    }
    requireChecksum(in, blocks, number, generation, extraBytes, raw);
    int mode = in.u16(0x00, "i_mode");
    boolean large = (mode & Ext4Constants.MODE_TYPE) != 0;
    long sizeBytes = in.u32(0x04, "i_size_lo") | (large ? in.u32(0x6c, "i_size_high") << 32 : 0);
    if (sizeBytes < 0) {
      throw in.error(0x6c, "i_size_high", "size is over 8 EiB");
    }
    int flags = (int) in.u32(0x20, "i_flags");
    long sectors = in.u32(0x1c, "i_blocks_lo") | (long) in.u16(0x74, "l_i_blocks_high") << 32;
    if ((flags & Ext4Constants.FLAG_HUGE_FILE) != 0) {
      sectors *= blocks.superblock().blockBytes() / 512;
    }
    int extra = extraBytes >= EXTRA_FOR_MTIME ? (int) in.u32(0x88, "i_mtime_extra") : 0;
    int nanos = extra >>> 2;
    if (nanos > 999_999_999) {
      throw in.error(0x88, "i_mtime_extra", "found " + nanos + " ns, a second has 999999999");
    }
    return new ReadInode(
        number,
        offset,
        mode,
        in.u16(0x02, "i_uid") | (long) in.u16(0x78, "l_i_uid_high") << 16,
        in.u16(0x18, "i_gid") | (long) in.u16(0x7a, "l_i_gid_high") << 16,
        sizeBytes,
        (int) in.u32(0x10, "i_mtime") + ((long) (extra & 0b11) << 32),
        nanos,
        in.u16(0x1a, "i_links_count"),
        sectors,
        flags,
        generation,
        in.bytes(0x28, ExtentTree.ROOT_BYTES, "i_block"),
        in.u32(0x68, "i_file_acl_lo") | (long) in.u16(0x76, "l_i_file_acl_high") << 32,
        extraBytes,
        raw);
  }

  private static void requireChecksum(
      StructReader in, ReadBlocks blocks, long number, int generation, int extraBytes, byte[] raw)
      throws FormatException {
    MetadataChecksum checksum = blocks.superblock().checksum();
    if (checksum == null) {
      return;
    }
    boolean whole = extraBytes >= EXTRA_FOR_CHECKSUM;
    byte[] cleared = raw.clone();
    cleared[0x7c] = 0;
    cleared[0x7d] = 0;
    int found = in.u16(0x7c, "l_i_checksum_lo");
    if (whole) {
      cleared[0x82] = 0;
      cleared[0x83] = 0;
      found |= in.u16(0x82, "i_checksum_hi") << 16;
    }
    int expected =
        checksum.startInode(number, generation).bytes(cleared, 0, cleared.length).value()
            & (whole ? -1 : 0xffff);
    if (found != expected) {
      throw in.error(
          0x7c, "inode " + number + ": i_checksum", ReadSuperblock.wrongChecksum(found, expected));
    }
  }

  /** Where a group's inode table starts, from its descriptor. */
  private static long tableOffset(ReadBlocks blocks, long group, long number) throws IOException {
    ReadSuperblock superblock = blocks.superblock();
    long groupCount =
        (superblock.blockCount() - superblock.firstDataBlock() + superblock.blocksPerGroup() - 1)
            / superblock.blocksPerGroup();
    if (group >= groupCount || group > Integer.MAX_VALUE) {
      throw blocks.error(number, "group " + group + " of " + groupCount);
    }
    long offset = superblock.descriptorOffset(group);
    long block = offset / superblock.blockBytes();
    if (block >= superblock.blockCount()) {
      throw blocks.error(number, "its group's descriptor lies at byte " + offset + ", outside");
    }
    int within = (int) (offset % superblock.blockBytes());
    int length = superblock.descriptorBytes();
    byte[] raw = Arrays.copyOfRange(blocks.read(block), within, within + length);
    StructReader in = StructReader.littleEndian(superblock.source(), offset, raw);
    if (superblock.checksum() != null) {
      int found = in.u16(GroupDescriptor.CHECKSUM_OFFSET, "bg_checksum");
      int expected = GroupDescriptor.checksum(raw, 0, length, (int) group, superblock.checksum());
      if (found != expected) {
        throw in.error(
            GroupDescriptor.CHECKSUM_OFFSET,
            "group " + group + ": bg_checksum",
            ReadSuperblock.wrongChecksum(found, expected));
      }
    }
    long table = in.u32(0x08, "bg_inode_table_lo");
    if (superblock.has(Ext4Constants.INCOMPAT_64BIT)) {
      table |= in.u32(0x28, "bg_inode_table_hi") << 32;
    }
    if (table < 1 || table >= superblock.blockCount()) {
      throw in.error(0x08, "bg_inode_table", "found " + table + ", outside the file system");
    }
    return table * superblock.blockBytes();
  }

  int type() {
    return mode & Ext4Constants.MODE_TYPE;
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** Attributes start behind the old inode and what was added; -1 when there is no room. */
  int xattrsOffset() {
    int offset = OLD_BYTES + extraBytes;
    return extraBytes == 0 || raw.length - offset < XattrArea.INODE_HEADER_BYTES ? -1 : offset;
  }
}
