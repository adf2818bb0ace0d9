// SPDX-License-Identifier: Apache-2.0
package dev.slipway.lzma;

import dev.slipway.lzma.Symbols.Lengths;

/**
 * What symbols cost, by the models as they are now: in sixteenths of a bit.
 *
 * <p>Literals and the bits before lengths and distances are reckoned at once; tables of lengths and
 * distances are made now and then, and a little old in between.
 */
final class Prices {
  static final int LENGTHS = 274;
  private static final int UNITS_PER_BIT = 16;
  private static final int MODEL_SHIFT = 4;
  private static final int MODEL_BITS = 11;

  /** Distances below have a price of their own for all their bits. */
  private static final int SMALL = 1 << Symbols.MODEL_END / 2;

  private static final int SLOTS = 1 << Symbols.SLOT_BITS;
  private static final int ALIGNS = 1 << Symbols.ALIGN_BITS;

  /** The price of a zero by its probability. */
  private static final short[] OF_ZERO = new short[1 << MODEL_BITS - MODEL_SHIFT];

  static {
    for (int i = 0; i < OF_ZERO.length; i++) {
      OF_ZERO[i] = (short) priceOf(i);
    }
  }

  private final Symbols symbols;

  /** By the lowest bits of the position and the length. */
  final int[] matchLength;

  final int[] repLength;
  private final int[] slot = new int[Symbols.DISTANCE_STATES << Symbols.SLOT_BITS];
  private final int[] small = new int[Symbols.DISTANCE_STATES * SMALL];
  private final int[] align = new int[ALIGNS];

  Prices(Symbols symbols) {
    this.symbols = symbols;
    matchLength = new int[(symbols.positionMask + 1) * LENGTHS];
    repLength = new int[(symbols.positionMask + 1) * LENGTHS];
  }

  /**
   * -log2 of the middle of a step, without floating-point numbers: the value is squared four times,
   * and each time it has doubled counts.
   */
  private static int priceOf(int step) {
    int bits = 0;
    long value = ((long) step << MODEL_SHIFT) + (1 << MODEL_SHIFT - 1);
    for (int i = 0; i < 4; i++) {
      value *= value;
      bits <<= 1;
      while (value >= 1 << 16) {
        value >>>= 1;
        bits++;
      }
    }
    return (MODEL_BITS << 4) - 15 - bits;
  }

  static int zero(int model) {
    return OF_ZERO[model >>> MODEL_SHIFT];
  }

  static int one(int model) {
    return OF_ZERO[(1 << MODEL_BITS) - 1 - model >>> MODEL_SHIFT];
  }

  private static int bit(int model, int bit) {
    return OF_ZERO[(model ^ -bit & (1 << MODEL_BITS) - 1) >>> MODEL_SHIFT];
  }

  /** Brings the tables up to date. */
  void refresh() {
    lengths(symbols.matchLengths, matchLength);
    lengths(symbols.repLengths, repLength);
    distances();
  }

  private void lengths(Lengths models, int[] prices) {
    int isLow = zero(models.choice[0]);
    int isMiddle = one(models.choice[0]) + zero(models.choice[1]);
    int isHigh = one(models.choice[0]) + one(models.choice[1]);
    for (int p = 0; p <= symbols.positionMask; p++) {
      int at = p * LENGTHS + Lengths.LEAST;
      int base = p * Lengths.SHORT;
      for (int i = 0; i < Lengths.SHORT; i++) {
        prices[at + i] = isLow + tree(models.low, base, Lengths.SHORT_BITS, i);
        prices[at + Lengths.SHORT + i] =
            isMiddle + tree(models.middle, base, Lengths.SHORT_BITS, i);
      }
      at += 2 * Lengths.SHORT;
      for (int i = 0; i < 1 << Lengths.LONG_BITS; i++) {
        prices[at + i] =
            p == 0
                ? isHigh + tree(models.high, 0, Lengths.LONG_BITS, i)
                : prices[at + i - p * LENGTHS];
      }
    }
  }

  private static int tree(short[] models, int base, int bits, int symbol) {
    int price = 0;
    for (int node = symbol | 1 << bits; node > 1; node >>>= 1) {
      price += bit(models[base + (node >>> 1)], node & 1);
    }
    return price;
  }

  private static int reverseTree(short[] models, int base, int bits, int symbol) {
    int price = 0;
    int node = 1;
    for (int i = 0; i < bits; i++) {
      int bit = symbol >>> i & 1;
      price += bit(models[base + node], bit);
      node = node << 1 | bit;
    }
    return price;
  }

  private void distances() {
    for (int s = 0; s < Symbols.DISTANCE_STATES; s++) {
      for (int i = 0; i < SLOTS; i++) {
        int direct = i < Symbols.MODEL_END ? 0 : (i >>> 1) - 1 - Symbols.ALIGN_BITS;
        slot[s * SLOTS + i] =
            tree(symbols.slots, s * SLOTS, Symbols.SLOT_BITS, i) + direct * UNITS_PER_BIT;
      }
    }
    for (int distance = 0; distance < SMALL; distance++) {
      int of = Symbols.slot(distance);
      int rest = 0;
      if (of >= Symbols.MODEL_START) {
        int bits = (of >>> 1) - 1;
        int base = (2 | of & 1) << bits;
        rest = reverseTree(symbols.special, base - of - 1, bits, distance - base);
      }
      for (int s = 0; s < Symbols.DISTANCE_STATES; s++) {
        small[s * SMALL + distance] = slot[s * SLOTS + of] + rest;
      }
    }
    for (int i = 0; i < ALIGNS; i++) {
      align[i] = reverseTree(symbols.align, 0, Symbols.ALIGN_BITS, i);
    }
  }

  /**
   * What the distance of a match costs.
   *
   * @param distance less one
   */
  int distance(int distance, int length) {
    int state = Math.min(length - Lengths.LEAST, Symbols.DISTANCE_STATES - 1);
    return distance < SMALL
        ? small[state * SMALL + distance]
        : slot[state * SLOTS + Symbols.slot(distance)] + align[distance & ALIGNS - 1];
  }

  /**
   * What a literal costs, without the bit that tells it from a match.
   *
   * @param models where its models start
   */
  int literal(int models, int symbol) {
    short[] literals = symbols.literals;
    int price = 0;
    for (int node = symbol | 0x100; node > 1; node >>>= 1) {
      price += bit(literals[models + (node >>> 1)], node & 1);
    }
    return price;
  }

  /** The same where another byte would have been expected. */
  int literalAgainst(int models, int symbol, int expected) {
    short[] literals = symbols.literals;
    int price = 0;
    int offset = 0x100;
    int match = expected;
    int node = symbol | 0x100;
    do {
      match <<= 1;
      price += bit(literals[models + offset + (match & offset) + (node >>> 8)], node >>> 7 & 1);
      node <<= 1;
      offset &= ~(match ^ node);
    } while (node < 0x10000);
    return price;
  }

  int shortRepeat(int state, int positionState) {
    return zero(symbols.isRep0[state])
        + zero(symbols.isRep0Long[state * Symbols.POSITIONS + positionState]);
  }

  /** What it costs to say which repeat it is, of those that are longer than one byte. */
  int whichRepeat(int rep, int state, int positionState) {
    if (rep == 0) {
      return zero(symbols.isRep0[state])
          + one(symbols.isRep0Long[state * Symbols.POSITIONS + positionState]);
    }
    int price = one(symbols.isRep0[state]);
    if (rep == 1) {
      return price + zero(symbols.isRep1[state]);
    }
    return price + one(symbols.isRep1[state]) + bit(symbols.isRep2[state], rep - 2);
  }

  int isLiteral(int state, int positionState) {
    return zero(symbols.isMatch[state * Symbols.POSITIONS + positionState]);
  }

  int isMatch(int state, int positionState) {
    return one(symbols.isMatch[state * Symbols.POSITIONS + positionState]);
  }

  int isNew(int state) {
    return zero(symbols.isRep[state]);
  }

  int isRepeat(int state) {
    return one(symbols.isRep[state]);
  }
}
