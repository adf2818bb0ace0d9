// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import dev.slipway.io.BlockSource;
import dev.slipway.io.StructReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The partition table of a disk's first sector, as foreign images have it: four primary partitions,
 * and logical ones in a chain from an extended one.
 *
 * @param complaints what is wrong with it, a sentence each
 */
record MbrTable(long diskSignature, List<Entry> entries, List<String> complaints) {
  private static final int SECTOR_BYTES = 512;
  private static final int RECORDS_OFFSET = 446;
  private static final int RECORD_BYTES = 16;
  private static final int FIRST_LOGICAL = 5;

  /** Linux stops here as well. */
  private static final int LOGICAL_MAX = 256;

  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(0x01, "FAT12"),
          Map.entry(0x04, "FAT16"),
          Map.entry(0x05, "extended"),
          Map.entry(0x06, "FAT16"),
          Map.entry(0x07, "NTFS or exFAT"),
          Map.entry(0x0b, "FAT32"),
          Map.entry(0x0c, "FAT32 (LBA)"),
          Map.entry(0x0e, "FAT16 (LBA)"),
          Map.entry(0x0f, "extended (LBA)"),
          Map.entry(0x82, "Linux swap"),
          Map.entry(0x83, "Linux file system"),
          Map.entry(0x8e, "Linux LVM"),
          Map.entry(0xee, "GPT protective"),
          Map.entry(0xef, "EFI system"),
          Map.entry(0xfd, "Linux RAID"));

  /** A partition; sectors are of 512 bytes. */
  record Entry(int number, int type, long firstLba, long sectorCount) {
    String typeName() {
      return NAMES.getOrDefault(type, typeText());
    }

    String typeText() {
      return String.format(Locale.ROOT, "0x%02x", type);
    }

    boolean isExtended() {
      return type == 0x05 || type == 0x0f || type == 0x85;
    }
  }

  /** Reads the table; nothing when the first sector is none. */
  static Optional<MbrTable> read(BlockSource source, String name) throws IOException {
    if (source.size() < SECTOR_BYTES) {
      return Optional.empty();
    }
    StructReader in = sector(source, name, 0);
    if (in.u16(510, "signature") != 0xaa55) {
      return Optional.empty();
    }
    var entries = new ArrayList<Entry>();
    var complaints = new ArrayList<String>();
    for (int i = 0; i < 4; i++) {
      int at = RECORDS_OFFSET + i * RECORD_BYTES;
      int indicator = in.u8(at, "boot indicator");
      if (indicator != 0 && indicator != 0x80) {
        return Optional.empty(); // code where a table would be: a boot sector of something else
      }
      Entry entry = entry(in, at, i + 1, 0);
      if (entry.type() != 0 && entry.sectorCount() > 0) {
        add(entry, source, entries, complaints);
      }
    }
    if (entries.isEmpty() && complaints.isEmpty()) {
      return Optional.empty();
    }
    for (Entry entry : List.copyOf(entries)) {
      if (entry.isExtended()) {
        logical(source, name, entry, entries, complaints);
      }
    }
    return Optional.of(new MbrTable(in.u32(440, "disk signature"), entries, complaints));
  }

  private static void logical(
      BlockSource source, String name, Entry extended, List<Entry> entries, List<String> complaints)
      throws IOException {
    long at = extended.firstLba();
    long before = -1;
    for (int number = FIRST_LOGICAL; number < FIRST_LOGICAL + LOGICAL_MAX; number++) {
      // Every record lies behind the one before, or a chain could turn in circles.
      if (at <= before || at >= source.size() / SECTOR_BYTES) {
        complaints.add("the chain of logical partitions breaks at sector " + at);
        return;
      }
      StructReader in = sector(source, name, at);
      if (in.u16(510, "signature") != 0xaa55) {
        complaints.add("no record of a logical partition in sector " + at);
        return;
      }
      Entry entry = entry(in, RECORDS_OFFSET, number, at);
      if (entry.type() != 0 && entry.sectorCount() > 0) {
        add(entry, source, entries, complaints);
      }
      Entry next = entry(in, RECORDS_OFFSET + RECORD_BYTES, 0, extended.firstLba());
      if (next.type() == 0) {
        return;
      }
      before = at;
      at = next.firstLba();
    }
  }

  private static void add(
      Entry entry, BlockSource source, List<Entry> entries, List<String> complaints) {
    if (entry.firstLba() == 0
        || entry.firstLba() + entry.sectorCount() > source.size() / SECTOR_BYTES) {
      complaints.add(
          "partition "
              + entry.number()
              + " has sectors "
              + entry.firstLba()
              + " to "
              + (entry.firstLba() + entry.sectorCount() - 1)
              + ", the image has "
              + source.size() / SECTOR_BYTES);
    } else {
      entries.add(entry);
    }
  }

  private static Entry entry(StructReader in, int at, int number, long base) throws IOException {
    return new Entry(
        number,
        in.u8(at + 4, "type"),
        base + in.u32(at + 8, "first sector"),
        in.u32(at + 12, "sector count"));
  }

  private static StructReader sector(BlockSource source, String name, long lba) throws IOException {
    return StructReader.littleEndian(
        name, lba * SECTOR_BYTES, source.readFully(lba * SECTOR_BYTES, SECTOR_BYTES));
  }
}
