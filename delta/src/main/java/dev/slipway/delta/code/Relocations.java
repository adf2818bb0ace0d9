// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;
import java.util.List;

/**
 * A section of relocations with addends (SHT_RELA).
 *
 * <pre>
 *   0  8  r_offset  the place: an address; in a relocatable file an offset in section sh_info
 *   8  4  r_info    type
 *  12  4            symbol number
 *  16  8  r_addend  an address, or an offset in the section that the symbol stands for
 * </pre>
 */
final class Relocations implements FieldModel {
  static final int ENTRY_BYTES = 24;

  private static final int X86_PC32 = 2;
  private static final int X86_PLT32 = 4;
  private static final int X86_RELATIVE = 8;
  private static final int X86_IRELATIVE = 37;
  private static final int ARM_RELATIVE = 1027;
  private static final int ARM_IRELATIVE = 1032;

  private final PagedBytes file;
  private final Section section;
  private final AddressMap map;
  private final SymbolTable symbols; // null: none
  private final boolean relocatable;
  private final boolean x86;
  private final int placedIn;
  private final boolean inCode;
  private final Rows rows; // null: the places follow no rule

  Relocations(PagedBytes file, int index, AddressMap map, SymbolTable symbols) {
    Section section = map.before().section(index);
    ElfHeaders before = map.layout().before;
    this.file = file;
    this.section = section;
    this.map = map;
    this.symbols = symbols;
    this.relocatable = before.relocatable();
    this.x86 = before.machine == ElfHeaders.X86_64;
    this.placedIn = section.info();
    List<Section> sections = before.sections;
    this.inCode =
        placedIn >= 0 && placedIn < sections.size() && sections.get(placedIn).executable();
    this.rows = inCode ? null : Rows.of(map, index, placedIn);
  }

  @Override
  public void fields(long from, long to, FieldSink sink) throws IOException {
    long first = Math.max(0, (from - section.offset()) / ENTRY_BYTES);
    long end = section.endOffset() - ENTRY_BYTES;
    for (long at = section.offset() + first * ENTRY_BYTES;
        at < to && at <= end;
        at += ENTRY_BYTES) {
      if (relocatable) {
        inSections(at, sink);
      } else {
        loaded(at, sink);
      }
    }
  }

  private void loaded(long at, FieldSink sink) throws IOException {
    sink.absolute(FieldKind.RELOCATION_PLACE, at, 8, 0, file.i64(at));
    int type = file.i32(at + 8);
    symbol(at, sink);
    boolean address =
        x86
            ? type == X86_RELATIVE || type == X86_IRELATIVE
            : type == ARM_RELATIVE || type == ARM_IRELATIVE;
    if (address) {
      sink.absolute(FieldKind.RELOCATION_ADDEND, at + 16, 8, 0, file.i64(at + 16));
    }
  }

  private void symbol(long at, FieldSink sink) throws IOException {
    long number = file.u32(at + 12);
    if (number != 0 && symbols != null) {
      sink.symbol(at + 12, symbols, number);
    }
  }

  private void place(long at, FieldSink sink) throws IOException {
    int to = map.layout().newIndex(placedIn);
    if (to < 0) {
      return;
    }
    long place = file.i64(at);
    if (rows != null && rows.near(at, place)) {
      sink.inRow(FieldKind.RELOCATION_PLACE, at, 8, place, rows);
      return;
    }
    long base = map.after().address(to);
    sink.absolute(FieldKind.RELOCATION_PLACE, at, 8, base, map.before().address(placedIn) + place);
  }

  private void inSections(long at, FieldSink sink) throws IOException {
    place(at, sink);
    symbol(at, sink);
    int referred = symbols == null ? -1 : symbols.sectionOfSectionSymbol(file.u32(at + 12));
    int continued = map.layout().newIndex(referred);
    if (continued >= 0) {
      int type = file.i32(at + 8);
      // In code relative to the instruction behind the field, nearly always four bytes on.
      int distance = x86 && inCode && (type == X86_PC32 || type == X86_PLT32) ? 4 : 0;
      long target = map.before().address(referred) + file.i64(at + 16) + distance;
      long base = map.after().address(continued) + distance;
      sink.absolute(FieldKind.RELOCATION_ADDEND, at + 16, 8, base, target);
    }
  }
}
