// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.fat;

import dev.slipway.io.Struct;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * The bytes of one directory: entries of 32 bytes, long names before the alias they belong to.
 *
 * @see <a
 *     href="https://download.microsoft.com/download/1/6/1/161ba512-40e2-4cc9-843a-923143f3456c/fatgen103.doc">
 *     Microsoft FAT specification 1.03, "FAT Directory Structure" and "FAT Long Directory
 *     Entries"</a>
 */
final class FatDirectory {
  static final int ENTRY_BYTES = FatGeometry.ENTRY_BYTES;

  /** A directory's index has 16 bits in every driver. */
  static final int ENTRIES_MAX = 65536;

  static final int READ_ONLY = 0x01;
  static final int VOLUME_ID = 0x08;
  static final int DIRECTORY = 0x10;
  static final int ARCHIVE = 0x20;
  static final int LONG_NAME = 0x0f;
  static final int LAST_LONG_ENTRY = 0x40;
  static final int UNITS_PER_LONG_ENTRY = 13;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** How many entries a name takes. */
  static int entriesFor(FatNames.Named named) {
    return 1 + (named.isLong() ? longEntries(named.name()) : 0);
  }

  private static int longEntries(String name) {
    return (name.length() + UNITS_PER_LONG_ENTRY - 1) / UNITS_PER_LONG_ENTRY;
  }

  void label(String label, FatTime time) {
    entry(FatNames.labelBytes(label), VOLUME_ID, time, 0, 0);
  }

  /** {@code .} and {@code ..}; the root has number 0 here, whatever its cluster. */
  void dots(long own, long parent, FatTime time) {
    entry(dot("."), DIRECTORY, time, own, 0);
    entry(dot(".."), DIRECTORY, time, parent, 0);
  }

  void directory(FatNames.Named named, FatTime time, long cluster) {
    longName(named);
    entry(named.alias(), DIRECTORY, time, cluster, 0);
  }

  void file(FatNames.Named named, FatTime time, long cluster, long size) {
    longName(named);
    entry(named.alias(), ARCHIVE, time, cluster, size);
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  private static byte[] dot(String text) {
    byte[] name = new byte[FatNames.ALIAS_BYTES];
    Arrays.fill(name, (byte) ' ');
    Arrays.fill(name, 0, text.length(), (byte) '.');
    return name;
  }

  private void longName(FatNames.Named named) {
    if (!named.isLong()) {
      return;
    }
    int count = longEntries(named.name());
    int checksum = FatNames.checksum(named.alias());
    for (int number = count; number >= 1; number--) {
      byte[] units = units(named.name(), (number - 1) * UNITS_PER_LONG_ENTRY);
      out.writeBytes(
          Struct.littleEndian(ENTRY_BYTES)
              .u8(0, number == count ? number | LAST_LONG_ENTRY : number, "LDIR_Ord")
              .bytes(1, Arrays.copyOfRange(units, 0, 10), "LDIR_Name1")
              .u8(11, LONG_NAME, "LDIR_Attr")
              .u8(12, 0, "LDIR_Type")
              .u8(13, checksum, "LDIR_Chksum")
              .bytes(14, Arrays.copyOfRange(units, 10, 22), "LDIR_Name2")
              .u16(26, 0, "LDIR_FstClusLO")
              .bytes(28, Arrays.copyOfRange(units, 22, 26), "LDIR_Name3")
              .bytes());
    }
  }

  /** Thirteen units of a name: behind its end one zero, then ones. */
  private static byte[] units(String name, int from) {
    byte[] units = new byte[2 * UNITS_PER_LONG_ENTRY];
    for (int i = 0; i < UNITS_PER_LONG_ENTRY; i++) {
      int at = from + i;
      int unit = at < name.length() ? name.charAt(at) : at == name.length() ? 0 : 0xffff;
      units[2 * i] = (byte) unit;
      units[2 * i + 1] = (byte) (unit >> 8);
    }
    return units;
  }

  private void entry(byte[] alias, int attributes, FatTime time, long cluster, long size) {
    out.writeBytes(
        Struct.littleEndian(ENTRY_BYTES)
            .bytes(0, alias, "DIR_Name")
            .u8(11, attributes, "DIR_Attr")
            .u8(12, 0, "DIR_NTRes")
            .u8(13, 0, "DIR_CrtTimeTenth")
            .u16(14, time.time(), "DIR_CrtTime")
            .u16(16, time.date(), "DIR_CrtDate")
            .u16(18, time.date(), "DIR_LstAccDate")
            .u16(20, (int) (cluster >> 16), "DIR_FstClusHI")
            .u16(22, time.time(), "DIR_WrtTime")
            .u16(24, time.date(), "DIR_WrtDate")
            .u16(26, (int) (cluster & 0xffff), "DIR_FstClusLO")
            .u32(28, size, "DIR_FileSize")
            .bytes());
  }
}
