// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;

/**
 * The layout of {@code .BTF}, the types of a kernel or of one of its modules.
 *
 * <pre>
 *   0  2  magic 0xeb9f           8  4  type_off, from the end of the header
 *   2  1  version                12 4  type_len
 *   3  1  flags                  16 4  str_off
 *   4  4  hdr_len                20 4  str_len
 *
 *   a type:   0  4  name_off, 0 for none
 *             4  4  info: vlen in the lower 16 bits, kind in bits 24 to 28
 *             8  4  a size, or the number of a type
 *            12     what the kind asks for, vlen times what members it has
 * </pre>
 *
 * <p>A module's types are numbered on from those of the kernel, and its names from the end of the
 * kernel's; lower numbers are the kernel's own.
 *
 * @see <a href="https://docs.kernel.org/bpf/btf.html">BPF Type Format</a>
 */
record Btf(long typesStart, long typesEnd, long textStart, long textEnd) {
  static final int HEADER_BYTES = 24;
  static final int TYPE_BYTES = 12;

  private static final int MAGIC = 0xeb9f;
  private static final long SECTION_BYTES_MOST = 1 << 26;

  static final int ARRAY = 3;
  static final int STRUCT = 4;
  static final int UNION = 5;
  static final int ENUM = 6;
  static final int FUNC = 12;
  static final int FUNC_PROTO = 13;
  static final int DATASEC = 15;
  static final int ENUM64 = 19;

  /** By kind: whether the third word is the number of a type. */
  private static final int REFERRING =
      1 << 2 | 1 << 8 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 17
          | 1 << 18;

  /** Reads the header; null for what is none, or not of the one known layout. */
  static Btf read(PagedBytes file, Section section) throws IOException {
    long start = section.offset();
    long size = section.fileSize();
    if (size < HEADER_BYTES
        || size > SECTION_BYTES_MOST
        || !file.has(start, size)
        || file.u16(start) != MAGIC
        || file.i32(start + 4) != HEADER_BYTES) {
      return null;
    }
    long types = file.u32(start + 8);
    long typeBytes = file.u32(start + 12);
    long texts = file.u32(start + 16);
    long textBytes = file.u32(start + 20);
    boolean plain =
        types == 0 && texts == typeBytes && HEADER_BYTES + typeBytes + textBytes <= size;
    long body = start + HEADER_BYTES;
    return plain ? new Btf(body, body + typeBytes, body + texts, body + texts + textBytes) : null;
  }

  static int kind(int info) {
    return info >>> 24 & 0x1f;
  }

  static int members(int info) {
    return info & 0xffff;
  }

  static boolean refers(int kind) {
    return (REFERRING >>> kind & 1) != 0;
  }

  static boolean hasMembers(int kind) {
    return memberBytes(kind) > 0;
  }

  static int memberBytes(int kind) {
    return switch (kind) {
      case STRUCT, UNION, DATASEC, ENUM64 -> 12;
      case ENUM, FUNC_PROTO -> 8;
      default -> 0;
    };
  }

  /** How many bytes a type takes. */
  static int bytes(int info) {
    int kind = kind(info);
    int fixed =
        switch (kind) {
          case 1, 14, 17 -> 4; // INT, VAR, DECL_TAG
          case ARRAY -> 12;
          default -> 0;
        };
    return TYPE_BYTES + fixed + members(info) * memberBytes(kind);
  }

  /** Where a member holds the number of a type; -1 for nowhere. */
  static int typeInMember(int kind) {
    return switch (kind) {
      case STRUCT, UNION, FUNC_PROTO -> 4;
      case DATASEC -> 0;
      default -> -1;
    };
  }

  static boolean nameInMember(int kind) {
    return kind != DATASEC;
  }
}
