// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import dev.slipway.io.FormatException;
import dev.slipway.io.StructReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * As much of an ELF file as booting needs: loadable segments, sections by name, and what a program
 * wants from its loader. Little-endian files of either width.
 *
 * @see <a href="https://gabi.xinuos.com/">System V ABI, chapters 4 and 5</a>
 */
final class ElfImage {
  static final int LOAD = 1;
  private static final int DYNAMIC = 2;
  private static final int INTERPRETER = 3;
  private static final int TAG_NEEDED = 1;
  private static final int TAG_STRING_TABLE = 5;
  private static final int NO_BITS = 8;

  /** A program header: where it lies in the file and in memory. */
  record Segment(long type, long offset, long address, long fileBytes) {}

  private final String source;
  private final byte[] bytes;
  private final StructReader in;
  private final boolean wide;

  private ElfImage(String source, byte[] bytes, boolean wide) {
    this.source = source;
    this.bytes = bytes;
    this.in = StructReader.littleEndian(source, 0, bytes);
    this.wide = wide;
  }

  static boolean looksLike(byte[] start) {
    return start.length >= 4
        && start[0] == 0x7f
        && start[1] == 'E'
        && start[2] == 'L'
        && start[3] == 'F';
  }

  static ElfImage read(String source, byte[] bytes) throws FormatException {
    StructReader ident = StructReader.littleEndian(source, 0, bytes);
    if (!looksLike(bytes)) {
      throw ident.error(0, "e_ident", "expected the magic number of ELF");
    }
    int width = ident.u8(4, "EI_CLASS");
    if (width != 1 && width != 2) {
      throw ident.error(4, "EI_CLASS", "found " + width + ", expected 1 or 2");
    }
    int order = ident.u8(5, "EI_DATA");
    if (order != 1) {
      throw ident.error(5, "EI_DATA", "found " + order + ", expected 1 (little-endian)");
    }
    return new ElfImage(source, bytes, width == 2);
  }

  List<Segment> segments() throws FormatException {
    long table = wide ? in.u64(32, "e_phoff") : in.u32(28, "e_phoff");
    int entryBytes = in.u16(wide ? 54 : 42, "e_phentsize");
    int count = in.u16(wide ? 56 : 44, "e_phnum");
    var found = new ArrayList<Segment>();
    for (int i = 0; i < count; i++) {
      int at = at(table + (long) i * entryBytes, "program header");
      found.add(
          wide
              ? new Segment(
                  in.u32(at, "p_type"),
                  in.u64(at + 8, "p_offset"),
                  in.u64(at + 16, "p_vaddr"),
                  in.u64(at + 32, "p_filesz"))
              : new Segment(
                  in.u32(at, "p_type"),
                  in.u32(at + 4, "p_offset"),
                  in.u32(at + 8, "p_vaddr"),
                  in.u32(at + 16, "p_filesz")));
    }
    return found;
  }

  byte[] bytesOf(Segment segment) throws FormatException {
    return range(segment.offset(), segment.fileBytes(), "p_filesz");
  }

  /** The bytes of the first section of a name. */
  Optional<byte[]> section(String name) throws FormatException {
    long table = wide ? in.u64(40, "e_shoff") : in.u32(32, "e_shoff");
    int entryBytes = in.u16(wide ? 58 : 46, "e_shentsize");
    int count = in.u16(wide ? 60 : 48, "e_shnum");
    int nameIndex = in.u16(wide ? 62 : 50, "e_shstrndx");
    if (count == 0) {
      return Optional.empty();
    }
    long names = sectionOffset(at(table + (long) nameIndex * entryBytes, "e_shstrndx"));
    for (int i = 0; i < count; i++) {
      int header = at(table + (long) i * entryBytes, "section header");
      if (in.u32(header + 4, "sh_type") != NO_BITS
          && name.equals(string(names + in.u32(header, "sh_name"), "sh_name"))) {
        long size = wide ? in.u64(header + 32, "sh_size") : in.u32(header + 20, "sh_size");
        return Optional.of(range(sectionOffset(header), size, "sh_size"));
      }
    }
    return Optional.empty();
  }

  private long sectionOffset(int header) throws FormatException {
    return wide ? in.u64(header + 24, "sh_offset") : in.u32(header + 16, "sh_offset");
  }

  /** The loader a dynamic program names; nothing for static programs and libraries. */
  Optional<String> interpreter() throws FormatException {
    for (Segment segment : segments()) {
      if (segment.type() == INTERPRETER) {
        return Optional.of(string(segment.offset(), "PT_INTERP"));
      }
    }
    return Optional.empty();
  }

  /** The names of the libraries that the loader must find, in order. */
  List<String> needed() throws FormatException {
    List<Segment> segments = segments();
    var found = new ArrayList<String>();
    for (Segment segment : segments) {
      if (segment.type() == DYNAMIC) {
        needed(segments, segment, found);
      }
    }
    return found;
  }

  private void needed(List<Segment> segments, Segment dynamic, List<String> found)
      throws FormatException {
    int entryBytes = wide ? 16 : 8;
    long end = dynamic.offset() + dynamic.fileBytes();
    var offsets = new ArrayList<Long>();
    long strings = -1;
    for (long entry = dynamic.offset(); entry + entryBytes <= end; entry += entryBytes) {
      int at = at(entry, "dynamic section");
      long tag = wide ? in.u64(at, "d_tag") : in.u32(at, "d_tag");
      long value = wide ? in.u64(at + 8, "d_val") : in.u32(at + 4, "d_val");
      if (tag == 0) {
        break;
      } else if (tag == TAG_NEEDED) {
        offsets.add(value);
      } else if (tag == TAG_STRING_TABLE) {
        strings = fileOffset(segments, value, at);
      }
    }
    for (long offset : offsets) {
      found.add(string(strings + offset, "DT_NEEDED"));
    }
  }

  private long fileOffset(List<Segment> segments, long address, int at) throws FormatException {
    for (Segment segment : segments) {
      if (segment.type() == LOAD
          && address >= segment.address()
          && address - segment.address() < segment.fileBytes()) {
        return segment.offset() + (address - segment.address());
      }
    }
    throw in.error(at, "DT_STRTAB", "no segment holds address " + Long.toHexString(address));
  }

  private String string(long offset, String field) throws FormatException {
    int start = at(offset, field);
    int end = start;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    if (end == bytes.length) {
      throw in.error(start, field, "the name has no end");
    }
    return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
  }

  private int at(long offset, String field) throws FormatException {
    if (offset < 0 || offset >= bytes.length) {
      throw new FormatException(
          source
              + ": "
              + field
              + ": lies at byte "
              + offset
              + ", the file has "
              + bytes.length
              + "; is it cut off?");
    }
    return (int) offset;
  }

  private byte[] range(long offset, long length, String field) throws FormatException {
    if (length == 0) {
      return new byte[0];
    }
    int start = at(offset, field);
    if (length < 0 || length > bytes.length - start) {
      throw new FormatException(
          source
              + ": byte "
              + start
              + ": "
              + field
              + ": "
              + length
              + " bytes leave the file of "
              + bytes.length
              + "; is it cut off?");
    }
    return in.bytes(start, (int) length, field);
  }
}
