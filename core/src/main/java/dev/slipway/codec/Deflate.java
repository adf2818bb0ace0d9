// SPDX-License-Identifier: Apache-2.0
package dev.slipway.codec;

import dev.slipway.io.BitSink;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Our own deflate encoder. The JDK's is whatever zlib the runtime was built with, so its output
 * changes from one Java to the next; bytes that a digest names must not.
 *
 * <p>It holds input until it has enough to look ahead, finds matches, and hands tokens to {@link
 * DeflateBlock}, which picks the cheapest of the three kinds of blocks.
 */
/*
 * Idea: the classic one. A hash of four bytes leads to the most recent place with the same hash,
 * "previous" links each place to the one before, and the chain is walked for the longest match
 * (at most CHAIN_MAX steps). A match is held back for one byte, in case the next byte starts a
 * longer one (lazy evaluation).
 *
 * Memory: window 256 KiB, heads 288 KiB, links 128 KiB, tokens 64 KiB.
 *
 * Departures from zlib: chains link places of four equal bytes, which makes them shorter; for three
 * bytes only the most recent place is known, which is nearly always the one that pays. The window
 * slides by 224 KiB at a time, and a block ends at each slide, so that the bytes of a block are
 * always at hand should it be stored.
 */
final class Deflate {
  private static final int MATCH_MIN = 3;

  /** The shortest match that is searched for along chains. */
  private static final int CHAINED_MIN = 4;

  /** Beyond this distance, three literals are cheaper than a match of three bytes. */
  private static final int SHORT_DISTANCE_MAX = 1 << 12;

  static final int MATCH_MAX = 258;
  private static final int DISTANCE_MAX = (1 << 15) - 1;
  private static final int HISTORY_BYTES = 1 << 15;
  private static final int WINDOW_BYTES = 1 << 18;
  private static final int LOOKAHEAD_BYTES = MATCH_MAX + 9;

  private static final int HASH_BITS = 16;
  private static final int SHORT_HASH_BITS = 13;
  private static final int NONE = -1;

  // As zlib's level 6: how far to search, and when a match is good enough to search less or not.
  private static final int CHAIN_MAX = 128;
  private static final int GOOD_LENGTH = 8;
  private static final int LAZY_LENGTH = 16;
  private static final int NICE_LENGTH = 128;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] window = new byte[WINDOW_BYTES];
  private final int[] head = new int[1 << HASH_BITS];
  private final int[] previous = new int[HISTORY_BYTES];

  /** The most recent place of three bytes. */
  private final int[] shortHead = new int[1 << SHORT_HASH_BITS];

  private final DeflateBlock block;

  /** The end of the input in the window, and the next position to look at. */
  private int limit;

  private int at;

  /** Whether the byte before {@link #at} is still to be written, alone or as a match's start. */
  private boolean held;

  private int heldLength;
  private int heldDistance;

  private int foundDistance;

  Deflate(OutputStream out) {
    Arrays.fill(head, NONE);
    Arrays.fill(previous, NONE);
    Arrays.fill(shortHead, NONE);
    block = new DeflateBlock(new BitSink(out), window);
  }

  void write(byte[] bytes, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int step = Math.min(length - done, WINDOW_BYTES - limit);
      System.arraycopy(bytes, offset + done, window, limit, step);
      limit += step;
      done += step;
      if (limit == WINDOW_BYTES) {
        compress(limit - LOOKAHEAD_BYTES);
        slide();
      }
    }
  }

  /** Writes everything that is left, and the end. The stream stays open. */
  void finish() throws IOException {
    compress(limit);
    if (held) {
      if (heldLength >= MATCH_MIN) {
        throw new IllegalStateException("bug: a match is left at the end");
      }
      literal();
      held = false;
    }
    block.end(at, true);
  }

  private void compress(int stop) throws IOException {
    while (at < stop) {
      int length = heldLength < LAZY_LENGTH || !held ? search() : 0;
      insert(at);
      if (held && heldLength >= MATCH_MIN && length <= heldLength) {
        int end = at - 1 + heldLength;
        emit(heldLength, heldDistance, end);
        for (int i = at + 1; i < end; i++) {
          insert(i);
        }
        at = end;
        held = false;
        continue;
      }
      if (held) {
        literal();
      }
      held = true;
      heldLength = length;
      heldDistance = foundDistance;
      at++;
    }
  }

  private void literal() throws IOException {
    if (block.literal(window[at - 1])) {
      block.end(at, false);
    }
  }

  private void emit(int length, int distance, int end) throws IOException {
    if (block.match(length, distance)) {
      block.end(end, false);
    }
  }

  private void insert(int position) {
    if (position + Integer.BYTES <= limit) {
      int hash = hash(position);
      previous[position & (HISTORY_BYTES - 1)] = head[hash];
      head[hash] = position;
      shortHead[shortHash(position)] = position;
    }
  }

  private int shortHash(int position) {
    return (((int) INT.get(window, position) << 8) * 0x9E3779B1) >>> (32 - SHORT_HASH_BITS);
  }

  private int hash(int position) {
    return ((int) INT.get(window, position) * 0x9E3779B1) >>> (32 - HASH_BITS);
  }

  /** The longest match at {@link #at} that beats the one held back; its length, or 0. */
  private int search() {
    int max = Math.min(MATCH_MAX, limit - at);
    int best = held ? Math.max(heldLength, CHAINED_MIN - 1) : CHAINED_MIN - 1;
    if (max < CHAINED_MIN || best >= max) {
      return 0;
    }
    int found = held && heldLength >= MATCH_MIN ? 0 : shortMatch();
    int chain = best >= GOOD_LENGTH ? CHAIN_MAX / 4 : CHAIN_MAX;
    int oldest = Math.max(0, at - DISTANCE_MAX);
    int start = (int) INT.get(window, at);
    for (int candidate = head[hash(at)];
        candidate >= oldest && chain > 0;
        candidate = previous[candidate & (HISTORY_BYTES - 1)], chain--) {
      if (window[candidate + best] != window[at + best]
          || (int) INT.get(window, candidate) != start) {
        continue;
      }
      int length = matchLength(candidate, max);
      if (length > best) {
        best = length;
        found = length;
        foundDistance = at - candidate;
        if (length >= NICE_LENGTH || length == max) {
          break;
        }
      }
    }
    return found;
  }

  private int shortMatch() {
    int candidate = shortHead[shortHash(at)];
    if (candidate < 0
        || at - candidate > SHORT_DISTANCE_MAX
        || ((int) INT.get(window, candidate) ^ (int) INT.get(window, at)) << 8 != 0) {
      return 0;
    }
    foundDistance = at - candidate;
    return MATCH_MIN;
  }

  private int matchLength(int candidate, int max) {
    int length = Integer.BYTES;
    while (length + Long.BYTES <= max) {
      long difference =
          (long) LONG.get(window, candidate + length) ^ (long) LONG.get(window, at + length);
      if (difference != 0) {
        return length + (Long.numberOfTrailingZeros(difference) >>> 3);
      }
      length += Long.BYTES;
    }
    while (length < max && window[candidate + length] == window[at + length]) {
      length++;
    }
    return length;
  }

  /** Moves the last 32 KiB before the current position to the window's start. */
  private void slide() throws IOException {
    int done = held ? at - 1 : at;
    block.end(done, false);
    int shift = at - HISTORY_BYTES;
    System.arraycopy(window, shift, window, 0, limit - shift);
    limit -= shift;
    at -= shift;
    block.slide(shift);
    slide(head, shift);
    slide(previous, shift);
    slide(shortHead, shift);
  }

  private static void slide(int[] positions, int shift) {
    for (int i = 0; i < positions.length; i++) {
      positions[i] = Math.max(NONE, positions[i] - shift);
    }
  }
}
