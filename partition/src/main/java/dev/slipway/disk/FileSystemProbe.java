// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import dev.slipway.fs.fat.Fat;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.io.StructReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Tells file systems by their magic numbers. Only first facts are read: label, id and size; that
 * the rest is sound is for each one's reader to say.
 */
final class FileSystemProbe {
  private static final int EXT_SUPERBLOCK = 1024;
  private static final int EXT_64BIT = 0x80;
  private static final int EXT_HAS_JOURNAL = 0x4;
  private static final int EXT_EXTENTS = 0x40;
  private static final int BTRFS_SUPERBLOCK = 0x10000;
  private static final int ISO_DESCRIPTOR = 0x8000;
  private static final int PAGE = 4096;

  private final BlockSource source;
  private final String name;

  FileSystemProbe(BlockSource source, String name) {
    this.source = source;
    this.name = name;
  }

  /** The kind is {@code vfat} or {@code ext2} to {@code ext4} for those that have readers. */
  Optional<FileSystemInfo> find() throws IOException {
    if (magic(0, "LUKS\u00ba\u00be")) {
      return Optional.of(luks());
    }
    if (magic(0, "hsqs")) {
      StructReader in = at(0, 96);
      return info("squashfs", "", "", in.u64(40, "bytes_used"));
    }
    if (magic(0, "XFSB")) {
      StructReader in = StructReader.bigEndian(name, 0, source.readFully(0, 512));
      return info(
          "xfs",
          in.text(108, 12, StandardCharsets.UTF_8, "sb_fname"),
          in.uuid(32, "sb_uuid").toString(),
          Math.multiplyFull((int) in.u32(4, "sb_blocksize"), 1) * in.u64(8, "sb_dblocks"));
    }
    if (magic(EXT_SUPERBLOCK, "\u00e2\u00e1\u00f5\u00e0")) {
      return Optional.of(erofs());
    }
    if (magic(EXT_SUPERBLOCK + 0x38, "\u0053\u00ef")) {
      return Optional.of(ext());
    }
    if (magic(BTRFS_SUPERBLOCK + 64, "_BHRfS_M")) {
      StructReader in = at(BTRFS_SUPERBLOCK, PAGE);
      return info(
          "btrfs",
          in.text(0x12b, 256, StandardCharsets.UTF_8, "label"),
          in.uuid(32, "fsid").toString(),
          in.u64(0x70, "total_bytes"));
    }
    if (magic(ISO_DESCRIPTOR + 1, "CD001")) {
      StructReader in = at(ISO_DESCRIPTOR, 2048);
      String label = in.text(40, 32, StandardCharsets.ISO_8859_1, "volume identifier");
      return info("iso9660", label.stripTrailing(), "", 2048 * in.u32(80, "volume space size"));
    }
    if (magic(PAGE - 10, "SWAPSPACE2")) {
      StructReader in = at(EXT_SUPERBLOCK, 512);
      UUID id = in.uuid(12, "sws_uuid");
      return info(
          "swap",
          in.text(28, 16, StandardCharsets.UTF_8, "sws_volume"),
          id.toString(),
          (in.u32(4, "last_page") + 1) * PAGE);
    }
    return Fat.recognises(source) ? info("vfat", "", "", source.size()) : Optional.empty();
  }

  private FileSystemInfo luks() throws IOException {
    StructReader in = StructReader.bigEndian(name, 0, source.readFully(0, 512));
    int version = in.u16(6, "version");
    return new FileSystemInfo(
        "crypto_LUKS",
        version == 2 ? in.text(24, 48, StandardCharsets.UTF_8, "label") : "",
        in.text(168, 40, StandardCharsets.US_ASCII, "uuid"),
        OptionalLong.of(source.size()),
        OptionalLong.empty());
  }

  private FileSystemInfo erofs() throws IOException {
    StructReader in = at(EXT_SUPERBLOCK, 128);
    int bits = in.u8(12, "blkszbits");
    return new FileSystemInfo(
        "erofs",
        in.text(64, 16, StandardCharsets.UTF_8, "volume_name"),
        in.uuid(48, "uuid").toString(),
        bits >= 9 && bits <= 16
            ? OptionalLong.of(in.u32(36, "blocks") << bits)
            : OptionalLong.empty(),
        OptionalLong.empty());
  }

  private FileSystemInfo ext() throws IOException {
    StructReader in = at(EXT_SUPERBLOCK, 1024);
    long compatible = in.u32(0x5c, "s_feature_compat");
    long incompatible = in.u32(0x60, "s_feature_incompat");
    boolean wide = (incompatible & EXT_64BIT) != 0;
    long shift = in.u32(0x18, "s_log_block_size");
    long blocks =
        in.u32(4, "s_blocks_count_lo") | (wide ? in.u32(0x150, "s_blocks_count_hi") << 32 : 0);
    long free =
        in.u32(0xc, "s_free_blocks_count_lo")
            | (wide ? in.u32(0x158, "s_free_blocks_count_hi") << 32 : 0);
    boolean sane = shift <= 6 && blocks >= 0 && blocks < 1L << 46 && free >= 0 && free <= blocks;
    String kind =
        (incompatible & EXT_EXTENTS) != 0
            ? "ext4"
            : (compatible & EXT_HAS_JOURNAL) != 0 ? "ext3" : "ext2";
    return new FileSystemInfo(
        kind,
        in.text(0x78, 16, StandardCharsets.UTF_8, "s_volume_name"),
        in.uuid(0x68, "s_uuid").toString(),
        sane ? OptionalLong.of(blocks << 10 + shift) : OptionalLong.empty(),
        sane ? OptionalLong.of(blocks - free << 10 + shift) : OptionalLong.empty());
  }

  private Optional<FileSystemInfo> info(String kind, String label, String id, long size) {
    return Optional.of(
        new FileSystemInfo(
            kind,
            label,
            id,
            size > 0 ? OptionalLong.of(size) : OptionalLong.empty(),
            OptionalLong.empty()));
  }

  private StructReader at(long offset, int length) throws IOException {
    if (length > source.size() - offset) {
      throw new FormatException(
          name + ": ends within the superblock at byte " + offset + ", at byte " + source.size());
    }
    return StructReader.littleEndian(name, offset, source.readFully(offset, length));
  }

  private boolean magic(long offset, String bytes) throws IOException {
    byte[] expected = bytes.getBytes(StandardCharsets.ISO_8859_1);
    return offset + expected.length <= source.size()
        && Arrays.equals(source.readFully(offset, expected.length), expected);
  }
}
