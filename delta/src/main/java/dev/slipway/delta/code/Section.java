// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;

/** A section header and the name it points to. */
final class Section {
  static final int NAME = 0;
  static final int ADDRESS = 3;
  static final int OFFSET = 4;
  static final int SIZE = 5;
  static final int LINK = 6;
  static final int INFO = 7;

  static final int SYMTAB = 2; // SHT_SYMTAB
  static final int RELA = 4; // SHT_RELA
  static final int NOBITS = 8; // SHT_NOBITS
  static final int DYNSYM = 11; // SHT_DYNSYM

  private static final long ALLOC = 1 << 1; // SHF_ALLOC
  private static final long EXECUTABLE = 1 << 2; // SHF_EXECINSTR
  private static final long INFO_LINK = 1 << 6; // SHF_INFO_LINK
  private static final long TLS = 1 << 10; // SHF_TLS

  private final String name;
  private final long[] fields;

  Section(String name, long[] fields) {
    this.name = name;
    this.fields = fields;
  }

  static Section read(PagedBytes file, long position, String name) throws IOException {
    return new Section(name, HeaderFields.read(HeaderFields.SECTION, file, position));
  }

  String name() {
    return name;
  }

  long field(int index) {
    return fields[index];
  }

  long[] fields() {
    return fields.clone();
  }

  int type() {
    return (int) fields[1];
  }

  long address() {
    return fields[ADDRESS];
  }

  long offset() {
    return fields[OFFSET];
  }

  long size() {
    return fields[SIZE];
  }

  /** Offset of the byte behind the section's bytes in the file. */
  long endOffset() {
    return offset() + fileSize();
  }

  int link() {
    return (int) fields[LINK];
  }

  int info() {
    return (int) fields[INFO];
  }

  long alignment() {
    return Math.max(1, fields[8]);
  }

  /** How many bytes the section takes in the file. */
  long fileSize() {
    return type() == NOBITS || type() == 0 ? 0 : size();
  }

  /** Whether the section takes addresses of its own when the program runs. */
  boolean allocated() {
    return (fields[2] & ALLOC) != 0 && !((fields[2] & TLS) != 0 && type() == NOBITS);
  }

  boolean executable() {
    return (fields[2] & EXECUTABLE) != 0;
  }

  /** Whether sh_info is the number of a section. */
  boolean infoIsSection() {
    return (fields[2] & INFO_LINK) != 0 || type() == RELA;
  }
}
