// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import dev.slipway.io.Struct;
import java.nio.charset.StandardCharsets;

/** The smallest ELF files that have what is looked for. */
final class SampleElf {
  private static final String NAMES = "\0.modinfo\0.shstrtab\0";

  private SampleElf() {}

  /** A 64-bit file with a section {@code .modinfo} of the given lines. */
  static byte[] module(String... lines) {
    byte[] info = (String.join("\0", lines) + "\0").getBytes(StandardCharsets.US_ASCII);
    byte[] names = NAMES.getBytes(StandardCharsets.US_ASCII);
    int infoAt = 64;
    int namesAt = infoAt + info.length;
    int table = (namesAt + names.length + 7) / 8 * 8;
    Struct elf =
        Struct.littleEndian(table + 3 * 64)
            .bytes(0, new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}, "e_ident")
            .u16(16, 1, "e_type")
            .u16(18, 62, "e_machine")
            .u64(40, table, "e_shoff")
            .u16(58, 64, "e_shentsize")
            .u16(60, 3, "e_shnum")
            .u16(62, 2, "e_shstrndx")
            .bytes(infoAt, info, ".modinfo")
            .bytes(namesAt, names, ".shstrtab");
    section(elf, table + 64, 1, infoAt, info.length);
    section(elf, table + 128, 10, namesAt, names.length);
    return elf.bytes();
  }

  /** A 64-bit program, or library, that needs one library. */
  static byte[] program(String needed) {
    byte[] name = (needed + "\0").getBytes(StandardCharsets.US_ASCII);
    int dynamicAt = 64 + 2 * 56;
    int namesAt = dynamicAt + 3 * 16;
    int end = namesAt + name.length;
    Struct elf =
        Struct.littleEndian(end)
            .bytes(0, new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}, "e_ident")
            .u64(32, 64, "e_phoff")
            .u16(54, 56, "e_phentsize")
            .u16(56, 2, "e_phnum")
            .u64(dynamicAt, 5, "DT_STRTAB")
            .u64(dynamicAt + 8, namesAt, "d_val")
            .u64(dynamicAt + 16, 1, "DT_NEEDED")
            .bytes(namesAt, name, "names");
    segment(elf, 64, ElfImage.LOAD, 0, end);
    segment(elf, 64 + 56, 2, dynamicAt, 3 * 16);
    return elf.bytes();
  }

  private static void segment(Struct elf, int at, int type, int offset, int size) {
    elf.u32(at, type, "p_type")
        .u64(at + 8, offset, "p_offset")
        .u64(at + 16, offset, "p_vaddr")
        .u64(at + 32, size, "p_filesz");
  }

  private static void section(Struct elf, int at, int name, int offset, int size) {
    elf.u32(at, name, "sh_name")
        .u32(at + 4, 1, "sh_type")
        .u64(at + 24, offset, "sh_offset")
        .u64(at + 32, size, "sh_size");
  }
}
