// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;

/**
 * A symbol table (SHT_SYMTAB, SHT_DYNSYM), and what becomes of the numbers of its symbols.
 *
 * <pre>
 *   0  4  st_name   offset in the table of names
 *   4  1  st_info   type in the lower half
 *   6  2  st_shndx  section
 *   8  8  st_value  an address; in a relocatable file an offset in the section
 *  16  8  st_size
 * </pre>
 */
final class SymbolTable implements FieldModel {
  static final int ENTRY_BYTES = 24;

  private static final int TYPE_SECTION = 3; // STT_SECTION
  private static final int TYPE_TLS = 6; // STT_TLS
  private static final int RESERVED = 0xff00; // SHN_LORESERVE

  private final PagedBytes file;
  private final int index;
  private final Section section;
  private final AddressMap map;
  private final boolean relocatable;

  SymbolTable(PagedBytes file, int index, AddressMap map) {
    this.file = file;
    this.index = index;
    this.section = map.before().section(index);
    this.map = map;
    this.relocatable = map.layout().before.relocatable();
  }

  /** The new number of a symbol. */
  long mapIndex(long number) {
    long inside = number * ENTRY_BYTES;
    if (inside >= section.size()) {
      return number;
    }
    long mapped = map.mapInside(index, inside);
    return mapped == AddressMap.NONE ? number : (mapped + ENTRY_BYTES / 2) / ENTRY_BYTES;
  }

  /** The number of the section that a symbol stands for; -1 for a symbol of another kind. */
  int sectionOfSectionSymbol(long number) throws IOException {
    if (number >= section.size() / ENTRY_BYTES) {
      return -1;
    }
    long at = section.offset() + number * ENTRY_BYTES;
    return (file.u8(at + 4) & 0xf) == TYPE_SECTION ? file.u16(at + 6) : -1;
  }

  /**
   * The section and the offset of a symbol's name, packed as {@code section << 32 | offset}; -1 for
   * a symbol without one.
   */
  long nameOf(long number) throws IOException {
    if (number >= section.size() / ENTRY_BYTES) {
      return -1;
    }
    long name = file.u32(section.offset() + number * ENTRY_BYTES);
    return name == 0 ? -1 : (long) section.link() << 32 | name;
  }

  @Override
  public void fields(long from, long to, FieldSink sink) throws IOException {
    long first = Math.max(0, (from - section.offset()) / ENTRY_BYTES);
    long end = section.endOffset() - ENTRY_BYTES;
    for (long at = section.offset() + first * ENTRY_BYTES;
        at < to && at <= end;
        at += ENTRY_BYTES) {
      symbol(at, sink);
    }
  }

  private void symbol(long at, FieldSink sink) throws IOException {
    long name = file.u32(at);
    int names = section.link();
    if (name != 0 && names < map.layout().before.sections.size() && names > 0) {
      sink.text(FieldKind.SYMBOL_NAME, at, 4, 0, names, name);
    }
    int in = file.u16(at + 6);
    if (in == 0 || in >= RESERVED) {
      return;
    }
    sink.plain(FieldKind.SYMBOL_SECTION, at + 6, 2, map.layout().mappedSection(in));
    int continued = map.layout().newIndex(in);
    if (continued < 0 || (file.u8(at + 4) & 0xf) == TYPE_TLS) {
      return;
    }
    long oldBase = relocatable ? map.before().address(in) : 0;
    long newBase = relocatable ? map.after().address(continued) : 0;
    long value = file.i64(at + 8);
    sink.absolute(FieldKind.SYMBOL_VALUE, at + 8, 8, newBase, oldBase + value);
    span(FieldKind.SYMBOL_SIZE, at + 16, 8, oldBase + value, file.i64(at + 16), map, sink);
  }

  /** A field that holds the length of what begins at an old address. */
  static void span(
      FieldKind kind,
      long position,
      int bytes,
      long start,
      long length,
      AddressMap map,
      FieldSink sink)
      throws IOException {
    if (length <= 0) {
      return;
    }
    long newStart = map.map(start);
    long newLast = map.map(start + length - 1);
    if (newStart == AddressMap.NONE || newLast == AddressMap.NONE) {
      return;
    }
    long newLength = newLast + 1 - newStart;
    // Where start and end went to different places the length would be nonsense.
    if (newLength > 0 && newLength >>> 1 <= length && newLength >= length >>> 1) {
      sink.plain(kind, position, bytes, newLength);
    }
  }
}
