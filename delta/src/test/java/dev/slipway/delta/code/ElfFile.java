// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Makes small ELF files by hand: sections one behind the other, headers at the end. */
final class ElfFile {
  static final int ALLOC = 2;
  static final int CODE = 6; // allocated and executable

  private final int type;
  private final int machine;
  private final List<Part> parts = new ArrayList<>();

  private record Part(
      String name, int type, int flags, long address, int link, int info, byte[] bytes) {}

  ElfFile(int type, int machine) {
    this.type = type;
    this.machine = machine;
    section("", 0, 0, 0, "");
  }

  static ElfFile library() {
    return new ElfFile(3, ElfHeaders.X86_64);
  }

  static ElfFile module() {
    return new ElfFile(ElfHeaders.RELOCATABLE, ElfHeaders.X86_64);
  }

  /** Adds a section whose bytes are given in hex, spaces allowed. */
  ElfFile section(String name, int sectionType, int flags, long address, String hex) {
    return section(name, sectionType, flags, address, 0, 0, bytes(hex));
  }

  ElfFile section(
      String name, int sectionType, int flags, long address, int link, int info, byte[] content) {
    parts.add(new Part(name, sectionType, flags, address, link, info, content));
    return this;
  }

  static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
  }

  /** Where a section's bytes begin in the file. */
  int offset(String name) {
    int at = ElfHeaders.HEADER_BYTES;
    for (Part part : parts) {
      if (part.name().equals(name)) {
        return at;
      }
      at += part.type() == Section.NOBITS ? 0 : part.bytes().length;
    }
    throw new IllegalArgumentException(name);
  }

  byte[] build() {
    var names = new ByteArrayOutputStream();
    var nameOffsets = new ArrayList<Integer>();
    var all = new ArrayList<>(parts);
    all.add(new Part(".shstrtab", 3, 0, 0, 0, 0, new byte[0]));
    for (Part part : all) {
      nameOffsets.add(names.size());
      names.writeBytes(part.name().getBytes(StandardCharsets.ISO_8859_1));
      names.write(0);
    }
    int end = offset(parts.get(parts.size() - 1).name());
    Part last = parts.get(parts.size() - 1);
    end += last.type() == Section.NOBITS ? 0 : last.bytes().length;
    int headers = end + names.size() + 7 & ~7;
    ByteBuffer out =
        ByteBuffer.allocate(headers + all.size() * ElfHeaders.SECTION_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
    out.putShort((short) type).putShort((short) machine).putInt(1);
    out.putLong(0).putLong(0).putLong(headers).putInt(0);
    out.putShort((short) 64).putShort((short) 0).putShort((short) 0).putShort((short) 64);
    out.putShort((short) all.size()).putShort((short) (all.size() - 1));
    for (Part part : parts) {
      if (part.type() != Section.NOBITS) {
        out.put(part.bytes());
      }
    }
    out.put(names.toByteArray()).position(headers);
    for (int i = 0; i < all.size(); i++) {
      Part part = all.get(i);
      boolean isNames = i == all.size() - 1;
      out.putInt(nameOffsets.get(i)).putInt(part.type()).putLong(part.flags());
      out.putLong(part.address()).putLong(i == 0 ? 0 : isNames ? end : offset(part.name()));
      out.putLong(isNames ? names.size() : part.bytes().length);
      out.putInt(part.link()).putInt(part.info()).putLong(i == 0 ? 0 : 1).putLong(0);
    }
    return out.array();
  }
}
