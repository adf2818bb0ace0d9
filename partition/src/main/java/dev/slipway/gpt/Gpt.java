// SPDX-License-Identifier: Apache-2.0
package dev.slipway.gpt;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A GUID partition table: a disk's id and its partitions, as a value that becomes bytes at both
 * ends of the disk.
 *
 * <pre>{@code
 * Gpt table = Gpt.of(diskId, 512, sectorCount, List.of(
 *     new GptEntry(1, PartitionType.EFI_SYSTEM, espId, 2048, 133119, 0, "esp")));
 * Gpt.read(source, "disk.img").table().entries();
 * }</pre>
 *
 * @param sectorBytes 512 or 4096
 * @param sectorCount how many sectors the disk has
 * @param firstUsableLba the first sector partitions may use
 * @param lastUsableLba the last sector partitions may use, inclusive
 * @param entries the partitions in the order of their numbers
 */
public record Gpt(
    UUID diskId,
    int sectorBytes,
    long sectorCount,
    long firstUsableLba,
    long lastUsableLba,
    List<GptEntry> entries) {
  /** How many entries the tables we write have room for, which is what everyone writes. */
  public static final int ENTRY_COUNT = 128;

  /** Partitions start and end on multiples of this, as all partitioning tools have it. */
  public static final int ALIGNMENT_BYTES = 1 << 20;

  /** How many bytes of boot code the first sector has room for. */
  public static final int BOOT_CODE_BYTES = ProtectiveMbr.BOOT_CODE_BYTES;

  private static final int TABLE_BYTES = ENTRY_COUNT * GptEntry.BYTES;

  /**
   * Checks the table as a whole.
   *
   * @throws IllegalArgumentException when partitions overlap, leave the usable sectors, or share a
   *     number or an id
   */
  public Gpt {
    if (sectorBytes != 512 && sectorBytes != 4096) {
      throw new IllegalArgumentException(
          "a disk's sectors have 512 or 4096 bytes, not " + sectorBytes);
    }
    long head = 2 + TABLE_BYTES / sectorBytes;
    if (firstUsableLba < head
        || lastUsableLba > sectorCount - head
        || lastUsableLba < firstUsableLba) {
      throw new IllegalArgumentException(
          "sectors "
              + firstUsableLba
              + " to "
              + lastUsableLba
              + " cannot be used on a disk of "
              + sectorCount
              + ": the table needs "
              + head
              + " at its start and "
              + (head - 1)
              + " at its end");
    }
    entries = entries.stream().sorted(Comparator.comparingInt(GptEntry::number)).toList();
    requireApart(entries, firstUsableLba, lastUsableLba);
  }

  /** A table that leaves all sectors usable that it does not need itself. */
  public static Gpt of(UUID diskId, int sectorBytes, long sectorCount, List<GptEntry> entries) {
    return new Gpt(
        diskId,
        sectorBytes,
        sectorCount,
        headBytes(sectorBytes) / sectorBytes,
        sectorCount - tailBytes(sectorBytes) / sectorBytes - 1,
        entries);
  }

  /** What the table takes at the start of a disk: boot sector, header, entries. */
  public static long headBytes(int sectorBytes) {
    return 2L * sectorBytes + TABLE_BYTES;
  }

  /** What the backup takes at the end of a disk: entries, header. */
  public static long tailBytes(int sectorBytes) {
    return sectorBytes + TABLE_BYTES;
  }

  /**
   * Reads and checks a table; sector size and which of the two copies is whole are found out.
   *
   * @param name the source's name in error messages
   * @throws FormatException when neither copy is whole, or when the partitions of the whole one
   *     overlap or leave the disk
   */
  public static GptReading read(BlockSource source, String name) throws IOException {
    return new GptReader(source, name).read();
  }

  public long diskBytes() {
    return sectorCount * sectorBytes;
  }

  public Optional<GptEntry> entry(int number) {
    return entries.stream().filter(entry -> entry.number() == number).findFirst();
  }

  /** The first partition with a name. */
  public Optional<GptEntry> entry(String name) {
    return entries.stream().filter(entry -> entry.name().equals(name)).findFirst();
  }

  public long offsetBytes(GptEntry entry) {
    return entry.firstLba() * sectorBytes;
  }

  public long sizeBytes(GptEntry entry) {
    return entry.sectorCount() * sectorBytes;
  }

  /**
   * What stands at byte 0 of the disk: protective MBR, primary header, entries.
   *
   * @param bootCode exactly 440 bytes, all zero when nothing boots from it
   * @param diskSignature 32 bits that BIOS and Linux know the disk by
   */
  public byte[] primaryBytes(byte[] bootCode, long diskSignature) {
    if (bootCode.length != BOOT_CODE_BYTES) {
      throw new IllegalArgumentException(
          "the boot code has " + bootCode.length + " bytes, expected " + BOOT_CODE_BYTES);
    }
    byte[] table = table();
    byte[] out = new byte[(int) headBytes(sectorBytes)];
    byte[] mbr = ProtectiveMbr.bytes(bootCode, diskSignature, sectorCount);
    System.arraycopy(mbr, 0, out, 0, mbr.length);
    byte[] header = header(1, sectorCount - 1, 2, table).bytes();
    System.arraycopy(header, 0, out, sectorBytes, header.length);
    System.arraycopy(table, 0, out, 2 * sectorBytes, table.length);
    return out;
  }

  /** What stands at {@link #backupOffset}: entries, backup header. */
  public byte[] backupBytes() {
    byte[] table = table();
    byte[] out = new byte[(int) tailBytes(sectorBytes)];
    System.arraycopy(table, 0, out, 0, table.length);
    byte[] header = header(sectorCount - 1, 1, backupOffset() / sectorBytes, table).bytes();
    System.arraycopy(header, 0, out, table.length, header.length);
    return out;
  }

  public long backupOffset() {
    return diskBytes() - tailBytes(sectorBytes);
  }

  private GptHeader header(long myLba, long alternateLba, long entriesLba, byte[] table) {
    return new GptHeader(
        myLba,
        alternateLba,
        firstUsableLba,
        lastUsableLba,
        diskId,
        entriesLba,
        ENTRY_COUNT,
        GptEntry.BYTES,
        GptHeader.crc(table));
  }

  private byte[] table() {
    byte[] table = new byte[TABLE_BYTES];
    for (GptEntry entry : entries) {
      System.arraycopy(
          entry.bytes(), 0, table, (entry.number() - 1) * GptEntry.BYTES, GptEntry.BYTES);
    }
    return table;
  }

  private static void requireApart(List<GptEntry> entries, long firstUsable, long lastUsable) {
    var ids = new HashSet<UUID>();
    GptEntry before = null;
    for (GptEntry entry : entries) {
      if (before != null && before.number() == entry.number()) {
        throw new IllegalArgumentException("two partitions have the number " + entry.number());
      }
      if (!ids.add(entry.id())) {
        throw new IllegalArgumentException("two partitions have the id " + entry.id());
      }
      if (entry.firstLba() < firstUsable || entry.lastLba() > lastUsable) {
        throw new IllegalArgumentException(
            "partition "
                + entry.number()
                + " has sectors "
                + entry.firstLba()
                + " to "
                + entry.lastLba()
                + ", usable are "
                + firstUsable
                + " to "
                + lastUsable);
      }
      before = entry;
    }
    overlap(entries)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(problem);
            });
  }

  /** Says which two partitions overlap, if any do. */
  static Optional<String> overlap(List<GptEntry> entries) {
    var byPlace = new ArrayList<>(entries);
    byPlace.sort(Comparator.comparingLong(GptEntry::firstLba));
    for (int i = 1; i < byPlace.size(); i++) {
      GptEntry left = byPlace.get(i - 1);
      GptEntry right = byPlace.get(i);
      if (right.firstLba() <= left.lastLba()) {
        return Optional.of(
            "partition "
                + right.number()
                + " starts at sector "
                + right.firstLba()
                + ", within partition "
                + left.number()
                + ", which ends at "
                + left.lastLba());
      }
    }
    return Optional.empty();
  }
}
