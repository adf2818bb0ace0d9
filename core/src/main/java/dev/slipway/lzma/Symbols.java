// SPDX-License-Identifier: Apache-2.0
package dev.slipway.lzma;

import java.util.Arrays;

/**
 * LZMA's alphabet: literals, matches, and repeats of the last four distances, each coded with
 * models that depend on what came before.
 *
 * @see <a href="https://www.7-zip.org/sdk.html">LZMA specification, in the LZMA SDK</a>
 */
final class Symbols {
  static final int REPS = 4;

  static final int STATES = 12;
  static final int LITERAL_STATES = 7;
  static final int POSITIONS = 1 << 4;
  static final int LITERAL_MODELS = 0x300;
  static final int DISTANCE_STATES = 4;
  static final int SLOT_BITS = 6;
  static final int MODEL_START = 4;
  static final int MODEL_END = 14;
  static final int ALIGN_BITS = 4;

  private final RangeOutput out;
  final int contextBits;
  final int literalPositionMask;
  final int positionMask;

  final short[] isMatch = RangeOutput.models(STATES * POSITIONS);
  final short[] isRep = RangeOutput.models(STATES);
  final short[] isRep0 = RangeOutput.models(STATES);
  final short[] isRep1 = RangeOutput.models(STATES);
  final short[] isRep2 = RangeOutput.models(STATES);
  final short[] isRep0Long = RangeOutput.models(STATES * POSITIONS);
  final short[] literals;
  final short[] slots = RangeOutput.models(DISTANCE_STATES << SLOT_BITS);
  final short[] special = RangeOutput.models(1 << MODEL_END / 2);
  final short[] align = RangeOutput.models(1 << ALIGN_BITS);
  final Lengths matchLengths = new Lengths();
  final Lengths repLengths = new Lengths();

  int state;

  /** The last distances, the latest first, each less one. */
  final int[] reps = new int[REPS];

  Symbols(RangeOutput out, Parameters parameters) {
    this.out = out;
    contextBits = parameters.contextBits();
    literalPositionMask = (1 << parameters.literalPositionBits()) - 1;
    positionMask = (1 << parameters.positionBits()) - 1;
    literals = RangeOutput.models(LITERAL_MODELS << contextBits + parameters.literalPositionBits());
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
    int symbol = bytes[position] & 0xff;
    int models = literalModels(position, bytes[position - 1]);
    if (state < LITERAL_STATES) {
      out.tree(literals, models, Byte.SIZE, symbol);
    } else {
      out.literalAgainst(literals, models, symbol, bytes[position - reps[0] - 1] & 0xff);
    }
    state = afterLiteral(state);
  }

  /** Where the models of a literal start. */
  int literalModels(int position, int before) {
    return LITERAL_MODELS
        * ((position & literalPositionMask) << contextBits
            | (before & 0xff) >>> Byte.SIZE - contextBits);
  }

  static int afterLiteral(int state) {
    return state < 10 ? Math.max(0, state - 3) : state - 6;
  }

  static int afterMatch(int state) {
    return state < LITERAL_STATES ? 7 : 10;
  }

  static int afterRepeat(int state) {
    return state < LITERAL_STATES ? 8 : 11;
  }

  static int afterShortRepeat(int state) {
    return state < LITERAL_STATES ? 9 : 11;
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
    state = afterMatch(state);
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

  static int slot(int distance) {
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
      state = afterShortRepeat(state);
    } else {
      repLengths.code(length, positionState);
      state = afterRepeat(state);
    }
  }

  /** How long a match is: short, middling or long, and then which of these. */
  final class Lengths {
    static final int LEAST = 2;
    static final int SHORT_BITS = 3;
    static final int SHORT = 1 << SHORT_BITS;
    static final int LONG_BITS = 8;

    final short[] choice = RangeOutput.models(2);
    final short[] low = RangeOutput.models(POSITIONS * SHORT);
    final short[] middle = RangeOutput.models(POSITIONS * SHORT);
    final short[] high = RangeOutput.models(1 << LONG_BITS);

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
