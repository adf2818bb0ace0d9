// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.BitSink;
import dev.slipway.io.FormatException;
import java.io.IOException;

/** Writes a block's symbols in a pair of codes. */
final class SymbolWriter {
  private static final int LENGTHS = DeflateFormat.MATCH_MAX - DeflateFormat.MATCH_MIN + 1;

  /** By literal, and by length less three: the bits to write, and above them how many. */
  private final long[] literals = new long[DeflateFormat.END_OF_BLOCK + 1];

  private final long[] lengths = new long[LENGTHS];

  private static final int COUNT_SHIFT = 32;

  /** Writes the symbols of a block and its end. */
  void write(int[] symbols, int count, byte[] literalLengths, byte[] distanceLengths, BitSink out)
      throws IOException {
    prepare(literalLengths);
    int[] distances = DeflateFormat.codes(distanceLengths);
    for (int i = 0; i < count; i++) {
      int symbol = symbols[i];
      int distance = symbol >>> Short.SIZE;
      if (distance == 0) {
        put(literals[symbol], out);
      } else {
        put(lengths[symbol & 0xff], out);
        int code = DeflateFormat.distanceSymbol(distance);
        int bits = distanceLengths[code];
        requireCode(bits);
        long extra = distance - DeflateFormat.distanceBase(code);
        out.put(distances[code] | extra << bits, bits + DeflateFormat.distanceExtraBits(code));
      }
    }
    put(literals[DeflateFormat.END_OF_BLOCK], out);
  }

  private void prepare(byte[] literalLengths) {
    int[] codes = DeflateFormat.codes(literalLengths);
    for (int symbol = 0; symbol <= DeflateFormat.END_OF_BLOCK; symbol++) {
      literals[symbol] = codes[symbol] | (long) literalLengths[symbol] << COUNT_SHIFT;
    }
    for (int i = 0; i < LENGTHS; i++) {
      int length = i + DeflateFormat.MATCH_MIN;
      int lengthSymbol = DeflateFormat.lengthSymbol(length);
      int symbol = DeflateFormat.END_OF_BLOCK + 1 + lengthSymbol;
      int bits = literalLengths[symbol];
      int extra = length - DeflateFormat.lengthBase(lengthSymbol);
      int all = bits == 0 ? 0 : bits + DeflateFormat.lengthExtraBits(lengthSymbol);
      lengths[i] = codes[symbol] | extra << bits | (long) all << COUNT_SHIFT;
    }
  }

  private static void put(long code, BitSink out) throws IOException {
    int bits = (int) (code >>> COUNT_SHIFT);
    requireCode(bits);
    out.put(code & 0xffff_ffffL, bits);
  }

  /** Only a code that is given may lack a symbol. */
  private static void requireCode(int bits) throws IOException {
    if (bits == 0) {
      throw new FormatException("recipe: a block's code lacks a symbol that the block has");
    }
  }
}
