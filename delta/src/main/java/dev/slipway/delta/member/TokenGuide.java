// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.BitSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * Leads the encoder along a stream that exists, and records where it has to be told what to find.
 *
 * <p>At each byte it is asked whether the encoder's find leads to the stream's tokens. A literal
 * may follow from a find, if the next byte starts a longer match that the stream has; so only what
 * would lead elsewhere is replaced.
 */
final class TokenGuide implements Adjustments, BlockPlan {
  /** Thrown when leading costs more than is allowed. */
  static final class TooCostly extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private static final int LITERAL = 0;

  /** The last byte of a stored block: no match may reach over it. */
  static final int STORED_END = -3;

  private final boolean greedy;
  private final int lazyLength;
  private final int costMax;

  private final RecipeWriter adjusted = new RecipeWriter();
  private final RecipeWriter planned = new RecipeWriter();
  private long lastAdjusted;
  private long lastPlanned;
  private boolean plainShapes = true;

  private int[] tokens = new int[1 << 16];
  private int head;
  private int queued;
  private long position;
  private long next;

  /** Where the row of bytes starts at each of which a match is held back. */
  private long hopeful;

  private final ArrayDeque<Block> blocks = new ArrayDeque<>();

  TokenGuide(DeflateDialect dialect, int costMax) {
    greedy = dialect.greedy();
    lazyLength = dialect.lazyLength();
    this.costMax = costMax;
  }

  /** Takes the stream's next token, as {@link TokenReader#next} gives them. */
  void add(int token) {
    if (queued == tokens.length) {
      int[] larger = new int[2 * queued];
      for (int i = 0; i < queued; i++) {
        larger[i] = token(i);
      }
      tokens = larger;
      head = 0;
    }
    tokens[head + queued & tokens.length - 1] = token;
    queued++;
  }

  /** Takes the stream's next block; its tokens are there already. */
  void add(Block block) {
    blocks.add(block);
  }

  /** What the recipe will cost so far, were it made now. */
  int cost() {
    return adjusted.size() + planned.size();
  }

  private int token(int index) {
    return tokens[head + index & tokens.length - 1];
  }

  private static int length(int token) {
    return token <= 0 ? 1 : token >>> Short.SIZE;
  }

  @Override
  public long next() {
    return next;
  }

  @Override
  public long adjust(long at, int length, int distance, int heldLength) throws IOException {
    while (queued > 0 && position + length(token(0)) <= at) {
      position += length(token(0));
      head = head + 1 & tokens.length - 1;
      queued--;
    }
    long found = Adjustments.match(length, distance);
    long wanted = queued == 0 ? found : wanted(at, found, heldLength);
    if (disproved(at, Adjustments.length(wanted), heldLength)) {
      for (long literal = hopeful; literal < at; literal++) {
        record(literal, Adjustments.none());
      }
      return DROP_HELD;
    }
    if (heldLength < DeflateFormat.MATCH_MIN) {
      hopeful = at;
    }
    // The greedy loop skips what it matches; the other looks at the byte after a match's start.
    next = at + 1;
    if (greedy && Adjustments.length(wanted) >= DeflateFormat.MATCH_MIN) {
      next = at + Adjustments.length(wanted);
    } else if (heldLength >= DeflateFormat.MATCH_MIN && Adjustments.length(wanted) <= heldLength) {
      next = at - 1 + heldLength;
    }
    if (wanted != found) {
      record(at, wanted);
    }
    return wanted;
  }

  private void record(long at, long match) throws IOException {
    RecordedAdjustments.write(adjusted, at - lastAdjusted, match);
    lastAdjusted = at;
    if (cost() > costMax) {
      throw new TooCostly();
    }
  }

  /**
   * Whether the match at the byte before was kept, hoping for a longer one here, and there is none:
   * in the stream both bytes are literals. Then no literal in the row before was to have a match,
   * for each was kept because of the next.
   */
  private boolean disproved(long at, int length, int heldLength) {
    return !greedy
        && heldLength >= DeflateFormat.MATCH_MIN
        && length <= heldLength
        && queued > 0
        && position == at
        && token(0) == LITERAL;
  }

  private long wanted(long at, long found, int heldLength) {
    int length = Adjustments.length(found);
    if (position < at) {
      return length <= heldLength ? found : Adjustments.none();
    }
    int token = token(0);
    if (token > LITERAL) {
      return Adjustments.match(token >>> Short.SIZE, token & 0xffff);
    }
    boolean fits =
        length < DeflateFormat.MATCH_MIN
            || (token == LITERAL ? mayBeBeaten(length) : withinStored(length));
    return fits ? found : Adjustments.none();
  }

  /** Whether the stream may have a literal here because the next byte starts a longer match. */
  private boolean mayBeBeaten(int length) {
    if (greedy || length >= lazyLength || queued < 2) {
      return false;
    }
    int following = token(1);
    return following == LITERAL || length(following) > length;
  }

  private boolean withinStored(int length) {
    for (int i = 0; i < length; i++) {
      if (i >= queued || token(i) >= LITERAL || (token(i) == STORED_END && i < length - 1)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Block nextBlock() {
    return blocks.remove();
  }

  @Override
  public void compare(Block block, Shape cheapest, BlockHeader best) throws IOException {
    Shape shape = block.shape();
    if (shape == cheapest) {
      shape = Shape.CHEAPEST;
    } else if (shape == Shape.GIVEN && sameHeader(block.codes(), best)) {
      shape = cheapest == Shape.DYNAMIC ? Shape.CHEAPEST : Shape.DYNAMIC;
    }
    plainShapes &= shape == Shape.CHEAPEST;
    Block recorded = new Block(block.end(), block.last(), shape, block.codes());
    RecordedPlan.write(planned, block.end() - lastPlanned, recorded);
    lastPlanned = block.end();
    if (cost() > costMax) {
      throw new TooCostly();
    }
  }

  private static boolean sameHeader(GivenCodes codes, BlockHeader best) throws IOException {
    if (codes.headerBits() != best.bits()) {
      return false;
    }
    var bytes = new ByteArrayOutputStream();
    var out = new BitSink(bytes);
    best.send(out);
    out.finish();
    return Arrays.equals(bytes.toByteArray(), codes.header());
  }

  /** Writes the parts of a recipe that follow the header. */
  int parts(boolean followedRules) {
    boolean needsPlan = !followedRules || !plainShapes;
    return (needsPlan ? DeflateRecipe.HAS_PLAN : 0)
        | (adjusted.size() > 0 ? DeflateRecipe.HAS_ADJUSTMENTS : 0);
  }

  RecipeWriter plan() {
    return planned;
  }

  RecipeWriter adjustments() {
    return adjusted;
  }
}
