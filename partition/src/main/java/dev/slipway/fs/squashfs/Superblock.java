// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.io.Struct;
import dev.slipway.io.StructReader;
import java.io.IOException;

/**
 * The first 96 bytes. Tables are found by their starts, which are offsets from the first byte; -1
 * stands for a table that is not there.
 *
 * @param rootInode where the root's inode is, as all such references are: the start of its metadata
 *     block in the inode table, shifted left by 16, plus the offset in the unpacked block
 */
record Superblock(
    long inodeCount,
    long timeSeconds,
    int blockBytes,
    long fragmentCount,
    int compressionId,
    int flags,
    int idCount,
    long rootInode,
    long bytesUsed,
    long idTableStart,
    long xattrTableStart,
    long inodeTableStart,
    long directoryTableStart,
    long fragmentTableStart,
    long exportTableStart) {
  static final int BYTES = 96;
  static final long MAGIC = 0x73717368;
  static final long NO_TABLE = -1;

  static final int FLAG_PLAIN_INODES = 1;
  static final int FLAG_PLAIN_DATA = 1 << 1;
  static final int FLAG_PLAIN_FRAGMENTS = 1 << 3;
  static final int FLAG_NO_FRAGMENTS = 1 << 4;
  static final int FLAG_DUPLICATES_FOUND = 1 << 6;
  static final int FLAG_EXPORTABLE = 1 << 7;
  static final int FLAG_PLAIN_XATTRS = 1 << 8;
  static final int FLAG_NO_XATTRS = 1 << 9;
  static final int FLAG_PLAIN_IDS = 1 << 11;

  private static final int MAJOR = 4;

  /** Limits of what is read; real images stay far below. */
  private static final long INODES_MAX = 1 << 22;

  byte[] bytes() {
    return Struct.littleEndian(BYTES)
        .u32(0, MAGIC, "s_magic")
        .u32(4, inodeCount, "inodes")
        .u32(8, timeSeconds, "mkfs_time")
        .u32(12, blockBytes, "block_size")
        .u32(16, fragmentCount, "fragments")
        .u16(20, compressionId, "compression")
        .u16(22, Integer.numberOfTrailingZeros(blockBytes), "block_log")
        .u16(24, flags, "flags")
        .u16(26, idCount, "no_ids")
        .u16(28, MAJOR, "s_major")
        .u16(30, 0, "s_minor")
        .u64(32, rootInode, "root_inode")
        .u64(40, bytesUsed, "bytes_used")
        .u64(48, idTableStart, "id_table_start")
        .u64(56, xattrTableStart, "xattr_id_table_start")
        .u64(64, inodeTableStart, "inode_table_start")
        .u64(72, directoryTableStart, "directory_table_start")
        .u64(80, fragmentTableStart, "fragment_table_start")
        .u64(88, exportTableStart, "lookup_table_start")
        .bytes();
  }

  static Superblock read(BlockSource in, String source) throws IOException {
    if (in.size() < BYTES) {
      throw new FormatException(
          source + ": " + in.size() + " bytes are too few for a squashfs superblock");
    }
    StructReader raw = StructReader.littleEndian(source, 0, in.readFully(0, BYTES));
    if (raw.u32(0, "s_magic") != MAGIC) {
      throw raw.error(
          0, "s_magic", "found 0x" + Long.toHexString(raw.u32(0, "s_magic")) + ", not 0x73717368");
    }
    int major = raw.u16(28, "s_major");
    int minor = raw.u16(30, "s_minor");
    if (major != MAJOR || minor != 0) {
      throw raw.error(28, "s_major", "found version " + major + "." + minor + ", only 4.0 is read");
    }
    var superblock =
        new Superblock(
            raw.u32(4, "inodes"),
            raw.u32(8, "mkfs_time"),
            (int) raw.u32(12, "block_size"),
            raw.u32(16, "fragments"),
            raw.u16(20, "compression"),
            raw.u16(24, "flags"),
            raw.u16(26, "no_ids"),
            raw.u64(32, "root_inode"),
            raw.u64(40, "bytes_used"),
            raw.u64(48, "id_table_start"),
            raw.u64(56, "xattr_id_table_start"),
            raw.u64(64, "inode_table_start"),
            raw.u64(72, "directory_table_start"),
            raw.u64(80, "fragment_table_start"),
            raw.u64(88, "lookup_table_start"));
    superblock.requireSane(raw, in.size());
    return superblock;
  }

  private void requireSane(StructReader raw, long available) throws FormatException {
    int log = raw.u16(22, "block_log");
    if (log < 12 || log > 20 || blockBytes != 1 << log) {
      throw raw.error(12, "block_size", "found " + blockBytes + " with block_log " + log);
    }
    if (bytesUsed < BYTES || bytesUsed > available) {
      throw raw.error(
          40, "bytes_used", "found " + bytesUsed + ", there are " + available + "; is it cut off?");
    }
    if (inodeCount == 0 || inodeCount > INODES_MAX) {
      throw raw.error(4, "inodes", "found " + inodeCount + ", read are 1 to " + INODES_MAX);
    }
    if (fragmentCount > inodeCount) {
      throw raw.error(16, "fragments", "found " + fragmentCount + " for " + inodeCount + " inodes");
    }
    if (idCount == 0) {
      throw raw.error(26, "no_ids", "found 0");
    }
    requireStart(raw, 48, idTableStart, "id_table_start", false);
    requireStart(raw, 56, xattrTableStart, "xattr_id_table_start", true);
    requireStart(raw, 64, inodeTableStart, "inode_table_start", false);
    requireStart(raw, 72, directoryTableStart, "directory_table_start", false);
    requireStart(raw, 80, fragmentTableStart, "fragment_table_start", fragmentCount == 0);
    if (directoryTableStart < inodeTableStart) {
      throw raw.error(
          72,
          "directory_table_start",
          "found " + directoryTableStart + ", before the inodes at " + inodeTableStart);
    }
  }

  private void requireStart(
      StructReader raw, int offset, long start, String name, boolean mayBeMissing)
      throws FormatException {
    boolean missing = start == NO_TABLE && mayBeMissing;
    if (!missing && (start < BYTES || start > bytesUsed)) {
      throw raw.error(
          offset, name, "found " + Long.toUnsignedString(start) + ", not within " + bytesUsed);
    }
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }
}
