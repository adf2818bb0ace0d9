// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.lzma;

import java.util.Arrays;

/**
 * LZMA's alphabet: literals, matches, and repeats of the last four distances, each coded with
 * models that depend on what came before.
 *
 * @see <a href="https://www.7-zip.org/sdk.html">LZMA specification, in the LZMA SDK</a>
 */
final class Symbols {
  static final int REPS = 4;

  private static final int STATES = 12;
  private static final int LITERAL_STATES = 7;
  private static final int POSITIONS = 1 << 4;
  private static final int LITERAL_MODELS = 0x300;
  private static final int DISTANCE_STATES = 4;
  private static final int SLOT_BITS = 6;
  private static final int MODEL_START = 4;
  private static final int MODEL_END = 14;
  private static final int ALIGN_BITS = 4;

  private final RangeOutput out;
  private final int contextBits;
  private final int literalPositionMask;
  private final int positionMask;

  private final short[] isMatch = RangeOutput.models(STATES * POSITIONS);
  private final short[] isRep = RangeOutput.models(STATES);
  private final short[] isRep0 = RangeOutput.models(STATES);
  private final short[] isRep1 = RangeOutput.models(STATES);
  private final short[] isRep2 = RangeOutput.models(STATES);
  private final short[] isRep0Long = RangeOutput.models(STATES * POSITIONS);
  private final short[] literals;
  private final short[] slots = RangeOutput.models(DISTANCE_STATES << SLOT_BITS);
  private final short[] special = RangeOutput.models(1 << MODEL_END / 2);
  private final short[] align = RangeOutput.models(1 << ALIGN_BITS);
  private final Lengths matchLengths = new Lengths();
  private final Lengths repLengths = new Lengths();

  private int state;

  /** The last distances, the latest first, each less one. */
  final int[] reps = new int[REPS];

  Symbols(RangeOutput out, int contextBits, int literalPositionBits, int positionBits) {
    this.out = out;
    this.contextBits = contextBits;
    literalPositionMask = (1 << literalPositionBits) - 1;
    positionMask = (1 << positionBits) - 1;
    literals = RangeOutput.models(LITERAL_MODELS << contextBits + literalPositionBits);
  }

  /** Forgets everything. */
  void reset() {
    for (short[] models :
        new short[][] {
          isMatch, isRep, isRep0, isRep1, isRep2, isRep0Long, literals, slots, special, align
        }) {
      RangeOutput.reset(models);
    }
    matchLengths.reset();
    repLengths.reset();
    state = 0;
    Arrays.fill(reps, 0);
  }

  /** Codes the byte at a position; positions count from where the dictionary starts. */
  void literal(byte[] bytes, int position) {
    out.bit(isMatch, state * POSITIONS + (position & positionMask), 0);
    int before = bytes[position - 1] & 0xff;
    int context =
        (position & literalPositionMask) << contextBits | before >>> Byte.SIZE - contextBits;
    int symbol = bytes[position] & 0xff;
    if (state < LITERAL_STATES) {
      out.tree(literals, LITERAL_MODELS * context, Byte.SIZE, symbol);
      state = Math.max(0, state - 3);
    } else {
      int expected = bytes[position - reps[0] - 1] & 0xff;
      out.literalAgainst(literals, LITERAL_MODELS * context, symbol, expected);
      state -= state < 10 ? 3 : 6;
    }
  }

  /**
   * Codes a match.
   *
   * @param distance how far back, less one
   */
  void match(int position, int distance, int length) {
    int positionState = position & positionMask;
    out.bit(isMatch, state * POSITIONS + positionState, 1);
    out.bit(isRep, state, 0);
    state = state < LITERAL_STATES ? 7 : 10;
    matchLengths.code(length, positionState);
    int distanceState = Math.min(length - Lengths.LEAST, DISTANCE_STATES - 1);
    int slot = slot(distance);
    out.tree(slots, distanceState << SLOT_BITS, SLOT_BITS, slot);
    if (slot >= MODEL_START) {
      int bits = (slot >>> 1) - 1;
      int base = (2 | slot & 1) << bits;
      if (slot < MODEL_END) {
        out.reverseTree(special, base - slot - 1, bits, distance - base);
      } else {
        out.direct(distance - base >>> ALIGN_BITS, bits - ALIGN_BITS);
        out.reverseTree(align, 0, ALIGN_BITS, distance & (1 << ALIGN_BITS) - 1);
      }
    }
    reps[3] = reps[2];
    reps[2] = reps[1];
    reps[1] = reps[0];
    reps[0] = distance;
  }

  private static int slot(int distance) {
    if (distance < MODEL_START) {
      return distance;
    }
    int top = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(distance);
    return top << 1 | distance >>> top - 1 & 1;
  }

  /** Codes a match at one of the last distances. */
  void repeat(int position, int rep, int length) {
    int positionState = position & positionMask;
    out.bit(isMatch, state * POSITIONS + positionState, 1);
    out.bit(isRep, state, 1);
    if (rep == 0) {
      out.bit(isRep0, state, 0);
      out.bit(isRep0Long, state * POSITIONS + positionState, length == 1 ? 0 : 1);
    } else {
      int distance = reps[rep];
      out.bit(isRep0, state, 1);
      out.bit(isRep1, state, rep == 1 ? 0 : 1);
      if (rep > 1) {
        out.bit(isRep2, state, rep - 2);
      }
      System.arraycopy(reps, 0, reps, 1, rep);
      reps[0] = distance;
    }
    if (length == 1) {
      state = state < LITERAL_STATES ? 9 : 11;
    } else {
      repLengths.code(length, positionState);
      state = state < LITERAL_STATES ? 8 : 11;
    }
  }

  /** How long a match is: short, middling or long, and then which of these. */
  private final class Lengths {
    static final int LEAST = 2;
    private static final int SHORT_BITS = 3;
    private static final int SHORT = 1 << SHORT_BITS;
    private static final int LONG_BITS = 8;

    private final short[] choice = RangeOutput.models(2);
    private final short[] low = RangeOutput.models(POSITIONS * SHORT);
    private final short[] middle = RangeOutput.models(POSITIONS * SHORT);
    private final short[] high = RangeOutput.models(1 << LONG_BITS);

    void reset() {
      RangeOutput.reset(choice);
      RangeOutput.reset(low);
      RangeOutput.reset(middle);
      RangeOutput.reset(high);
    }

    void code(int length, int positionState) {
      int value = length - LEAST;
      if (value < SHORT) {
        out.bit(choice, 0, 0);
        out.tree(low, positionState * SHORT, SHORT_BITS, value);
      } else if (value < 2 * SHORT) {
        out.bit(choice, 0, 1);
        out.bit(choice, 1, 0);
        out.tree(middle, positionState * SHORT, SHORT_BITS, value - SHORT);
      } else {
        out.bit(choice, 0, 1);
        out.bit(choice, 1, 1);
        out.tree(high, 0, LONG_BITS, value - 2 * SHORT);
      }
    }
  }
}
