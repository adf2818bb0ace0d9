// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import java.util.Arrays;

/**
 * The range coder of LZMA, with what a bit costs.
 *
 * <p>As in liblzma, the range is widened before a bit is coded, not after: how many bytes are out
 * after a symbol decides where a chunk of LZMA2 ends.
 */
final class LzmaRange {
  private static final int MODEL_BITS = 11;
  private static final int MODEL_TOTAL = 1 << MODEL_BITS;
  private static final int MOVE_BITS = 5;
  private static final int TOP = 1 << 24;

  /** Prices are counted in sixteenths of a bit. */
  private static final int PRICE_SHIFT = 4;

  private static final int REDUCING_BITS = 4;
  private static final int FLUSH_BYTES = 5;

  static final int INFINITE_PRICE = 1 << 30;

  private static final int[] PRICES = new int[MODEL_TOTAL >>> REDUCING_BITS];

  static {
    for (int i = 1 << REDUCING_BITS - 1; i < MODEL_TOTAL; i += 1 << REDUCING_BITS) {
      int w = i;
      int bits = 0;
      for (int j = 0; j < PRICE_SHIFT; j++) {
        w *= w;
        bits <<= 1;
        while (w >>> 16 != 0) {
          w >>>= 1;
          bits++;
        }
      }
      PRICES[i >>> REDUCING_BITS] = (MODEL_BITS << PRICE_SHIFT) - 15 - bits;
    }
  }

  private final byte[] out;
  private int count;
  private long low;
  private int range;
  private int cacheSize;
  private int cache;

  LzmaRange(int capacity) {
    out = new byte[capacity];
    reset();
  }

  void reset() {
    low = 0;
    range = -1;
    cacheSize = 1;
    cache = 0;
  }

  static short[] models(int size) {
    short[] models = new short[size];
    resetModels(models);
    return models;
  }

  static void resetModels(short[] models) {
    Arrays.fill(models, (short) (MODEL_TOTAL >>> 1));
  }

  byte[] bytes() {
    return out;
  }

  /** How many bytes are out. */
  int count() {
    return count;
  }

  void clear() {
    count = 0;
  }

  /** How many more {@link #flush} will put out at most. */
  int pending() {
    return cacheSize + FLUSH_BYTES - 1;
  }

  private void shiftLow() {
    if ((int) low >>> 24 != 0xff || low >>> 32 != 0) {
      int carry = (int) (low >>> 32);
      do {
        out[count++] = (byte) (cache + carry);
        cache = 0xff;
      } while (--cacheSize != 0);
      cache = (int) (low >>> 24) & 0xff;
    }
    cacheSize++;
    low = (low & 0x00ffffff) << 8;
  }

  private void widen() {
    if (Integer.compareUnsigned(range, TOP) < 0) {
      shiftLow();
      range <<= 8;
    }
  }

  void bit(short[] models, int index, int bit) {
    widen();
    int model = models[index];
    int bound = (range >>> MODEL_BITS) * model;
    if (bit == 0) {
      range = bound;
      models[index] = (short) (model + (MODEL_TOTAL - model >>> MOVE_BITS));
    } else {
      low += bound & 0xffff_ffffL;
      range -= bound;
      models[index] = (short) (model - (model >>> MOVE_BITS));
    }
  }

  /** Codes bits that have no model, the highest first. */
  void direct(int value, int bits) {
    for (int shift = bits - 1; shift >= 0; shift--) {
      widen();
      range >>>= 1;
      low += (range & 0xffff_ffffL) & -(value >>> shift & 1L);
    }
  }

  /** Codes a symbol by a tree of models that starts at {@code base}, its highest bit first. */
  void tree(short[] models, int base, int bits, int symbol) {
    int node = 1;
    for (int shift = bits - 1; shift >= 0; shift--) {
      int bit = symbol >>> shift & 1;
      bit(models, base + node, bit);
      node = node << 1 | bit;
    }
  }

  /** As {@link #tree}, the lowest bit first. */
  void reverseTree(short[] models, int base, int bits, int symbol) {
    int node = 1;
    for (int shift = 0; shift < bits; shift++) {
      int bit = symbol >>> shift & 1;
      bit(models, base + node, bit);
      node = node << 1 | bit;
    }
  }

  void flush() {
    widen();
    for (int i = 0; i < FLUSH_BYTES; i++) {
      shiftLow();
    }
    reset();
  }

  static int price(int model, int bit) {
    return PRICES[(model ^ -bit & MODEL_TOTAL - 1) >>> REDUCING_BITS];
  }

  static int price0(int model) {
    return PRICES[model >>> REDUCING_BITS];
  }

  static int price1(int model) {
    return PRICES[(model ^ MODEL_TOTAL - 1) >>> REDUCING_BITS];
  }

  static int directPrice(int bits) {
    return bits << PRICE_SHIFT;
  }

  static int treePrice(short[] models, int base, int bits, int symbol) {
    int price = 0;
    for (int node = symbol + (1 << bits); node != 1; node >>>= 1) {
      price += price(models[base + (node >>> 1)], node & 1);
    }
    return price;
  }

  static int reverseTreePrice(short[] models, int base, int bits, int symbol) {
    int price = 0;
    int node = 1;
    for (int shift = 0; shift < bits; shift++) {
      int bit = symbol >>> shift & 1;
      price += price(models[base + node], bit);
      node = node << 1 | bit;
    }
    return price;
  }
}
