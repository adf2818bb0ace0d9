// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.util.List;

/**
 * The headers of the new file as bytes. They are known whole from the side information, so they are
 * predicted by their place in the new file, whatever old bytes they were matched with.
 */
final class NewHeaders {
  private final long[] starts;
  private final byte[][] parts;

  NewHeaders(ElfHeaders after) {
    byte[] places = new byte[16]; // e_phoff, e_shoff
    byte[] counts = new byte[8]; // e_phentsize, e_phnum, e_shentsize, e_shnum
    put(places, 0, 8, after.programHeaderOffset);
    put(places, 8, 8, after.sectionHeaderOffset);
    put(counts, 0, 2, after.segments.isEmpty() ? 0 : ElfHeaders.SEGMENT_BYTES);
    put(counts, 2, 2, after.segments.size());
    put(counts, 4, 2, ElfHeaders.SECTION_BYTES);
    put(counts, 6, 2, after.sections.size());
    byte[] names = new byte[2]; // e_shstrndx
    put(names, 0, 2, after.nameSection);
    starts = new long[] {32, 54, 62, after.programHeaderOffset, after.sectionHeaderOffset};
    parts =
        new byte[][] {
          places,
          counts,
          names,
          rows(
              HeaderFields.SEGMENT,
              ElfHeaders.SEGMENT_BYTES,
              after.segments.stream().map(Segment::fields).toList()),
          rows(
              HeaderFields.SECTION,
              ElfHeaders.SECTION_BYTES,
              after.sections.stream().map(Section::fields).toList())
        };
  }

  private static byte[] rows(int[] widths, int bytesEach, List<long[]> rows) {
    var bytes = new byte[rows.size() * bytesEach];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(HeaderFields.bytes(widths, rows.get(i)), 0, bytes, i * bytesEach, bytesEach);
    }
    return bytes;
  }

  private static void put(byte[] target, int offset, int bytes, long value) {
    for (int k = 0; k < bytes; k++) {
      target[offset + k] = (byte) (value >>> 8 * k);
    }
  }

  /** Puts those of the new bytes {@code [position, position + length)} that are known. */
  void fill(long position, byte[] target, int offset, int length) {
    for (int i = 0; i < parts.length; i++) {
      long from = Math.max(position, starts[i]);
      long to = Math.min(position + length, starts[i] + parts[i].length);
      if (from < to) {
        System.arraycopy(
            parts[i],
            (int) (from - starts[i]),
            target,
            offset + (int) (from - position),
            (int) (to - from));
      }
    }
  }

  long memoryBytes() {
    return parts[3].length + (long) parts[4].length;
  }
}
