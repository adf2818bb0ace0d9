// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.FormatException;
import java.io.IOException;

/**
 * A recipe's adjustments.
 *
 * <pre>
 * find:  bytes since the last one   length, 0 for none   [distance]
 * </pre>
 */
final class RecordedAdjustments implements Adjustments {
  private final RecipeReader in;
  private long next;

  RecordedAdjustments(RecipeReader in) throws FormatException {
    this.in = in;
    advance();
  }

  private void advance() throws FormatException {
    if (in.atEnd()) {
      next = NEVER;
      return;
    }
    next += in.number("adjustment's position");
    if (next < 0) {
      throw new FormatException("recipe: an adjustment's position is beyond all inputs");
    }
  }

  @Override
  public long next() {
    return next;
  }

  @Override
  public long adjust(long position, int length, int distance, int heldLength) throws IOException {
    long match = read(position);
    long before = next;
    advance();
    if (next == before) {
      throw new FormatException("recipe: two adjustments at byte " + next);
    }
    return match;
  }

  private long read(long position) throws FormatException {
    int length = in.number("adjustment's length", DeflateFormat.MATCH_MAX);
    if (length == 0) {
      return Adjustments.none();
    }
    int distance = in.number("adjustment's distance", DeflateFormat.WINDOW_BYTES);
    if (length < DeflateFormat.MATCH_MIN || distance < 1 || distance > position) {
      throw new FormatException(
          "recipe: no match at byte "
              + position
              + " has the length "
              + length
              + " and the distance "
              + distance);
    }
    return Adjustments.match(length, distance);
  }

  static void write(RecipeWriter out, long since, long match) {
    out.number(since);
    int length = Adjustments.length(match);
    if (length < DeflateFormat.MATCH_MIN) {
      out.number(0);
    } else {
      out.number(length).number(Adjustments.distance(match));
    }
  }
}
