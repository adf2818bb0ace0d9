// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import dev.slipway.io.Size;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * Everything about an ext4 file system that its tree does not say.
 *
 * @param uuid its identity, and the seed of all its checksums: keep it from release to release, so
 *     that a small change of the tree stays a small change of the bytes
 * @param hashSeed the seed of the hash that orders indexed directories
 * @param label at most 16 bytes of UTF-8; empty for none
 * @param timeSeconds when it was made, seconds since 1970: the superblock's times and those of what
 *     the tree does not hold
 * @param size how large it is, in whole blocks of 4 KiB; empty to fit the tree, with no space left
 * @param journal how large its journal is; empty for none, which suits what is only read
 * @param growTo how far the kernel must be able to grow it while mounted; empty when it never grows
 * @param bytesPerInode one inode for so many bytes; only when a size is given
 * @param reservedPercent how much of the space only root may fill, 0 to 50
 */
public record Ext4Options(
    UUID uuid,
    UUID hashSeed,
    String label,
    long timeSeconds,
    Optional<Size> size,
    Optional<Size> journal,
    Optional<Size> growTo,
    int bytesPerInode,
    int reservedPercent) {
  private static final int LABEL_BYTES = 16;
  private static final long BLOCK = Ext4Constants.BLOCK_BYTES;

  /** Blocks have 32-bit numbers in the resize inode and in block maps. */
  private static final Size SIZE_MAX = Size.bytes((1L << 32) * BLOCK - BLOCK);

  private static final Size SIZE_MIN = Size.kib(256);
  private static final Size JOURNAL_MIN = Size.mib(4);
  private static final Size JOURNAL_MAX = Size.gib(4);
  private static final long TIME_MAX = 0xffff_ffffL;

  public Ext4Options {
    Objects.requireNonNull(uuid, "uuid");
    Objects.requireNonNull(hashSeed, "hashSeed");
    if (label.getBytes(StandardCharsets.UTF_8).length > LABEL_BYTES || label.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "a label has at most " + LABEL_BYTES + " bytes without NUL: \"" + label + "\"");
    }
    if (timeSeconds < 0 || timeSeconds > TIME_MAX) {
      throw new IllegalArgumentException(
          "the time must be within 0 and " + TIME_MAX + " seconds since 1970: " + timeSeconds);
    }
    size.ifPresent(s -> within("size", s, SIZE_MIN, SIZE_MAX));
    journal.ifPresent(s -> within("journal", s, JOURNAL_MIN, JOURNAL_MAX));
    growTo.ifPresent(s -> within("growTo", s, SIZE_MIN, SIZE_MAX));
    if (bytesPerInode < 1024 || bytesPerInode > 1 << 26) {
      throw new IllegalArgumentException(
          "bytes per inode must be within 1024 and 64 MiB: " + bytesPerInode);
    }
    if (reservedPercent < 0 || reservedPercent > 50) {
      throw new IllegalArgumentException(
          "reserved percent must be within 0 and 50: " + reservedPercent);
    }
  }

  private static void within(String what, Size size, Size least, Size most) {
    if (size.compareTo(least) < 0 || size.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          what + " must be within " + least + " and " + most + ": " + size);
    }
    if (size.bytes() % BLOCK != 0) {
      throw new IllegalArgumentException(
          what + " must be a multiple of " + BLOCK + " bytes: " + size.bytes());
    }
  }

  /** For what is only read: just as large as its tree, no journal, nothing in reserve. */
  public static Ext4Options readOnly(UUID uuid, long timeSeconds) {
    return new Ext4Options(
        uuid,
        uuid,
        "",
        timeSeconds,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        1 << 14,
        0);
  }

  /**
   * For data: of a given size, with a journal (16 MiB, half of that below 128 MiB) and room in its
   * descriptors to grow to 2 TiB while mounted. Growing touches every reserved descriptor block,
   * 256 of them, in one transaction, and the kernel refuses transactions of more than a quarter of
   * the journal: 4 MiB would be too small.
   */
  public static Ext4Options writable(UUID uuid, long timeSeconds, Size size) {
    return new Ext4Options(
        uuid,
        uuid,
        "",
        timeSeconds,
        Optional.of(size),
        Optional.of(size.compareTo(Size.mib(128)) < 0 ? Size.mib(8) : Size.mib(16)),
        Optional.of(Size.gib(2048)),
        1 << 14,
        1);
  }

  public Ext4Options withLabel(String newLabel) {
    return new Ext4Options(
        uuid,
        hashSeed,
        newLabel,
        timeSeconds,
        size,
        journal,
        growTo,
        bytesPerInode,
        reservedPercent);
  }

  public Ext4Options withHashSeed(UUID newSeed) {
    return new Ext4Options(
        uuid, newSeed, label, timeSeconds, size, journal, growTo, bytesPerInode, reservedPercent);
  }

  public Ext4Options withSize(Size newSize) {
    return new Ext4Options(
        uuid,
        hashSeed,
        label,
        timeSeconds,
        Optional.of(newSize),
        journal,
        growTo,
        bytesPerInode,
        reservedPercent);
  }

  public Ext4Options withJournal(Size newJournal) {
    return new Ext4Options(
        uuid,
        hashSeed,
        label,
        timeSeconds,
        size,
        Optional.of(newJournal),
        growTo,
        bytesPerInode,
        reservedPercent);
  }

  public Ext4Options withGrowTo(Size newLimit) {
    return new Ext4Options(
        uuid,
        hashSeed,
        label,
        timeSeconds,
        size,
        journal,
        Optional.of(newLimit),
        bytesPerInode,
        reservedPercent);
  }

  public Ext4Options withBytesPerInode(int newRatio) {
    return new Ext4Options(
        uuid, hashSeed, label, timeSeconds, size, journal, growTo, newRatio, reservedPercent);
  }

  public Ext4Options withReservedPercent(int newPercent) {
    return new Ext4Options(
        uuid, hashSeed, label, timeSeconds, size, journal, growTo, bytesPerInode, newPercent);
  }
}
