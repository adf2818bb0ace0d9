// SPDX-License-Identifier: Apache-2.0
package dev.slipway.gpt;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.io.StructReader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * Reads both copies of a table and decides which one to believe.
 *
 * <p>The primary wins when it is whole. The backup is looked for where the primary says it is, or
 * in the last sector; a disk made larger than its image has it in the middle. Everything about the
 * other copy that is not as it should be becomes a complaint, not an error.
 */
final class GptReader {
  private static final int[] SECTOR_BYTES = {512, 4096};
  private static final UUID UNUSED = new UUID(0, 0);

  private record Copy(GptHeader header, List<GptEntry> entries) {}

  private final BlockSource source;
  private final String name;
  private final List<String> complaints = new ArrayList<>();

  GptReader(BlockSource source, String name) {
    this.source = source;
    this.name = name;
  }

  GptReading read() throws IOException {
    FormatException first = null;
    for (int sectorBytes : SECTOR_BYTES) {
      if (signatureAt(sectorBytes)) {
        try {
          return reading(sectorBytes, copyAt(1, sectorBytes), false);
        } catch (FormatException e) {
          first = first == null ? e : first;
          complaints.clear(); // they were about a table that is not believed
        }
      }
    }
    for (int sectorBytes : SECTOR_BYTES) {
      long last = source.size() / sectorBytes - 1;
      if (last > 1 && signatureAt(last * sectorBytes)) {
        try {
          Copy backup = copyAt(last, sectorBytes);
          complaints.add(
              "the primary table is damaged, this is the backup: "
                  + (first == null ? "no header in sector 1" : first.getMessage()));
          return reading(sectorBytes, backup, true);
        } catch (FormatException e) {
          first = first == null ? e : first;
          complaints.clear();
        }
      }
    }
    throw first != null ? first : new FormatException(name + ": byte 512: no GUID partition table");
  }

  private boolean signatureAt(long offset) throws IOException {
    byte[] signature = GptHeader.SIGNATURE.getBytes(StandardCharsets.US_ASCII);
    return offset + signature.length <= source.size()
        && Arrays.equals(source.readFully(offset, signature.length), signature);
  }

  private Copy copyAt(long lba, int sectorBytes) throws IOException {
    long sectorCount = source.size() / sectorBytes;
    if (lba >= sectorCount) {
      throw new FormatException(name + ": ends before sector " + lba);
    }
    GptHeader header =
        GptHeader.read(name, lba, sectorBytes, sectorCount, read(lba * sectorBytes, sectorBytes));
    long tableOffset = header.entriesLba() * sectorBytes;
    byte[] table = read(tableOffset, (int) header.tableBytes());
    if (GptHeader.crc(table) != header.entriesCrc()) {
      throw new FormatException(
          String.format(
              Locale.ROOT,
              "%s: byte %d: PartitionEntryArrayCRC32: found 0x%08x, expected 0x%08x",
              name,
              lba * sectorBytes + 88,
              header.entriesCrc(),
              GptHeader.crc(table)));
    }
    return entries(header, table, tableOffset);
  }

  private Copy entries(GptHeader header, byte[] table, long tableOffset) throws FormatException {
    var entries = new ArrayList<GptEntry>();
    var ids = new HashSet<UUID>();
    for (int i = 0; i < header.entryCount(); i++) {
      int at = i * header.entryBytes();
      StructReader in =
          StructReader.littleEndian(
              name, tableOffset + at, Arrays.copyOfRange(table, at, at + header.entryBytes()));
      UUID type = in.guid(0, "PartitionTypeGUID");
      if (type.equals(UNUSED)) {
        continue;
      }
      if (i >= Gpt.ENTRY_COUNT) {
        throw in.error(0, "PartitionTypeGUID", "more than " + Gpt.ENTRY_COUNT + " partitions");
      }
      GptEntry entry = GptEntry.read(i + 1, type, in, header);
      if (!ids.add(entry.id())) {
        throw in.error(
            16,
            "UniquePartitionGUID of partition " + entry.number(),
            entry.id() + " is another partition's too");
      }
      entries.add(entry);
    }
    var overlap = Gpt.overlap(entries);
    if (overlap.isPresent()) {
      throw new FormatException(name + ": byte " + tableOffset + ": entries: " + overlap.get());
    }
    return new Copy(header, entries);
  }

  private GptReading reading(int sectorBytes, Copy copy, boolean fromBackup) throws IOException {
    GptHeader header = copy.header();
    long sectorCount = source.size() / sectorBytes;
    if (!fromBackup) {
      checkBackup(sectorBytes, copy, sectorCount);
    }
    byte[] mbr = read(0, ProtectiveMbr.BYTES);
    checkMbr(mbr);
    Gpt table;
    try {
      table =
          new Gpt(
              header.diskId(),
              sectorBytes,
              sectorCount,
              Math.max(header.firstUsableLba(), Gpt.headBytes(sectorBytes) / sectorBytes),
              Math.min(header.lastUsableLba(), lastUsable(sectorBytes, sectorCount)),
              copy.entries());
    } catch (IllegalArgumentException e) {
      throw new FormatException(name + ": " + e.getMessage(), e);
    }
    return new GptReading(
        table,
        fromBackup,
        Arrays.copyOf(mbr, ProtectiveMbr.BOOT_CODE_BYTES),
        StructReader.littleEndian(name, 0, mbr)
            .u32(ProtectiveMbr.SIGNATURE_OFFSET, "UniqueMBRDiskSignature"),
        complaints);
  }

  private static long lastUsable(int sectorBytes, long sectorCount) {
    return sectorCount - Gpt.tailBytes(sectorBytes) / sectorBytes - 1;
  }

  private void checkBackup(int sectorBytes, Copy primary, long sectorCount) throws IOException {
    long place = primary.header().alternateLba();
    if (place != sectorCount - 1) {
      complaints.add(
          "the backup table is said to be in sector "
              + Long.toUnsignedString(place)
              + ", the disk ends with sector "
              + (sectorCount - 1));
    }
    if (place <= 1 || place >= sectorCount) {
      return;
    }
    try {
      Copy backup = copyAt(place, sectorBytes);
      if (!backup.entries().equals(primary.entries())
          || !backup.header().diskId().equals(primary.header().diskId())) {
        complaints.add("the backup table differs from the primary");
      }
    } catch (FormatException e) {
      complaints.add("the backup table is damaged: " + e.getMessage());
    }
  }

  private void checkMbr(byte[] mbr) {
    boolean signed = (mbr[510] & 0xff) == 0x55 && (mbr[511] & 0xff) == 0xaa;
    boolean protective = false;
    for (int i = 0; i < 4; i++) {
      int type = mbr[ProtectiveMbr.FIRST_RECORD_OFFSET + i * ProtectiveMbr.RECORD_BYTES + 4] & 0xff;
      protective |= type == ProtectiveMbr.GPT_PROTECTIVE;
    }
    if (!signed || !protective) {
      complaints.add("the first sector is no protective MBR");
    }
  }

  private byte[] read(long offset, int length) throws IOException {
    try {
      return source.readFully(offset, length);
    } catch (EOFException e) {
      throw new FormatException(name + ": " + e.getMessage(), e);
    }
  }
}
