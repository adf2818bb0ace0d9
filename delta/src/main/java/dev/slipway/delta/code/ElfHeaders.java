// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The ELF header, the program headers and the section headers of a 64-bit little-endian file, as
 * far as the models need them.
 *
 * @see <a href="https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html">System V ABI,
 *     chapters 4 and 5</a>
 */
final class ElfHeaders {
  static final int HEADER_BYTES = 64;
  static final int SEGMENT_BYTES = 56;
  static final int SECTION_BYTES = 64;

  static final int RELOCATABLE = 1; // ET_REL
  static final int EXECUTABLE = 2; // ET_EXEC
  static final int X86_64 = 62; // EM_X86_64
  static final int AARCH64 = 183; // EM_AARCH64

  /** Real files stay far below: the most is a kernel module with a section for each function. */
  static final int SECTIONS_MOST = 1 << 14;

  static final int SEGMENTS_MOST = 64;

  /** Above this the tables beside a file would no longer be small; no such executable is known. */
  static final long FILE_BYTES_MOST = 1L << 31;

  private static final int NAME_LONGEST = 64;

  final int type;
  final int machine;
  final long programHeaderOffset;
  final long sectionHeaderOffset;
  final int nameSection; // e_shstrndx
  final List<Segment> segments;
  final List<Section> sections;

  ElfHeaders(
      int type,
      int machine,
      long programHeaderOffset,
      long sectionHeaderOffset,
      int nameSection,
      List<Segment> segments,
      List<Section> sections) {
    this.type = type;
    this.machine = machine;
    this.programHeaderOffset = programHeaderOffset;
    this.sectionHeaderOffset = sectionHeaderOffset;
    this.nameSection = nameSection;
    this.segments = List.copyOf(segments);
    this.sections = List.copyOf(sections);
  }

  /** The headers, or null when the file is not one that the models know. */
  static ElfHeaders read(PagedBytes file) throws IOException {
    if (file.size() < HEADER_BYTES
        || file.size() > FILE_BYTES_MOST
        || file.i32(0) != 0x464c_457f // "\x7fELF"
        || file.u8(4) != 2 // ELFCLASS64
        || file.u8(5) != 1) { // ELFDATA2LSB
      return null;
    }
    int machine = file.u16(18);
    long programHeaders = file.i64(32);
    long sectionHeaders = file.i64(40);
    int segmentCount = file.u16(56);
    int sectionCount = file.u16(60);
    if (machine != X86_64 && machine != AARCH64
        || segmentCount > SEGMENTS_MOST
        || segmentCount > 0 && file.u16(54) != SEGMENT_BYTES
        || !file.has(programHeaders, (long) segmentCount * SEGMENT_BYTES)
        || sectionCount == 0
        || sectionCount > SECTIONS_MOST
        || file.u16(58) != SECTION_BYTES
        || !file.has(sectionHeaders, (long) sectionCount * SECTION_BYTES)) {
      return null;
    }
    var segments = new ArrayList<Segment>(segmentCount);
    for (int i = 0; i < segmentCount; i++) {
      segments.add(Segment.read(file, programHeaders + (long) i * SEGMENT_BYTES));
    }
    int nameSection = file.u16(62);
    long names = 0;
    long namesEnd = 0;
    if (nameSection < sectionCount) {
      long at = sectionHeaders + (long) nameSection * SECTION_BYTES;
      if (file.has(file.i64(at + 24), file.i64(at + 32))) {
        names = file.i64(at + 24);
        namesEnd = names + file.i64(at + 32);
      }
    }
    var sections = new ArrayList<Section>(sectionCount);
    for (int i = 0; i < sectionCount; i++) {
      long at = sectionHeaders + (long) i * SECTION_BYTES;
      long name = names + file.u32(at);
      int longest = (int) Math.min(NAME_LONGEST, Math.max(0, namesEnd - name));
      sections.add(Section.read(file, at, file.text(name, longest)));
    }
    return new ElfHeaders(
        file.u16(16), machine, programHeaders, sectionHeaders, nameSection, segments, sections);
  }

  boolean relocatable() {
    return type == RELOCATABLE;
  }

  /** The number of the first section of this name, or -1. */
  int find(String name) {
    for (int i = 0; i < sections.size(); i++) {
      if (sections.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }
}
