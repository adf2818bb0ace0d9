// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

/**
 * LZMA's models: what has been coded so far, which says how the next symbol is coded and what it
 * costs.
 *
 * @see <a href="https://www.7-zip.org/sdk.html">LZMA specification, in the LZMA SDK</a>
 */
final class LzmaModel {
  static final int MATCH_MIN = 2;
  static final int REPS = 4;

  /** Stands for a literal where the way back of a match is wanted. */
  static final int LITERAL = -1;

  private static final int STATES = 12;
  private static final int LITERAL_STATES = 7;
  private static final int LITERAL_MODELS = 0x300;
  private static final int POSITIONS_MAX = 1 << 4;

  private static final int DISTANCE_STATES = 4;
  private static final int SLOT_BITS = 6;
  private static final int SLOTS = 1 << SLOT_BITS;

  /** Distances with these slots and up have further bits; from the second on, none has models. */
  private static final int MODEL_START = 4;

  private static final int MODEL_END = 14;
  private static final int FULL_DISTANCES = 1 << MODEL_END / 2;
  private static final int ALIGN_BITS = 4;
  private static final int ALIGN_SIZE = 1 << ALIGN_BITS;

  /** After so many matches the prices of distances are computed again. */
  private static final int MATCHES_UNTIL_PRICED = 1 << 7;

  private static final int UNPRICED = Integer.MAX_VALUE / 2;

  private final int literalBits;
  private final int literalPositionMask;
  final int positionMask;
  private final int slotCount;

  final LzmaRange range;
  private final short[] isMatch = LzmaRange.models(STATES * POSITIONS_MAX);
  private final short[] isRep = LzmaRange.models(STATES);
  private final short[] isRep0 = LzmaRange.models(STATES);
  private final short[] isRep1 = LzmaRange.models(STATES);
  private final short[] isRep2 = LzmaRange.models(STATES);
  private final short[] isRep0Long = LzmaRange.models(STATES * POSITIONS_MAX);
  private final short[] literals;
  private final short[][] slots = new short[DISTANCE_STATES][];
  private final short[] special = LzmaRange.models(FULL_DISTANCES);
  private final short[] align = LzmaRange.models(ALIGN_SIZE);
  final LzmaLengths matchLengths;
  final LzmaLengths repLengths;

  private final int[][] slotPrices = new int[DISTANCE_STATES][SLOTS];
  private final int[][] distancePrices = new int[DISTANCE_STATES][FULL_DISTANCES];
  private final int[] alignPrices = new int[ALIGN_SIZE];
  private int matchesSincePriced;
  private int alignsSincePriced;

  int state;
  final int[] reps = new int[REPS];

  LzmaModel(LzmaSettings settings, LzmaRange range) {
    this.range = range;
    literalBits = settings.literalContextBits();
    literalPositionMask = (1 << settings.literalPositionBits()) - 1;
    positionMask = (1 << settings.positionBits()) - 1;
    literals = LzmaRange.models(LITERAL_MODELS << literalBits + settings.literalPositionBits());
    for (int i = 0; i < DISTANCE_STATES; i++) {
      slots[i] = LzmaRange.models(SLOTS);
    }
    matchLengths = new LzmaLengths(settings.positionBits(), settings.niceLength());
    repLengths = new LzmaLengths(settings.positionBits(), settings.niceLength());
    slotCount = 2 * (Integer.SIZE - Integer.numberOfLeadingZeros(settings.dictionary() - 1));
    reset();
  }

  void reset() {
    range.reset();
    state = 0;
    java.util.Arrays.fill(reps, 0);
    for (short[] models :
        new short[][] {
          isMatch, isRep, isRep0, isRep1, isRep2, isRep0Long, literals, special, align
        }) {
      LzmaRange.resetModels(models);
    }
    for (short[] models : slots) {
      LzmaRange.resetModels(models);
    }
    matchLengths.reset();
    repLengths.reset();
    matchesSincePriced = UNPRICED;
    alignsSincePriced = UNPRICED;
  }

  // The states, and what leads from one to the next.

  static boolean afterLiteral(int state) {
    return state < LITERAL_STATES;
  }

  static int literalState(int state) {
    return state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
  }

  static int matchState(int state) {
    return state < LITERAL_STATES ? 7 : 10;
  }

  static int repState(int state) {
    return state < LITERAL_STATES ? 8 : 11;
  }

  static int shortRepState(int state) {
    return state < LITERAL_STATES ? 9 : 11;
  }

  // Coding.

  /** Codes the very first byte of the input, before which there is none. */
  void encodeFirst(int symbol) {
    range.bit(isMatch, 0, 0);
    range.tree(literals, 0, 8, symbol);
  }

  void encodeLiteral(int position, int before, int matchByte, int symbol) {
    range.bit(isMatch, matchIndex(state, position & positionMask), 0);
    int base = literalBase(position, before);
    if (afterLiteral(state)) {
      range.tree(literals, base, 8, symbol);
    } else {
      int offset = 0x100;
      int match = matchByte;
      int coded = symbol | 0x100;
      do {
        match <<= 1;
        int index = base + offset + (match & offset) + (coded >>> 8);
        range.bit(literals, index, coded >>> 7 & 1);
        coded <<= 1;
        offset &= ~(match ^ coded);
      } while (coded < 1 << 16);
    }
    state = literalState(state);
  }

  void encodeMatch(int position, int distance, int length) {
    int positionState = position & positionMask;
    range.bit(isMatch, matchIndex(state, positionState), 1);
    range.bit(isRep, state, 0);
    state = matchState(state);
    matchLengths.encode(range, length, positionState);
    int slot = slot(distance);
    range.tree(slots[distanceState(length)], 0, SLOT_BITS, slot);
    if (slot >= MODEL_START) {
      int bits = (slot >>> 1) - 1;
      int start = (2 | slot & 1) << bits;
      int rest = distance - start;
      if (slot < MODEL_END) {
        range.reverseTree(special, start - slot, bits, rest);
      } else {
        range.direct(rest >>> ALIGN_BITS, bits - ALIGN_BITS);
        range.reverseTree(align, 0, ALIGN_BITS, rest & ALIGN_SIZE - 1);
        alignsSincePriced++;
      }
    }
    System.arraycopy(reps, 0, reps, 1, REPS - 1);
    reps[0] = distance;
    matchesSincePriced++;
  }

  void encodeRep(int position, int rep, int length) {
    int positionState = position & positionMask;
    range.bit(isMatch, matchIndex(state, positionState), 1);
    range.bit(isRep, state, 1);
    if (rep == 0) {
      range.bit(isRep0, state, 0);
      range.bit(isRep0Long, matchIndex(state, positionState), length != 1 ? 1 : 0);
    } else {
      range.bit(isRep0, state, 1);
      range.bit(isRep1, state, rep == 1 ? 0 : 1);
      if (rep > 1) {
        range.bit(isRep2, state, rep - 2);
      }
      int distance = reps[rep];
      System.arraycopy(reps, 0, reps, 1, rep);
      reps[0] = distance;
    }
    if (length == 1) {
      state = shortRepState(state);
    } else {
      repLengths.encode(range, length, positionState);
      state = repState(state);
    }
  }

  // Prices.

  /** Computes the prices of distances again, if enough has changed. */
  void refreshPrices() {
    if (matchesSincePriced >= MATCHES_UNTIL_PRICED) {
      priceDistances();
    }
    if (alignsSincePriced >= ALIGN_SIZE) {
      for (int i = 0; i < ALIGN_SIZE; i++) {
        alignPrices[i] = LzmaRange.reverseTreePrice(align, 0, ALIGN_BITS, i);
      }
      alignsSincePriced = 0;
    }
  }

  private void priceDistances() {
    for (int i = 0; i < DISTANCE_STATES; i++) {
      int[] prices = slotPrices[i];
      for (int slot = 0; slot < slotCount; slot++) {
        prices[slot] = LzmaRange.treePrice(slots[i], 0, SLOT_BITS, slot);
        if (slot >= MODEL_END) {
          prices[slot] += LzmaRange.directPrice((slot >>> 1) - 1 - ALIGN_BITS);
        }
      }
      System.arraycopy(prices, 0, distancePrices[i], 0, MODEL_START);
    }
    for (int distance = MODEL_START; distance < FULL_DISTANCES; distance++) {
      int slot = slot(distance);
      int bits = (slot >>> 1) - 1;
      int start = (2 | slot & 1) << bits;
      int price = LzmaRange.reverseTreePrice(special, start - slot, bits, distance - start);
      for (int i = 0; i < DISTANCE_STATES; i++) {
        distancePrices[i][distance] = price + slotPrices[i][slot];
      }
    }
    matchesSincePriced = 0;
  }

  int noMatchPrice(int inState, int positionState) {
    return LzmaRange.price0(isMatch[matchIndex(inState, positionState)]);
  }

  int anyMatchPrice(int inState, int positionState) {
    return LzmaRange.price1(isMatch[matchIndex(inState, positionState)]);
  }

  int isMatchPrice(int inState) {
    return LzmaRange.price0(isRep[inState]);
  }

  int isRepPrice(int inState) {
    return LzmaRange.price1(isRep[inState]);
  }

  int literalPrice(int position, int before, boolean matched, int matchByte, int symbol) {
    int base = literalBase(position, before);
    if (!matched) {
      return LzmaRange.treePrice(literals, base, 8, symbol);
    }
    int price = 0;
    int offset = 0x100;
    int match = matchByte;
    int coded = symbol | 0x100;
    do {
      match <<= 1;
      int index = base + offset + (match & offset) + (coded >>> 8);
      price += LzmaRange.price(literals[index], coded >>> 7 & 1);
      coded <<= 1;
      offset &= ~(match ^ coded);
    } while (coded < 1 << 16);
    return price;
  }

  int shortRepPrice(int inState, int positionState) {
    return LzmaRange.price0(isRep0[inState])
        + LzmaRange.price0(isRep0Long[matchIndex(inState, positionState)]);
  }

  /** Which of the last distances a match repeats, without its length. */
  int repPrice(int rep, int inState, int positionState) {
    if (rep == 0) {
      return LzmaRange.price0(isRep0[inState])
          + LzmaRange.price1(isRep0Long[matchIndex(inState, positionState)]);
    }
    int price = LzmaRange.price1(isRep0[inState]);
    return rep == 1
        ? price + LzmaRange.price0(isRep1[inState])
        : price + LzmaRange.price1(isRep1[inState]) + LzmaRange.price(isRep2[inState], rep - 2);
  }

  int longRepPrice(int rep, int length, int inState, int positionState) {
    return repLengths.price(length, positionState) + repPrice(rep, inState, positionState);
  }

  int matchPrice(int distance, int length, int positionState) {
    int distanceState = distanceState(length);
    int price =
        distance < FULL_DISTANCES
            ? distancePrices[distanceState][distance]
            : slotPrices[distanceState][slot(distance)] + alignPrices[distance & ALIGN_SIZE - 1];
    return price + matchLengths.price(length, positionState);
  }

  private static int matchIndex(int inState, int positionState) {
    return inState * POSITIONS_MAX + positionState;
  }

  private int literalBase(int position, int before) {
    return LITERAL_MODELS
        * (((position & literalPositionMask) << literalBits) + (before >>> 8 - literalBits));
  }

  private static int distanceState(int length) {
    return Math.min(length - MATCH_MIN, DISTANCE_STATES - 1);
  }

  /** The number of bits of a distance and its second highest bit. */
  private static int slot(int distance) {
    if (distance < MODEL_START) {
      return distance;
    }
    int highest = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(distance);
    return highest << 1 | distance >>> highest - 1 & 1;
  }
}
