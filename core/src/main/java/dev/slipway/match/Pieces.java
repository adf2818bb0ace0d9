// SPDX-License-Identifier: Apache-2.0
package dev.slipway.match;

import java.util.ArrayList;
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
        if (at + Long.BYTES <= end) {
          long difference = space.word(at) ^ space.word(at + shift);
          if (difference == 0) {
            score += Long.BYTES;
            at += Long.BYTES;
            if (score > best) {
              best = score;
              pieceEnd = at;
            }
            continue;
          }
        }
        score += space.get(at) == space.get(at + shift) ? 1 : -1;
        at++;
        if (score > best) {
          best = score;
          pieceEnd = at;
        } else if (best == 0 && score <= 0) {
          pieceStart = at; // nothing gained yet: start later
          score = 0;
        }
      }
      if (best >= LEAST) {
        found.add(new Alignment(pieceStart, pieceStart + shift, pieceEnd - pieceStart));
      }
      at = best > 0 ? Math.max(pieceEnd, pieceStart + 1) : at;
    }
  }

  /** Where the last piece ends that {@link #cut} would make. */
  static long lastGood(ByteSpace space, long start, long shift, long length) {
    var pieces = new ArrayList<Alignment>();
    cut(space, start, shift, length, pieces);
    return pieces.isEmpty() ? start : pieces.get(pieces.size() - 1).newEnd();
  }
}
