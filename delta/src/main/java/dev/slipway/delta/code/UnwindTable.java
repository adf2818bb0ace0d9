// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;

/**
 * {@code .eh_frame_hdr}: a sorted table to find a function's entry in {@code .eh_frame}.
 *
 * <pre>
 *   0  4  version and three encodings
 *   4  4  the address of .eh_frame, relative to this field
 *   8  4  how many rows follow
 *  12     rows of 4 + 4: a function and its entry, both relative to the start of the section
 * </pre>
 */
final class UnwindTable implements FieldModel {
  private static final int ROWS = 12;

  private final PagedBytes file;
  private final Section section;
  private final long address;
  private final long newAddress;

  UnwindTable(PagedBytes file, Section section, long address, long newAddress) {
    this.file = file;
    this.section = section;
    this.address = address;
    this.newAddress = newAddress;
  }

  @Override
  public void fields(long from, long to, FieldSink sink) throws IOException {
    long frames = section.offset() + 4;
    if (from <= frames && section.size() >= ROWS) {
      sink.relative(FieldKind.UNWIND_TABLE, frames, 4, 0, address + 4 + file.i32(frames));
    }
    long inside = Math.max(ROWS, from - section.offset() & ~3L);
    long end = section.endOffset() - 4;
    for (long at = section.offset() + inside; at < to && at <= end; at += 4) {
      sink.absolute(FieldKind.UNWIND_TABLE, at, 4, newAddress, address + file.i32(at));
    }
  }
}
