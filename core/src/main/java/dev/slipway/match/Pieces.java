// SPDX-License-Identifier: Apache-2.0
package dev.slipway.match;

import java.util.List;

/**
 * Cuts an alignment into the pieces in which it is worth having.
 *
 * <p>Agreeing bytes count for it, others against; a piece ends at the best sum, once the sum has
 * fallen {@value #PATIENCE} below it, and starts with agreeing bytes.
 */
final class Pieces {
  /** So many bytes more that differ than agree, and the alignment has ended. */
  static final int PATIENCE = 32;

  /** Fewer agreeing bytes than this do not pay for a piece of their own. */
  private static final int LEAST = 12;

  private Pieces() {}

  /** Adds the pieces of one alignment to a list. */
  static void cut(ByteSpace space, long start, long shift, long length, List<Alignment> found) {
    long end = start + length;
    long at = start;
    while (at < end) {
      long pieceStart = at;
      long pieceEnd = at;
      long score = 0;
      long best = 0;
      while (at < end && score > best - PATIENCE) {
        int count = (int) Math.min(Long.BYTES, end - at);
        long difference = difference(space, at, at + shift, count);
        if (difference == 0) {
          score += count;
          at += count;
          if (score > best) {
            best = score;
            pieceEnd = at;
          }
          continue;
        }
        for (; count > 0 && score > best - PATIENCE; count--, difference >>>= Byte.SIZE) {
          score += (difference & 0xff) == 0 ? 1 : -1;
          at++;
          if (score > best) {
            best = score;
            pieceEnd = at;
          } else if (best == 0 && score <= 0) {
            pieceStart = at; // nothing gained yet: start later
            score = 0;
          }
        }
      }
      if (best >= LEAST) {
        found.add(new Alignment(pieceStart, pieceStart + shift, pieceEnd - pieceStart));
      }
      at = best > 0 ? Math.max(pieceEnd, pieceStart + 1) : at;
    }
  }

  /** Up to eight bytes here against those there: zeros where they agree, the first lowest. */
  static long difference(ByteSpace space, long one, long other, int count) {
    if (count == Long.BYTES) {
      return space.word(one) ^ space.word(other);
    }
    long difference = 0;
    for (int i = count - 1; i >= 0; i--) {
      difference = difference << Byte.SIZE | (space.get(one + i) ^ space.get(other + i)) & 0xff;
    }
    return difference;
  }
}
