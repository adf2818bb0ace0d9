// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import java.io.IOException;

/** Where the encoder is told what to find, instead of what it found itself. */
interface Adjustments {
  /** A position no input reaches. */
  long NEVER = Long.MAX_VALUE;

  /** The answer that no match was to be held back at the byte before; the question is repeated. */
  long DROP_HELD = -1;

  /** No adjustments. */
  Adjustments NONE =
      new Adjustments() {
        @Override
        public long next() {
          return NEVER;
        }

        @Override
        public long adjust(long position, int length, int distance, int heldLength) {
          throw new IllegalStateException("bug: nothing is to be adjusted");
        }
      };

  /** The plain text's position of the next adjustment; it only grows. */
  long next();

  /**
   * Says which match is to be found at {@link #next}, and moves on.
   *
   * @param length of the match that was found, below 3 if none
   * @param heldLength of the match held back at the byte before, below 3 if none
   * @return the match, made by {@link #match}; {@link #none} if none is to be found; or {@link
   *     #DROP_HELD}
   */
  long adjust(long position, int length, int distance, int heldLength) throws IOException;

  static long match(int length, int distance) {
    return (long) length << Integer.SIZE | distance & 0xffff_ffffL;
  }

  static long none() {
    return match(DeflateFormat.MATCH_MIN - 1, 0);
  }

  static int length(long match) {
    return (int) (match >>> Integer.SIZE);
  }

  static int distance(long match) {
    return (int) match;
  }
}
