// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;

/** Data in which an aligned word of eight bytes is an address if a section has that address. */
final class Pointers implements FieldModel {
  private static final long SMALLEST = 4096; // below lie counts and flags, not pointers

  private final PagedBytes file;
  private final Section section;
  private final AddressMap map;

  Pointers(PagedBytes file, Section section, AddressMap map) {
    this.file = file;
    this.section = section;
    this.map = map;
  }

  @Override
  public void fields(long from, long to, FieldSink sink) throws IOException {
    long first = Math.max(from, section.offset()) + 7 & ~7L;
    long end = section.endOffset() - 8;
    for (long at = first; at < to && at <= end; at += 8) {
      long value = file.i64(at);
      if (Long.compareUnsigned(value, SMALLEST) >= 0 && map.known(value)) {
        sink.absolute(FieldKind.POINTER, at, 8, 0, value);
      }
    }
  }
}
