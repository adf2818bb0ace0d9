// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;

/** A table in which an aligned word of four bytes is the distance from itself to an address. */
final class RelativeWords implements FieldModel {
  private static final int BYTES = 4;

  private final PagedBytes file;
  private final Section section;
  private final long address;
  private final AddressMap map;

  RelativeWords(PagedBytes file, Section section, long address, AddressMap map) {
    this.file = file;
    this.section = section;
    this.address = address;
    this.map = map;
  }

  @Override
  public void fields(long from, long to, FieldSink sink) throws IOException {
    long inside = Math.max(0, from - section.offset() & -BYTES);
    long end = section.endOffset() - BYTES;
    for (long at = section.offset() + inside; at < to && at <= end; at += BYTES) {
      int value = file.i32(at);
      long target = address + at - section.offset() + value;
      if (value != 0 && map.known(target)) {
        sink.relative(FieldKind.RELATIVE_WORD, at, BYTES, 0, target);
      }
    }
  }
}
