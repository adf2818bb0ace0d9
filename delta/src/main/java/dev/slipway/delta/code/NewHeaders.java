// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.util.ArrayList;
import java.util.List;

/**
 * The headers and the build id of the new file as bytes. They are known whole from the side
 * information, so they are predicted by their place in the new file, whatever old bytes they were
 * matched with.
 */
final class NewHeaders {
  private final List<Part> parts = new ArrayList<>();

  private record Part(long start, byte[] bytes) {}

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
    add(32, places);
    add(54, counts);
    add(62, names);
    add(
        after.programHeaderOffset,
        rows(
            HeaderFields.SEGMENT,
            ElfHeaders.SEGMENT_BYTES,
            after.segments.stream().map(Segment::fields).toList()));
    add(
        after.sectionHeaderOffset,
        rows(
            HeaderFields.SECTION,
            ElfHeaders.SECTION_BYTES,
            after.sections.stream().map(Section::fields).toList()));
  }

  /** Says what else is known of the new file; a negative start stands for nowhere. */
  void add(long start, byte[] bytes) {
    if (start >= 0) {
      parts.add(new Part(start, bytes));
    }
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
    for (Part part : parts) {
      long from = Math.max(position, part.start());
      long to = Math.min(position + length, part.start() + part.bytes().length);
      if (from < to) {
        System.arraycopy(
            part.bytes(),
            (int) (from - part.start()),
            target,
            offset + (int) (from - position),
            (int) (to - from));
      }
    }
  }

  long memoryBytes() {
    return parts.stream().mapToLong(part -> part.bytes().length).sum();
  }
}
