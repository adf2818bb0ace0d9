// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.fat;

import dev.slipway.io.FormatException;
import dev.slipway.io.StructReader;
import java.util.Arrays;

/**
 * Walks over a directory's entries and puts long names together. Long entries that belong to no
 * alias, as old programs leave them behind, are passed over.
 */
final class FatEntries {
  private static final int DELETED = 0xe5;
  private static final int ATTRIBUTES_MASK = 0x3f;
  private static final int LONG_ENTRIES_MAX = 20;

  /** An entry of a directory; {@code .} and {@code ..} are not given out. */
  record Entry(String name, int attributes, long cluster, long size, FatTime written) {}

  private final String source;
  private final byte[] bytes;

  /** Whether entries have the upper half of a cluster number; others keep other things there. */
  private final boolean wide;

  private int at;

  /** The long name being put together; null when the entries so far are not in order. */
  private char[] units;

  private int numberExpected;
  private int checksum;

  FatEntries(String source, String path, byte[] bytes, boolean wide) {
    this.source = source + ": " + path;
    this.bytes = bytes;
    this.wide = wide;
  }

  /** The next entry, or null behind the last one. */
  Entry next() throws FormatException {
    while (at + FatDirectory.ENTRY_BYTES <= bytes.length && bytes[at] != 0) {
      byte[] raw = Arrays.copyOfRange(bytes, at, at + FatDirectory.ENTRY_BYTES);
      StructReader in = StructReader.littleEndian(source, at, raw);
      at += FatDirectory.ENTRY_BYTES;
      if ((raw[0] & 0xff) == DELETED) {
        units = null;
      } else if ((in.u8(11, "DIR_Attr") & ATTRIBUTES_MASK) == FatDirectory.LONG_NAME) {
        longEntry(in);
      } else {
        Entry entry = shortEntry(in, raw);
        units = null;
        if (!entry.name().equals(".") && !entry.name().equals("..")) {
          return entry;
        }
      }
    }
    return null;
  }

  private void longEntry(StructReader in) throws FormatException {
    int order = in.u8(0, "LDIR_Ord");
    int number = order & ~FatDirectory.LAST_LONG_ENTRY;
    if ((order & FatDirectory.LAST_LONG_ENTRY) != 0) {
      boolean possible = number >= 1 && number <= LONG_ENTRIES_MAX;
      units = possible ? new char[number * FatDirectory.UNITS_PER_LONG_ENTRY] : null;
      checksum = in.u8(13, "LDIR_Chksum");
    } else if (units == null
        || number != numberExpected
        || number == 0
        || in.u8(13, "LDIR_Chksum") != checksum) {
      units = null;
    }
    if (units == null) {
      return;
    }
    int to = (number - 1) * FatDirectory.UNITS_PER_LONG_ENTRY;
    to = copy(in, 1, 5, to);
    to = copy(in, 14, 6, to);
    copy(in, 28, 2, to);
    numberExpected = number - 1;
  }

  private int copy(StructReader in, int offset, int count, int to) throws FormatException {
    for (int i = 0; i < count; i++) {
      units[to + i] = (char) in.u16(offset + 2 * i, "LDIR_Name");
    }
    return to + count;
  }

  private Entry shortEntry(StructReader in, byte[] raw) throws FormatException {
    byte[] alias = Arrays.copyOf(raw, FatNames.ALIAS_BYTES);
    String name = FatNames.text(alias, in.u8(12, "DIR_NTRes"));
    int attributes = in.u8(11, "DIR_Attr");
    if ((attributes & FatDirectory.VOLUME_ID) != 0) {
      name = new String(decoded(alias)).stripTrailing();
    } else if (units != null && numberExpected == 0 && FatNames.checksum(alias) == checksum) {
      int end = 0;
      while (end < units.length && units[end] != 0) {
        end++;
      }
      name = new String(units, 0, end);
    }
    return new Entry(
        name,
        attributes,
        (wide ? (long) in.u16(20, "DIR_FstClusHI") << 16 : 0) | in.u16(26, "DIR_FstClusLO"),
        in.u32(28, "DIR_FileSize"),
        new FatTime(in.u16(24, "DIR_WrtDate"), in.u16(22, "DIR_WrtTime")));
  }

  private static char[] decoded(byte[] alias) {
    char[] text = new char[alias.length];
    for (int i = 0; i < alias.length; i++) {
      text[i] = Cp437.decode(alias[i] & 0xff);
    }
    return text;
  }
}
