// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;

/**
 * {@code .dynamic}: pairs of a tag and a value, eight bytes each, most of which say where another
 * section lies or how large it is.
 */
final class DynamicSection implements FieldModel {
  private static final int ENTRY_BYTES = 16;

  private final PagedBytes file;
  private final Section section;
  private final AddressMap map;

  DynamicSection(PagedBytes file, Section section, AddressMap map) {
    this.file = file;
    this.section = section;
    this.map = map;
  }

  @Override
  public void fields(long from, long to, FieldSink sink) throws IOException {
    long first = Math.max(0, (from - section.offset()) / ENTRY_BYTES);
    long end = section.endOffset() - ENTRY_BYTES;
    for (long at = section.offset() + first * ENTRY_BYTES;
        at < to && at <= end;
        at += ENTRY_BYTES) {
      value(file.i64(at), at + 8, sink);
    }
  }

  private void value(long tag, long position, FieldSink sink) throws IOException {
    long value = file.i64(position);
    if (tag < 0 || tag > Integer.MAX_VALUE) {
      return;
    }
    switch ((int) tag) {
      case 2 -> size(".rela.plt", value, position, sink); // DT_PLTRELSZ
      case 8 -> size(".rela.dyn", value, position, sink); // DT_RELASZ
      case 10 -> size(".dynstr", value, position, sink); // DT_STRSZ
      case 27 -> size(".init_array", value, position, sink); // DT_INIT_ARRAYSZ
      case 28 -> size(".fini_array", value, position, sink); // DT_FINI_ARRAYSZ
      case 1, 14, 15, 29 -> name(value, position, sink); // DT_NEEDED, SONAME, RPATH, RUNPATH
      case 3,
          4,
          5,
          6,
          7,
          12,
          13,
          17,
          23,
          25,
          26, // DT_PLTGOT to DT_FINI_ARRAY
          0x6fff_fef5,
          0x6fff_fff0,
          0x6fff_fffc,
          0x6fff_fffe -> // GNU_HASH, VERSYM, VERDEF, -NEED
          sink.absolute(FieldKind.DYNAMIC, position, 8, 0, value);
      default -> {}
    }
  }

  private void size(String name, long value, long position, FieldSink sink) throws IOException {
    int old = map.layout().before.find(name);
    int now = map.layout().newIndex(old);
    if (now >= 0 && map.before().section(old).size() == value) {
      sink.plain(FieldKind.DYNAMIC, position, 8, map.after().section(now).size());
    }
  }

  private void name(long value, long position, FieldSink sink) throws IOException {
    int names = map.layout().before.find(".dynstr");
    if (names >= 0) {
      sink.text(FieldKind.DYNAMIC, position, 8, 0, names, value);
    }
  }
}
