// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.BitSink;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Deflates as GNU gzip or zlib do, choice for choice, so that the bytes are theirs.
 *
 * <p>It looks for a match at each byte. Greedy levels take it; the others hold it back for one
 * byte, in case the next one starts a longer match. {@link Adjustments} change single finds, for
 * streams that some other encoder made, or one of these with another state; {@link BlockPlan} does
 * the same for the ends of blocks.
 */
/*
 * Departures from the programs: input is pushed, so the loops stop wherever less than LOOKAHEAD is
 * at hand. That gives the same tokens, since a match is at most 258 bytes and GNU gzip, reading
 * files, fills its window to the brim as write() does. A match held back is kept as its distance,
 * which a moving window does not change.
 *
 * Only at the end do the two differ. GNU gzip reads on beyond the input, over two zeros into what
 * an earlier half of the window left there, and cuts the length afterwards: of several matches that
 * reach the end it may prefer one that agrees with these remains too. And it does not move the
 * window any more, so it stops to look for matches in the last 262 bytes of it. zlib knows where
 * the input ends.
 */
final class DeflateEncoder {
  private static final int NO_MATCH = DeflateFormat.MATCH_MIN - 1;

  /** Beyond this distance, three literals are cheaper than a match of three bytes. */
  private static final int SHORT_DISTANCE_MAX = 1 << 12;

  private final boolean gzip;
  private final boolean greedy;
  private final int lazyLength;
  private final int niceLength;
  private final DeflateWindow window;
  private final DeflateBlocks blocks;
  private final Adjustments adjustments;
  private long adjustAt;

  /** The input's position of the window's first byte. */
  private long base;

  /** The next byte to look at, and how many are there from it on. */
  private int at;

  private int ahead;

  /** Whether the byte before {@link #at} is still to be written, alone or as a match's start. */
  private boolean held;

  private int length = NO_MATCH;
  private int distance;

  DeflateEncoder(DeflateDialect dialect, OutputStream out, Adjustments adjustments, BlockPlan plan)
      throws IOException {
    gzip = dialect.isGzip();
    greedy = dialect.greedy();
    lazyLength = dialect.lazyLength();
    niceLength = dialect.niceLength();
    window = new DeflateWindow(dialect);
    blocks = new DeflateBlocks(dialect, new BitSink(out), window.bytes, plan);
    this.adjustments = adjustments;
    adjustAt = adjustments.next();
  }

  /** Takes more of the plain text. */
  void write(byte[] bytes, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int limit = at + ahead;
      if (limit == DeflateWindow.BYTES) {
        slide();
        limit = at + ahead;
      }
      int step = Math.min(length - done, DeflateWindow.BYTES - limit);
      System.arraycopy(bytes, offset + done, window.bytes, limit, step);
      ahead += step;
      done += step;
      if (ahead >= DeflateWindow.LOOKAHEAD) {
        compress(DeflateWindow.LOOKAHEAD);
      }
    }
  }

  /** Writes what is left and the end. */
  void finish() throws IOException {
    if (at >= DeflateWindow.HIGH) {
      slide();
    }
    window.bytes[at + ahead] = 0;
    window.bytes[at + ahead + 1] = 0;
    compress(1);
    if (held) {
      blocks.literal(window.bytes[at - 1], base + at);
    }
    blocks.finish(base + at);
  }

  /** Whether all blocks ended where they would have without a plan. */
  boolean followedRules() {
    return blocks.followedRules();
  }

  private void slide() {
    window.slide();
    at -= DeflateFormat.WINDOW_BYTES;
    base += DeflateFormat.WINDOW_BYTES;
    blocks.slide(base);
  }

  private void compress(int least) throws IOException {
    if (greedy) {
      takeAtOnce(least);
    } else {
      holdBack(least);
    }
  }

  private void takeAtOnce(int least) throws IOException {
    while (ahead >= least) {
      find(NO_MATCH);
      if (length >= DeflateFormat.MATCH_MIN) {
        blocks.match(length, distance, base + at, base + at + length);
        boolean enter = length <= lazyLength && (gzip || ahead - length >= DeflateFormat.MATCH_MIN);
        if (enter) {
          window.insertAll(at + 1, at + length - 1);
        }
        at += length;
        ahead -= length;
      } else {
        blocks.literal(window.bytes[at], base + at, base + at + 1);
        at++;
        ahead--;
      }
    }
  }

  private void holdBack(int least) throws IOException {
    while (ahead >= least) {
      int heldDistance = distance;
      int heldLength = find(length);
      if (heldLength >= DeflateFormat.MATCH_MIN && length <= heldLength) {
        int end = at - 1 + heldLength;
        int lastEntered = gzip ? end - 1 : Math.min(end - 1, at + ahead - DeflateFormat.MATCH_MIN);
        window.insertAll(at + 1, lastEntered);
        blocks.match(heldLength, heldDistance, base + at, base + end);
        ahead -= heldLength - 1;
        at = end;
        held = false;
        length = NO_MATCH;
      } else {
        if (held) {
          blocks.literal(window.bytes[at - 1], base + at, base + at);
        }
        held = true;
        at++;
        ahead--;
      }
    }
  }

  /**
   * Enters the byte at {@link #at} and looks for a match longer than the one held back.
   *
   * @return the length of the match held back; an adjustment may have dropped it
   */
  private int find(int heldLength) throws IOException {
    if (!gzip && at >= DeflateWindow.HIGH && ahead < DeflateWindow.LOOKAHEAD) {
      slide();
    }
    int candidate = gzip || ahead >= DeflateFormat.MATCH_MIN ? window.insert(at) : 0;
    search(candidate, heldLength);
    return base + at == adjustAt ? adjust(candidate, heldLength) : heldLength;
  }

  private void search(int candidate, int heldLength) {
    int place = at;
    int found = NO_MATCH;
    if (candidate != 0
        && (greedy || heldLength < lazyLength)
        && place - candidate <= DeflateWindow.DISTANCE_MAX
        && place <= DeflateWindow.HIGH) {
      int nice = gzip ? niceLength : Math.min(niceLength, ahead);
      found = Math.min(window.longestMatch(place, candidate, heldLength, nice), ahead);
      distance = place - window.matchStart; // of no meaning if nothing was found
      if (found == DeflateFormat.MATCH_MIN && !greedy && distance > SHORT_DISTANCE_MAX) {
        found = NO_MATCH;
      }
    }
    length = found;
  }

  private int adjust(int candidate, int heldLength) throws IOException {
    int stillHeld = heldLength;
    long match = adjustments.adjust(adjustAt, length, distance, heldLength);
    if (match == Adjustments.DROP_HELD) {
      stillHeld = NO_MATCH;
      search(candidate, stillHeld);
      match = adjustments.adjust(adjustAt, length, distance, stillHeld);
    }
    length = Adjustments.length(match);
    distance = Adjustments.distance(match);
    if (length >= DeflateFormat.MATCH_MIN && length > ahead) {
      throw new FormatException(
          "recipe: the match at byte " + adjustAt + " reaches beyond the end of the plain text");
    }
    adjustAt = adjustments.next();
    return stillHeld;
  }
}
