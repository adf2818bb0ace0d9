// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import java.io.IOException;
import java.util.Arrays;

/** Reads the symbols of a canonical prefix code. */
final class PrefixDecoder {
  private static final int UNUSED = -1;

  private final BitSource in;
  private final int maxBits;

  /** By the next bits: the symbol, and its code's length in the low four bits. */
  private final short[] table;

  PrefixDecoder(byte[] lengths, BitSource in) throws IOException {
    this.in = in;
    int longest = 0;
    long room = 1 << DeflateFormat.CODE_BITS_MAX;
    for (byte length : lengths) {
      longest = Math.max(longest, length);
      room -= length == 0 ? 0 : 1 << DeflateFormat.CODE_BITS_MAX - length;
    }
    if (room < 0) {
      throw in.failure("a code with more words than fit its lengths");
    }
    maxBits = longest;
    table = new short[1 << maxBits];
    Arrays.fill(table, (short) UNUSED);
    int[] codes = DeflateFormat.codes(lengths);
    for (int symbol = 0; symbol < lengths.length; symbol++) {
      int length = lengths[symbol];
      if (length > 0) {
        for (int word = codes[symbol]; word < table.length; word += 1 << length) {
          table[word] = (short) (symbol << 4 | length);
        }
      }
    }
  }

  int next() throws IOException {
    short entry = table[in.peek(maxBits)];
    if (entry == UNUSED) {
      throw in.failure("no symbol has this code");
    }
    in.skip(entry & 0xf);
    return entry >>> 4;
  }
}
