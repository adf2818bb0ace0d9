// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import dev.slipway.io.Struct;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The superblock as we write it: 1024 bytes that lie 1024 bytes into the file system, and at the
 * start of the groups that hold a copy.
 *
 * @param journalInode the journal's inode, whose place is kept here a second time, or null
 * @see <a href="https://docs.kernel.org/filesystems/ext4/globals.html#super-block">Super block</a>
 */
record Superblock(
    Ext4Options options,
    Geometry geometry,
    long blockCount,
    long freeBlockCount,
    long freeInodeCount,
    long fixedBlockCount,
    NewInode journalInode) {
  static final int BYTES = 1024;
  static final int OFFSET = 1024;
  static final int MAGIC = 0xef53;
  static final int CHECKSUM_OFFSET = 0x3fc;

  private static final int LOG_BLOCK_SIZE = 2; // 1024 << 2

  /** One copy of the superblock. */
  byte[] bytes(int group, MetadataChecksum checksum) {
    long reserved = blockCount * options.reservedPercent() / 100;
    int compat = Ext4Constants.COMPAT_EXT_ATTR | Ext4Constants.COMPAT_DIR_INDEX;
    if (journalInode != null) {
      compat |= Ext4Constants.COMPAT_HAS_JOURNAL;
    }
    if (geometry.reservedDescriptorBlocks() > 0) {
      compat |= Ext4Constants.COMPAT_RESIZE_INODE;
    }
    var struct =
        Struct.littleEndian(BYTES)
            .u32(0x00, (long) geometry.inodesPerGroup() * geometry.groupCount(), "s_inodes_count")
            .u32(0x04, blockCount & 0xffff_ffffL, "s_blocks_count_lo")
            .u32(0x08, reserved & 0xffff_ffffL, "s_r_blocks_count_lo")
            .u32(0x0c, freeBlockCount & 0xffff_ffffL, "s_free_blocks_count_lo")
            .u32(0x10, freeInodeCount, "s_free_inodes_count")
            .u32(0x14, 0, "s_first_data_block")
            .u32(0x18, LOG_BLOCK_SIZE, "s_log_block_size")
            .u32(0x1c, LOG_BLOCK_SIZE, "s_log_cluster_size")
            .u32(0x20, Ext4Constants.BLOCKS_PER_GROUP, "s_blocks_per_group")
            .u32(0x24, Ext4Constants.BLOCKS_PER_GROUP, "s_clusters_per_group")
            .u32(0x28, geometry.inodesPerGroup(), "s_inodes_per_group")
            .u32(0x2c, 0, "s_mtime")
            .u32(0x30, options.timeSeconds(), "s_wtime")
            .u16(0x34, 0, "s_mnt_count")
            .u16(0x36, 0xffff, "s_max_mnt_count") // -1: no check because of many mounts
            .u16(0x38, MAGIC, "s_magic")
            .u16(0x3a, 1, "s_state") // cleanly unmounted
            .u16(0x3c, 1, "s_errors") // go on
            .u16(0x3e, 0, "s_minor_rev_level")
            .u32(0x40, options.timeSeconds(), "s_lastcheck")
            .u32(0x44, 0, "s_checkinterval")
            .u32(0x48, 0, "s_creator_os") // Linux
            .u32(0x4c, 1, "s_rev_level")
            .u32(0x54, Ext4Constants.FIRST_INODE, "s_first_ino")
            .u16(0x58, Ext4Constants.INODE_BYTES, "s_inode_size")
            .u16(0x5a, group, "s_block_group_nr")
            .u32(0x5c, compat, "s_feature_compat")
            .u32(
                0x60,
                Ext4Constants.INCOMPAT_FILETYPE
                    | Ext4Constants.INCOMPAT_EXTENTS
                    | Ext4Constants.INCOMPAT_64BIT
                    | Ext4Constants.INCOMPAT_FLEX_BG,
                "s_feature_incompat")
            .u32(
                0x64,
                Ext4Constants.RO_COMPAT_SPARSE_SUPER
                    | Ext4Constants.RO_COMPAT_LARGE_FILE
                    | Ext4Constants.RO_COMPAT_HUGE_FILE
                    | Ext4Constants.RO_COMPAT_DIR_NLINK
                    | Ext4Constants.RO_COMPAT_EXTRA_ISIZE
                    | Ext4Constants.RO_COMPAT_METADATA_CSUM,
                "s_feature_ro_compat")
            .uuid(0x68, options.uuid(), "s_uuid")
            .bytes(0x78, label(options.label()), "s_volume_name")
            .u16(0xce, geometry.reservedDescriptorBlocks(), "s_reserved_gdt_blocks")
            .uuid(0xec, options.hashSeed(), "s_hash_seed")
            .u8(0xfc, NameHash.HALF_MD4, "s_def_hash_version")
            .u16(0xfe, Ext4Constants.DESCRIPTOR_BYTES, "s_desc_size")
            .u32(0x100, 1 << 2 | 1 << 3, "s_default_mount_opts") // user_xattr, acl
            .u32(0x104, 0, "s_first_meta_bg")
            .u32(0x108, options.timeSeconds(), "s_mkfs_time")
            .u32(0x150, blockCount >>> 32, "s_blocks_count_hi")
            .u32(0x154, reserved >>> 32, "s_r_blocks_count_hi")
            .u32(0x158, freeBlockCount >>> 32, "s_free_blocks_count_hi")
            .u16(0x15c, InodeTable.EXTRA_BYTES, "s_min_extra_isize")
            .u16(0x15e, InodeTable.EXTRA_BYTES, "s_want_extra_isize")
            .u32(0x160, 1 << 1, "s_flags") // EXT2_FLAGS_UNSIGNED_HASH
            .u8(0x174, Geometry.GROUPS_PER_FLEX_LOG2, "s_log_groups_per_flex")
            .u8(0x175, 1, "s_checksum_type") // CRC-32C
            .u32(0x248, fixedBlockCount, "s_overhead_clusters");
    if (journalInode != null) {
      struct
          .u32(0xe0, Ext4Constants.JOURNAL_INODE, "s_journal_inum")
          .u8(0xfd, 1, "s_jnl_backup_type") // EXT3_JNL_BACKUP_BLOCKS
          .bytes(0x10c, journalInode.blockField, "s_jnl_blocks: i_block")
          .u32(0x148, journalInode.sizeBytes >>> 32, "s_jnl_blocks: i_size_high")
          .u32(0x14c, journalInode.sizeBytes & 0xffff_ffffL, "s_jnl_blocks: i_size_lo");
    }
    byte[] bytes = struct.bytes();
    int value = checksum.startBare().bytes(bytes, 0, CHECKSUM_OFFSET).value();
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(CHECKSUM_OFFSET, value);
    return bytes;
  }

  private static byte[] label(String text) {
    byte[] field = new byte[16];
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(encoded, 0, field, 0, encoded.length);
    return field;
  }
}
