// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.FormatException;

/**
 * What the header of an .xz block says of its filters.
 *
 * @param x86 whether x86 code is filtered before it is compressed
 * @param dictionary LZMA2's, in bytes
 */
record XzBlockHeader(boolean x86, int dictionary) {
  private static final int FILTER_X86 = 4;
  private static final int FILTER_LZMA2 = 0x21;
  private static final int HAS_PACKED_SIZE = 1 << 6;
  private static final int HAS_PLAIN_SIZE = 1 << 7;

  /** LZMA2's code of the largest dictionary we rebuild with: 128 MiB. */
  private static final int DICTIONARY_CODE_MAX = 32;

  static XzBlockHeader read(byte[] header) throws FormatException {
    var in = new RecipeReader(header);
    in.u8("block header's size");
    int flags = in.u8("block header's flags");
    if ((flags & HAS_PACKED_SIZE) != 0) {
      in.number("packed size");
    }
    if ((flags & HAS_PLAIN_SIZE) != 0) {
      in.number("plain size");
    }
    boolean x86 = (flags & 3) == 1;
    boolean known = (flags & 0x3f) <= 1;
    if (x86) {
      known &= in.number("filter") == FILTER_X86 && in.number("filter's properties") == 0;
    }
    known &= in.number("filter") == FILTER_LZMA2 && in.number("filter's properties") == 1;
    int code = known ? in.u8("dictionary") : 0;
    if (!known || code > DICTIONARY_CODE_MAX) {
      throw new FormatException("recipe: filters of an xz block that we do not rebuild");
    }
    return new XzBlockHeader(x86, (2 | code & 1) << code / 2 + 11);
  }
}
