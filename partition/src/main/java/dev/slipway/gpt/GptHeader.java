// SPDX-License-Identifier: Apache-2.0
package dev.slipway.gpt;

import dev.slipway.io.FormatException;
import dev.slipway.io.Struct;
import dev.slipway.io.StructReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.UUID;
import java.util.zip.CRC32;

/**
 * The header of the table, primary or backup.
 *
 * @see <a href="https://uefi.org/specs/UEFI/2.10/05_GUID_Partition_Table_Format.html">UEFI 2.10,
 *     5.3.2</a>
 */
record GptHeader(
    long myLba,
    long alternateLba,
    long firstUsableLba,
    long lastUsableLba,
    UUID diskId,
    long entriesLba,
    int entryCount,
    int entryBytes,
    long entriesCrc) {
  static final String SIGNATURE = "EFI PART";
  static final int BYTES = 92;
  private static final long REVISION_1_0 = 0x0001_0000;

  /** The UEFI minimum is 16 KiB; no tool writes more than a few times that. */
  private static final long TABLE_BYTES_MAX = 1 << 20;

  private static final int HEADER_CRC_OFFSET = 16;

  byte[] bytes() {
    byte[] withoutCrc = fields(0).bytes();
    return fields(crc(withoutCrc)).bytes();
  }

  private Struct fields(long headerCrc) {
    return Struct.littleEndian(BYTES)
        .ascii(0, 8, SIGNATURE, "Signature")
        .u32(8, REVISION_1_0, "Revision")
        .u32(12, BYTES, "HeaderSize")
        .u32(HEADER_CRC_OFFSET, headerCrc, "HeaderCRC32")
        .u32(20, 0, "Reserved")
        .u64(24, myLba, "MyLBA")
        .u64(32, alternateLba, "AlternateLBA")
        .u64(40, firstUsableLba, "FirstUsableLBA")
        .u64(48, lastUsableLba, "LastUsableLBA")
        .guid(56, diskId, "DiskGUID")
        .u64(72, entriesLba, "PartitionEntryLBA")
        .u32(80, entryCount, "NumberOfPartitionEntries")
        .u32(84, entryBytes, "SizeOfPartitionEntry")
        .u32(88, entriesCrc, "PartitionEntryArrayCRC32");
  }

  /**
   * Reads and checks a header against itself and its disk; the entries' checksum is checked by
   * whoever reads them.
   *
   * @param lba where the header was found
   */
  static GptHeader read(String source, long lba, int sectorBytes, long sectorCount, byte[] sector)
      throws FormatException {
    StructReader in = StructReader.littleEndian(source, lba * sectorBytes, sector);
    String signature = in.text(0, 8, StandardCharsets.ISO_8859_1, "Signature");
    if (!signature.equals(SIGNATURE)) {
      throw in.error(0, "Signature", "no GPT header in sector " + lba);
    }
    long revision = in.u32(8, "Revision");
    if (revision >>> 16 != 1) {
      throw in.error(
          8, "Revision", String.format(Locale.ROOT, "found 0x%08x, expected 0x00010000", revision));
    }
    long size = in.u32(12, "HeaderSize");
    if (size < BYTES || size > sectorBytes) {
      throw in.error(
          12, "HeaderSize", "found " + size + ", expected " + BYTES + " to " + sectorBytes);
    }
    long stored = in.u32(HEADER_CRC_OFFSET, "HeaderCRC32");
    byte[] cleared = in.bytes(0, (int) size, "header");
    for (int i = 0; i < 4; i++) {
      cleared[HEADER_CRC_OFFSET + i] = 0;
    }
    if (crc(cleared) != stored) {
      throw in.error(
          HEADER_CRC_OFFSET,
          "HeaderCRC32",
          String.format(Locale.ROOT, "found 0x%08x, expected 0x%08x", stored, crc(cleared)));
    }
    GptHeader header =
        new GptHeader(
            in.u64(24, "MyLBA"),
            in.u64(32, "AlternateLBA"),
            in.u64(40, "FirstUsableLBA"),
            in.u64(48, "LastUsableLBA"),
            in.guid(56, "DiskGUID"),
            in.u64(72, "PartitionEntryLBA"),
            count(in),
            entrySize(in),
            in.u32(88, "PartitionEntryArrayCRC32"));
    header.check(in, lba, sectorBytes, sectorCount);
    return header;
  }

  private static int count(StructReader in) throws FormatException {
    long count = in.u32(80, "NumberOfPartitionEntries");
    if (count < 1 || count > TABLE_BYTES_MAX / GptEntry.BYTES) {
      throw in.error(
          80,
          "NumberOfPartitionEntries",
          "found " + count + ", expected 1 to " + TABLE_BYTES_MAX / GptEntry.BYTES);
    }
    return (int) count;
  }

  private static int entrySize(StructReader in) throws FormatException {
    long size = in.u32(84, "SizeOfPartitionEntry");
    if (size < GptEntry.BYTES || size > 4096 || Long.bitCount(size) != 1) {
      throw in.error(
          84,
          "SizeOfPartitionEntry",
          "found " + size + ", expected 128 times a power of two up to 4096");
    }
    return (int) size;
  }

  private void check(StructReader in, long lba, int sectorBytes, long sectorCount)
      throws FormatException {
    if (myLba != lba) {
      throw in.error(24, "MyLBA", "found " + Long.toUnsignedString(myLba) + ", expected " + lba);
    }
    if (firstUsableLba < 2 || firstUsableLba > lastUsableLba || lastUsableLba >= sectorCount) {
      throw in.error(
          40,
          "FirstUsableLBA, LastUsableLBA",
          "found "
              + Long.toUnsignedString(firstUsableLba)
              + " to "
              + Long.toUnsignedString(lastUsableLba)
              + " on a disk of "
              + sectorCount
              + " sectors");
    }
    if (tableBytes() > TABLE_BYTES_MAX) {
      throw in.error(
          80, "NumberOfPartitionEntries", "the table has " + tableBytes() + " bytes, over 1 MiB");
    }
    long tableSectors = sectorsFor(tableBytes(), sectorBytes);
    boolean inside = entriesLba >= 2 && entriesLba <= sectorCount - tableSectors;
    boolean apart = entriesLba > lastUsableLba || entriesLba + tableSectors <= firstUsableLba;
    if (!inside || !apart) {
      throw in.error(
          72,
          "PartitionEntryLBA",
          "found "
              + Long.toUnsignedString(entriesLba)
              + ", the table's "
              + tableSectors
              + " sectors must lie on the disk and outside "
              + usableRange());
    }
  }

  long tableBytes() {
    return (long) entryCount * entryBytes;
  }

  String usableRange() {
    return firstUsableLba + " to " + lastUsableLba;
  }

  static long sectorsFor(long bytes, int sectorBytes) {
    return (bytes + sectorBytes - 1) / sectorBytes;
  }

  static long crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }
}
