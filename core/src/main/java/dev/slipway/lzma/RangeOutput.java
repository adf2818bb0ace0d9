// SPDX-License-Identifier: Apache-2.0
package dev.slipway.lzma;

import java.util.Arrays;

/**
 * LZMA's range coder: takes bits together with models of how likely they are, and makes bytes of
 * them.
 *
 * <p>A model is the probability of a zero in units of 1/2048. Bits of literals are as good as
 * random to a processor, so coding one has no branch that depends on it: {@code mask} is 0 for a
 * zero and -1 for a one.
 */
final class RangeOutput {
  private static final int MODEL_BITS = 11;
  private static final int ONE = 1 << MODEL_BITS;
  private static final int MOVE_BITS = 5;

  /** Makes adding round as {@code p + (ONE - p >> MOVE_BITS)} does. */
  private static final int TOWARDS_ZERO = ONE - (1 << MOVE_BITS) + 1;

  private static final int TOP_SHIFT = 24;
  private static final int FLUSH_BYTES = 5;

  private final byte[] bytes;
  private int count;
  private long low;
  private int range;
  private byte cache;
  private int cached;

  RangeOutput(int mostBytes) {
    bytes = new byte[mostBytes];
  }

  static short[] models(int count) {
    short[] models = new short[count];
    reset(models);
    return models;
  }

  static void reset(short[] models) {
    Arrays.fill(models, (short) (ONE / 2));
  }

  /** Starts anew, with no bytes made. */
  void begin() {
    count = 0;
    low = 0;
    range = -1;
    cache = 0;
    cached = 1;
  }

  /** How many bytes there will be if nothing more is coded. */
  int size() {
    return count + cached + FLUSH_BYTES - 1;
  }

  void bit(short[] models, int at, int bit) {
    int p = models[at];
    int mask = -bit;
    int bound = (range >>> MODEL_BITS) * p;
    low += bound & mask & 0xffff_ffffL;
    range = bound + (range - 2 * bound & mask);
    models[at] = (short) (p - (p - (TOWARDS_ZERO & ~mask) >> MOVE_BITS));
    if (range >>> TOP_SHIFT == 0) {
      range <<= Byte.SIZE;
      shift();
    }
  }

  /** Codes so many bits of a symbol, the highest first, each with the model of those before it. */
  void tree(short[] models, int base, int bits, int symbol) {
    int range = this.range;
    long low = this.low;
    int node = 1;
    for (int i = bits - 1; i >= 0; i--) {
      int bit = symbol >>> i & 1;
      int p = models[base + node];
      int mask = -bit;
      int bound = (range >>> MODEL_BITS) * p;
      low += bound & mask & 0xffff_ffffL;
      range = bound + (range - 2 * bound & mask);
      models[base + node] = (short) (p - (p - (TOWARDS_ZERO & ~mask) >> MOVE_BITS));
      node = node << 1 | bit;
      if (range >>> TOP_SHIFT == 0) {
        range <<= Byte.SIZE;
        this.low = low;
        shift();
        low = this.low;
      }
    }
    this.range = range;
    this.low = low;
  }

  /** Codes a byte where another one would have been expected, with models of its own for it. */
  void literalAgainst(short[] models, int base, int symbol, int expected) {
    int offset = 0x100;
    int match = expected;
    int node = symbol | 0x100;
    do {
      match <<= 1;
      int bit = node >>> 7 & 1;
      bit(models, base + offset + (match & offset) + (node >>> 8), bit);
      node <<= 1;
      offset &= ~(match ^ node);
    } while (node < 0x10000);
  }

  /** Codes so many bits of a symbol, the lowest first. */
  void reverseTree(short[] models, int base, int bits, int symbol) {
    int node = 1;
    int rest = symbol;
    for (int i = 0; i < bits; i++) {
      int bit = rest & 1;
      rest >>>= 1;
      bit(models, base + node, bit);
      node = node << 1 | bit;
    }
  }

  /** Codes bits that nothing is known about. */
  void direct(int value, int bits) {
    for (int i = bits - 1; i >= 0; i--) {
      range >>>= 1;
      low += range & -(value >>> i & 1) & 0xffff_ffffL;
      if (range >>> TOP_SHIFT == 0) {
        range <<= Byte.SIZE;
        shift();
      }
    }
  }

  private void shift() {
    int carry = (int) (low >>> Integer.SIZE);
    if (carry != 0 || low < 0xff00_0000L) {
      byte next = cache;
      do {
        bytes[count++] = (byte) (next + carry);
        next = (byte) 0xff;
      } while (--cached != 0);
      cache = (byte) (low >>> TOP_SHIFT);
    }
    cached++;
    low = (low & 0x00ff_ffff) << Byte.SIZE;
  }

  /** Writes out what is pending, and gives the bytes; {@link #size} of them count. */
  byte[] finish() {
    for (int i = 0; i < FLUSH_BYTES; i++) {
      shift();
    }
    cached -= FLUSH_BYTES; // so that size() stays as it was
    return bytes;
  }
}
