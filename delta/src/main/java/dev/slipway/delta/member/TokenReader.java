// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import java.io.IOException;
import java.util.Arrays;

/**
 * Reads deflated data as what its encoder decided: blocks, literals and matches, beside the plain
 * text.
 */
final class TokenReader {
  /** What {@link #next} says of the ends of blocks, and of the data. */
  static final int BLOCK_END = -1;

  static final int STORED_BYTE = -2;

  private static final int MASK = 2 * DeflateFormat.WINDOW_BYTES - 1;

  private final BitSource in;
  private final byte[] history = new byte[MASK + 1];
  private final PrefixDecoder fixedLiterals;
  private final PrefixDecoder fixedDistances;
  private PrefixDecoder literals;
  private PrefixDecoder distances;
  private long position;
  private boolean last;
  private BlockPlan.Shape shape;
  private GivenCodes codes;
  private int storedLeft;

  TokenReader(BitSource in) throws IOException {
    this.in = in;
    fixedLiterals = new PrefixDecoder(DeflateFormat.fixedLiteralLengths(), in);
    byte[] five = new byte[DeflateFormat.DISTANCE_CODES + 2];
    Arrays.fill(five, (byte) 5);
    fixedDistances = new PrefixDecoder(five, in);
  }

  /** How much plain text was read so far. */
  long position() {
    return position;
  }

  /** Whether the block is the last one. */
  boolean last() {
    return last;
  }

  BlockPlan.Shape shape() {
    return shape;
  }

  /** The codes of a dynamic block. */
  GivenCodes codes() {
    return codes;
  }

  /** The plain byte at a position, one of the last 32 KiB. */
  byte at(long where) {
    return history[(int) where & MASK];
  }

  void readBlockHeader() throws IOException {
    last = in.take(1) != 0;
    codes = null;
    switch (in.take(2)) {
      case 0 -> {
        shape = BlockPlan.Shape.STORED;
        in.align();
        storedLeft = in.take(Short.SIZE);
        if ((in.take(Short.SIZE) ^ 0xffff) != storedLeft) {
          throw in.failure("the length of a stored block differs from its complement");
        }
      }
      case 1 -> {
        shape = BlockPlan.Shape.FIXED;
        literals = fixedLiterals;
        distances = fixedDistances;
      }
      case 2 -> {
        shape = BlockPlan.Shape.GIVEN;
        codes = new CodeReader(in).read();
        literals = new PrefixDecoder(codes.literalLengths(), in);
        distances = new PrefixDecoder(codes.distanceLengths(), in);
      }
      default -> throw in.failure("a block of type 3");
    }
  }

  /**
   * Reads the next token of the block.
   *
   * @return 0 for a literal, {@link #STORED_BYTE} for one of a stored block, {@link #BLOCK_END}, or
   *     a match: its length above its distance's 16 bits
   */
  int next() throws IOException {
    if (shape == BlockPlan.Shape.STORED) {
      if (storedLeft == 0) {
        return BLOCK_END;
      }
      storedLeft--;
      history[(int) position++ & MASK] = (byte) in.take(Byte.SIZE);
      return STORED_BYTE;
    }
    int symbol = literals.next();
    if (symbol < DeflateFormat.END_OF_BLOCK) {
      history[(int) position++ & MASK] = (byte) symbol;
      return 0;
    }
    return symbol == DeflateFormat.END_OF_BLOCK
        ? BLOCK_END
        : match(symbol - DeflateFormat.END_OF_BLOCK - 1);
  }

  private int match(int symbol) throws IOException {
    if (symbol >= DeflateFormat.lengthSymbols()) {
      throw in.failure("no length has the symbol " + symbol);
    }
    int length = DeflateFormat.lengthBase(symbol) + in.take(DeflateFormat.lengthExtraBits(symbol));
    int code = distances.next();
    if (code >= DeflateFormat.DISTANCE_CODES) {
      throw in.failure("no distance has the symbol " + code);
    }
    int distance =
        DeflateFormat.distanceBase(code) + in.take(DeflateFormat.distanceExtraBits(code));
    if (distance > position) {
      throw in.failure("a match reaches " + (distance - position) + " bytes before the start");
    }
    for (int i = 0; i < length; i++) {
      history[(int) position & MASK] = history[(int) (position - distance) & MASK];
      position++;
    }
    return length << Short.SIZE | distance;
  }
}
