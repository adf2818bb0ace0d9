// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;

/** One fixed row of numbers of 4 or 8 bytes, as program and section headers are. */
final class HeaderFields {
  /** p_type, p_flags, p_offset, p_vaddr, p_paddr, p_filesz, p_memsz, p_align. */
  static final int[] SEGMENT = {4, 4, 8, 8, 8, 8, 8, 8};

  /**
   * sh_name, sh_type, sh_flags, sh_addr, sh_offset, sh_size, sh_link, sh_info, sh_addralign,
   * sh_entsize.
   */
  static final int[] SECTION = {4, 4, 8, 8, 8, 8, 4, 4, 8, 8};

  private HeaderFields() {}

  static long[] read(int[] widths, PagedBytes file, long position) throws IOException {
    var values = new long[widths.length];
    long at = position;
    for (int i = 0; i < widths.length; i++) {
      values[i] = widths[i] == 4 ? file.u32(at) : file.i64(at);
      at += widths[i];
    }
    return values;
  }

  static byte[] bytes(int[] widths, long[] values) {
    int size = 0;
    for (int width : widths) {
      size += width;
    }
    var bytes = new byte[size];
    int at = 0;
    for (int i = 0; i < widths.length; i++) {
      for (int k = 0; k < widths[i]; k++) {
        bytes[at++] = (byte) (values[i] >>> 8 * k);
      }
    }
    return bytes;
  }
}
