// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;
import java.util.Arrays;

/**
 * {@code .eh_frame}: how to unwind each function.
 *
 * <pre>
 *   0  4  length of what follows; 0 ends the section
 *   4  4  0 in a common entry; else from here back to the common entry
 *   8  4  the function's start, relative to this field
 *  12  4  its length
 *  16     the length of more (one byte when below 128); four bytes are the place of the
 *         function's exception table, relative to its own field
 * </pre>
 *
 * <p>Entries have no fixed places: a first walk notes where one begins in each 4 KiB.
 *
 * @see <a
 *     href="https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/ehframechpt.html">LSB
 *     5.0, 10.6</a>
 */
final class UnwindEntries implements FieldModel {
  static final long SECTION_BYTES_MOST = 1L << 28;

  private static final int STEP_BITS = 12;
  private static final int HEADER_BYTES = 17;

  private final PagedBytes file;
  private final Section section;
  private final long address;
  private final AddressMap map;
  private final long end; // behind the last entry
  private final int[] entries; // where the first entry begins that lies in or behind each 4 KiB

  UnwindEntries(PagedBytes file, Section section, long address, AddressMap map) throws IOException {
    this.file = file;
    this.section = section;
    this.address = address;
    this.map = map;
    this.entries = new int[(int) (section.size() >>> STEP_BITS) + 1];
    Arrays.fill(entries, Integer.MAX_VALUE);
    long at = section.offset();
    while (more(at)) {
      int step = (int) (at - section.offset() >>> STEP_BITS);
      entries[step] = Math.min(entries[step], (int) (at - section.offset()));
      at += 4 + file.u32(at);
    }
    end = at;
    for (int i = entries.length - 2; i >= 0; i--) {
      entries[i] = Math.min(entries[i], entries[i + 1]);
    }
  }

  private boolean more(long at) throws IOException {
    if (at > section.endOffset() - HEADER_BYTES) {
      return false;
    }
    long length = file.u32(at);
    return length >= HEADER_BYTES - 4 && length <= section.endOffset() - at - 4;
  }

  @Override
  public void fields(long from, long to, FieldSink sink) throws IOException {
    // An entry's fields lie in its first bytes, so those that begin a little before count too.
    long before = Math.max(0, from - 2 * HEADER_BYTES - section.offset());
    int first = entries[(int) (before >>> STEP_BITS)];
    if (first == Integer.MAX_VALUE) {
      return;
    }
    for (long at = section.offset() + first; at < to && at < end; at += 4 + file.u32(at)) {
      if (at + HEADER_BYTES + 4 > from && file.i32(at + 4) != 0) {
        entry(at, sink);
      }
    }
  }

  private long addressOf(long position) {
    return address + position - section.offset();
  }

  private void entry(long at, FieldSink sink) throws IOException {
    long common = addressOf(at + 4) - file.u32(at + 4);
    sink.backward(FieldKind.UNWIND_COMMON, at + 4, 4, common);
    long start = addressOf(at + 8) + file.i32(at + 8);
    sink.relative(FieldKind.UNWIND_START, at + 8, 4, 0, start);
    SymbolTable.span(FieldKind.UNWIND_LENGTH, at + 12, 4, start, file.u32(at + 12), map, sink);
    if (file.u8(at + 16) == 4 && file.u32(at) >= HEADER_BYTES) {
      int data = file.i32(at + 17);
      if (data != 0) {
        sink.relative(FieldKind.UNWIND_DATA, at + 17, 4, 0, addressOf(at + 17) + data);
      }
    }
  }

  @Override
  public long memoryBytes() {
    return 4L * entries.length;
  }
}
