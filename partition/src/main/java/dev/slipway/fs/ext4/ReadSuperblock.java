// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.io.StructReader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * What a reader has to know of a superblock, checked: later arithmetic with these numbers cannot
 * overflow or leave the source.
 *
 * @param checksum the engine for checksums, or null when the file system has none
 */
record ReadSuperblock(
    String source,
    int blockBytes,
    long blockCount,
    long freeBlockCount,
    long inodeCount,
    long freeInodeCount,
    long firstDataBlock,
    long blocksPerGroup,
    long inodesPerGroup,
    int inodeBytes,
    int descriptorBytes,
    int compat,
    int incompat,
    int roCompat,
    long firstMetaGroup,
    UUID uuid,
    String label,
    MetadataChecksum checksum) {
  private static final int DESCRIPTOR_BYTES_OLD = 32;
  private static final int INODE_BYTES_OLD = 128;
  private static final int BLOCK_BYTES_MIN = 1024;
  private static final int LOG_BLOCK_SIZE_MAX = 2;
  private static final int CASEFOLD = 1 << 17;

  private static final int READABLE =
      Ext4Constants.INCOMPAT_FILETYPE
          | Ext4Constants.INCOMPAT_META_BG
          | Ext4Constants.INCOMPAT_EXTENTS
          | Ext4Constants.INCOMPAT_64BIT
          | Ext4Constants.INCOMPAT_MMP
          | Ext4Constants.INCOMPAT_FLEX_BG
          | Ext4Constants.INCOMPAT_EA_INODE
          | Ext4Constants.INCOMPAT_CSUM_SEED
          | Ext4Constants.INCOMPAT_LARGEDIR
          | Ext4Constants.INCOMPAT_INLINE_DATA
          | CASEFOLD;

  static ReadSuperblock read(BlockSource in, String source) throws IOException {
    byte[] bytes;
    try {
      bytes = in.readFully(Superblock.OFFSET, Superblock.BYTES);
    } catch (EOFException e) {
      throw new FormatException(
          source + ": " + in.size() + " bytes are too few for an ext4 file system", e);
    }
    StructReader raw = StructReader.littleEndian(source, Superblock.OFFSET, bytes);
    int magic = raw.u16(0x38, "s_magic");
    if (magic != Superblock.MAGIC) {
      throw raw.error(
          0x38, "s_magic", "found 0x" + Integer.toHexString(magic) + ", expected 0xef53");
    }
    int incompat = (int) raw.u32(0x60, "s_feature_incompat");
    int roCompat = (int) raw.u32(0x64, "s_feature_ro_compat");
    UUID uuid = raw.uuid(0x68, "s_uuid");
    MetadataChecksum checksum = null;
    if ((roCompat & Ext4Constants.RO_COMPAT_METADATA_CSUM) != 0) {
      checksum =
          (incompat & Ext4Constants.INCOMPAT_CSUM_SEED) != 0
              ? new MetadataChecksum((int) raw.u32(0x270, "s_checksum_seed"))
              : new MetadataChecksum(uuid);
      int expected = checksum.startBare().bytes(bytes, 0, Superblock.CHECKSUM_OFFSET).value();
      int found = (int) raw.u32(Superblock.CHECKSUM_OFFSET, "s_checksum");
      if (found != expected) {
        throw raw.error(Superblock.CHECKSUM_OFFSET, "s_checksum", wrongChecksum(found, expected));
      }
    }
    requireFeatures(raw, incompat);
    long logBlockSize = raw.u32(0x18, "s_log_block_size");
    if (logBlockSize > LOG_BLOCK_SIZE_MAX) {
      throw raw.error(0x18, "s_log_block_size", "found " + logBlockSize + ", expected 0 to 2");
    }
    int blockBytes = BLOCK_BYTES_MIN << logBlockSize;
    boolean old = raw.u32(0x4c, "s_rev_level") == 0;
    boolean wide = (incompat & Ext4Constants.INCOMPAT_64BIT) != 0;
    int inodeBytes = old ? INODE_BYTES_OLD : raw.u16(0x58, "s_inode_size");
    int descriptorBytes = wide ? raw.u16(0xfe, "s_desc_size") : DESCRIPTOR_BYTES_OLD;
    requirePower(raw, 0x58, "s_inode_size", inodeBytes, INODE_BYTES_OLD, blockBytes);
    requirePower(
        raw, 0xfe, "s_desc_size", descriptorBytes, wide ? 64 : DESCRIPTOR_BYTES_OLD, blockBytes);
    long blockCount =
        raw.u32(0x04, "s_blocks_count_lo") | (wide ? raw.u32(0x150, "s_blocks_count_hi") << 32 : 0);
    if (blockCount <= 0 || blockCount > in.size() / blockBytes) {
      throw raw.error(
          0x04,
          "s_blocks_count",
          "found " + blockCount + ", the source holds " + in.size() / blockBytes);
    }
    long blocksPerGroup = raw.u32(0x20, "s_blocks_per_group");
    requireWithin(raw, 0x20, "s_blocks_per_group", blocksPerGroup, 8, 1L << 24);
    long inodesPerGroup = raw.u32(0x28, "s_inodes_per_group");
    requireWithin(raw, 0x28, "s_inodes_per_group", inodesPerGroup, 1, 8L * blockBytes);
    long firstDataBlock = raw.u32(0x14, "s_first_data_block");
    requireWithin(raw, 0x14, "s_first_data_block", firstDataBlock, 0, 1);
    return new ReadSuperblock(
        source,
        blockBytes,
        blockCount,
        raw.u32(0x0c, "s_free_blocks_count_lo")
            | (wide ? raw.u32(0x158, "s_free_blocks_count_hi") << 32 : 0),
        raw.u32(0x00, "s_inodes_count"),
        raw.u32(0x10, "s_free_inodes_count"),
        firstDataBlock,
        blocksPerGroup,
        inodesPerGroup,
        inodeBytes,
        descriptorBytes,
        (int) raw.u32(0x5c, "s_feature_compat"),
        incompat,
        roCompat,
        raw.u32(0x104, "s_first_meta_bg"),
        uuid,
        raw.text(0x78, 16, StandardCharsets.UTF_8, "s_volume_name"),
        checksum);
  }

  private static void requireFeatures(StructReader raw, int incompat) throws FormatException {
    if ((incompat & Ext4Constants.INCOMPAT_RECOVER) != 0) {
      throw raw.error(
          0x60,
          "s_feature_incompat",
          "the journal has not been replayed; mount it or run e2fsck first");
    }
    int unknown = incompat & ~READABLE;
    if (unknown != 0) {
      throw raw.error(
          0x60, "s_feature_incompat", "features we do not read: 0x" + Integer.toHexString(unknown));
    }
  }

  private static void requirePower(
      StructReader raw, int offset, String field, int value, int least, int most)
      throws FormatException {
    requireWithin(raw, offset, field, value, least, most);
    if (Integer.bitCount(value) != 1) {
      throw raw.error(offset, field, "found " + value + ", expected a power of 2");
    }
  }

  private static void requireWithin(
      StructReader raw, int offset, String field, long value, long least, long most)
      throws FormatException {
    if (value < least || value > most) {
      throw raw.error(offset, field, "found " + value + ", expected " + least + " to " + most);
    }
  }

  static String wrongChecksum(int found, int expected) {
    return String.format(
        java.util.Locale.ROOT, "checksum: found 0x%08x, expected 0x%08x", found, expected);
  }

  boolean has(int incompatFeature) {
    return (incompat & incompatFeature) != 0;
  }

  /** Where the descriptor of a group lies, in bytes. */
  long descriptorOffset(long group) {
    long perBlock = blockBytes / descriptorBytes;
    long descriptorBlock = group / perBlock;
    long within = group % perBlock * descriptorBytes;
    long superblockBlock = Superblock.OFFSET / blockBytes;
    if (!has(Ext4Constants.INCOMPAT_META_BG) || descriptorBlock < firstMetaGroup) {
      return (superblockBlock + 1 + descriptorBlock) * blockBytes + within;
    }
    // meta_bg: descriptors lie in the first of the groups that they describe.
    long first = descriptorBlock * perBlock;
    boolean copy =
        (roCompat & Ext4Constants.RO_COMPAT_SPARSE_SUPER) == 0
            || Geometry.hasSuperblock(Math.toIntExact(first));
    long start = first == 0 ? superblockBlock : firstDataBlock + first * blocksPerGroup;
    return (start + (copy ? 1 : 0)) * blockBytes + within;
  }
}
