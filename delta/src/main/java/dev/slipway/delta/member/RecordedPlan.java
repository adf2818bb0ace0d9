// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.FormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/**
 * A recipe's plan of blocks.
 *
 * <pre>
 * block:  plain bytes   shape(1), 0x80 in the last one   [header: bits, bytes]
 * </pre>
 */
final class RecordedPlan implements BlockPlan {
  private static final int LAST = 1 << 7;

  /** The longest header has 14 + 19 * 3 + 316 * (7 + 7) bits. */
  private static final int HEADER_BITS_MAX = 14 + 19 * 3 + 316 * 14;

  private final RecipeReader in;
  private long end;

  RecordedPlan(RecipeReader in) {
    this.in = in;
  }

  @Override
  public Block nextBlock() throws IOException {
    end += in.number("block's length");
    if (end < 0) {
      throw new FormatException("recipe: a block's end is beyond all inputs");
    }
    int code = in.u8("block's shape");
    boolean last = (code & LAST) != 0;
    int shape = code & ~LAST;
    if (shape >= Shape.values().length) {
      throw new FormatException("recipe: block's shape: " + shape + " is unknown");
    }
    if (last) {
      return finish(Shape.values()[shape]);
    }
    return new Block(end, false, Shape.values()[shape], codes(shape));
  }

  private Block finish(Shape shape) throws IOException {
    Block block = new Block(end, true, shape, codes(shape.ordinal()));
    in.requireEnd();
    return block;
  }

  private GivenCodes codes(int shape) throws IOException {
    if (shape != Shape.GIVEN.ordinal()) {
      return null;
    }
    int bits = in.number("block's header bits", HEADER_BITS_MAX);
    byte[] header = in.bytes(bits + 7 >> 3, "block's header");
    GivenCodes codes =
        new CodeReader(new BitSource(new ByteArrayInputStream(header), "recipe")).read();
    if (codes.headerBits() != bits) {
      throw new FormatException(
          "recipe: a block's header: found " + codes.headerBits() + " bits, expected " + bits);
    }
    return codes;
  }

  static void write(RecipeWriter out, long length, Block block) {
    out.number(length).u8(block.shape().ordinal() | (block.last() ? LAST : 0));
    if (block.shape() == Shape.GIVEN) {
      out.number(block.codes().headerBits()).bytes(block.codes().header());
    }
  }
}
