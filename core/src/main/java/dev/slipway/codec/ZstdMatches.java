// SPDX-License-Identifier: Apache-2.0
package dev.slipway.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Finds what occurred before, in the manner of zstd's third level: one table of the last place of
 * each hash of eight bytes, one of five. A long match is taken where it is found; a short one only
 * when no long one begins at the next byte. The distance of the last match but one is tried behind
 * each match, that of the last one before each search.
 *
 * <p>Tables are never cleared: what they hold of earlier frames lies before {@link #base} and
 * counts for nothing, so what is found depends on the frame alone.
 */
final class ZstdMatches {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long PRIME = 0x9E3779B97F4A7C15L;
  private static final int LONG_LOG = 16;
  private static final int SHORT_LOG = 15;
  private static final int LONG_BYTES = 8;
  private static final int SHORT_BYTES = 4;

  /** After so many bytes without a match every second place is tried, and so on. */
  private static final int IMPATIENCE = 8;

  private static final int BASE_MAX = 1 << 30;

  /** How many sequences a block has at most. */
  static final int COUNT_MAX = ZstdEncoder.BLOCK_BYTES / SHORT_BYTES + 1;

  /** In sequences, distances have the numbers behind those of the repeated ones. */
  static final int REPEATED = 3;

  private final int[] longs = new int[1 << LONG_LOG];
  private final int[] shorts = new int[1 << SHORT_LOG];

  private byte[] in;
  private int frame;
  private int base = 1;
  private int frameBytes;
  private int first;
  private int second;

  /** What comes in between, of all sequences and behind the last one. */
  final byte[] literals = new byte[ZstdEncoder.BLOCK_BYTES + BackwardBits.SLACK_BYTES * 2];

  final int[] literalLengths = new int[COUNT_MAX];
  final int[] matchLengths = new int[COUNT_MAX];

  /** Distances, {@link #REPEATED} more than they are; or 1, for one that is repeated. */
  final int[] distances = new int[COUNT_MAX];

  int literalCount;
  int count;

  /** Begins a frame. */
  void begin(byte[] bytes, int offset, int length) {
    base += frameBytes;
    if (base > BASE_MAX) {
      Arrays.fill(longs, 0);
      Arrays.fill(shorts, 0);
      base = 1;
    }
    in = bytes;
    frame = offset;
    frameBytes = length;
    first = 1;
    second = 4;
  }

  /** The distances that are repeated next, for {@link #restore}. */
  long distancesNow() {
    return (long) first << 32 | second;
  }

  /** Forgets distances of a block that the decoder will not see. */
  void restore(long distancesThen) {
    first = (int) (distancesThen >>> 32);
    second = (int) distancesThen;
  }

  private long longAt(int at) {
    return (long) LONGS.get(in, at);
  }

  private int intAt(int at) {
    return (int) INTS.get(in, at);
  }

  private static int longHash(long bytes) {
    return (int) (bytes * PRIME >>> 64 - LONG_LOG);
  }

  private static int shortHash(long bytes) {
    return (int) ((bytes << 24) * PRIME >>> 64 - SHORT_LOG);
  }

  /** Finds the sequences of the next block; matches reach back as far as the frame. */
  void find(int from, int to) {
    count = 0;
    literalCount = 0;
    int shift = base - frame;
    int limit = to - LONG_BYTES;
    int anchor = from;
    int at = from;
    while (at < limit) {
      long bytes = longAt(at);
      int longHash = longHash(bytes);
      int shortHash = shortHash(bytes);
      int longPlace = longs[longHash] - shift;
      int shortPlace = shorts[shortHash] - shift;
      longs[longHash] = at + shift;
      shorts[shortHash] = at + shift;
      int began = at;
      int length;
      if (at + 1 - first >= frame && intAt(at + 1) == intAt(at + 1 - first)) {
        at++;
        length = SHORT_BYTES + same(at + SHORT_BYTES, at + SHORT_BYTES - first, to);
        store(anchor, at - anchor, length, 1);
      } else {
        int place;
        if (longPlace >= frame && longAt(longPlace) == bytes) {
          place = longPlace;
          length = LONG_BYTES + same(at + LONG_BYTES, place + LONG_BYTES, to);
        } else if (shortPlace >= frame && intAt(shortPlace) == (int) bytes) {
          long next = longAt(at + 1);
          int nextHash = longHash(next);
          int nextPlace = longs[nextHash] - shift;
          longs[nextHash] = at + 1 + shift;
          if (nextPlace >= frame && longAt(nextPlace) == next) {
            at++;
            place = nextPlace;
            length = LONG_BYTES + same(at + LONG_BYTES, place + LONG_BYTES, to);
          } else {
            place = shortPlace;
            length = SHORT_BYTES + same(at + SHORT_BYTES, place + SHORT_BYTES, to);
          }
        } else {
          at += (at - anchor >> IMPATIENCE) + 1;
          continue;
        }
        while (at > anchor && place > frame && in[at - 1] == in[place - 1]) {
          at--;
          place--;
          length++;
        }
        second = first;
        first = at - place;
        store(anchor, at - anchor, length, first + REPEATED);
      }
      at += length;
      anchor = at;
      if (at < limit) {
        enter(began + 2, shift);
        longs[longHash(longAt(at - 2))] = at - 2 + shift;
        shorts[shortHash(longAt(at - 1))] = at - 1 + shift;
        at = repeat(at, to, limit, shift);
        anchor = at;
      }
    }
    copy(anchor, to - anchor);
  }

  private void enter(int at, int shift) {
    long bytes = longAt(at);
    longs[longHash(bytes)] = at + shift;
    shorts[shortHash(bytes)] = at + shift;
  }

  /** Takes the distance of the match before the last one as often as it fits. */
  private int repeat(int from, int to, int limit, int shift) {
    int at = from;
    while (at < limit && at - second >= frame && intAt(at) == intAt(at - second)) {
      int length = SHORT_BYTES + same(at + SHORT_BYTES, at + SHORT_BYTES - second, to);
      int swapped = second;
      second = first;
      first = swapped;
      enter(at, shift);
      store(at, 0, length, 1);
      at += length;
    }
    return at;
  }

  /** How many bytes are the same, up to an end. */
  private int same(int left, int right, int to) {
    int a = left;
    int b = right;
    for (; a <= to - LONG_BYTES; a += LONG_BYTES, b += LONG_BYTES) {
      long difference = longAt(a) ^ longAt(b);
      if (difference != 0) {
        return a - left + (Long.numberOfTrailingZeros(difference) >>> 3);
      }
    }
    while (a < to && in[a] == in[b]) {
      a++;
      b++;
    }
    return a - left;
  }

  private void store(int from, int literalLength, int matchLength, int distance) {
    copy(from, literalLength);
    literalLengths[count] = literalLength;
    matchLengths[count] = matchLength;
    distances[count++] = distance;
  }

  private void copy(int from, int length) {
    if (length <= 2 * LONG_BYTES && from <= in.length - 2 * LONG_BYTES) {
      LONGS.set(literals, literalCount, longAt(from));
      LONGS.set(literals, literalCount + LONG_BYTES, longAt(from + LONG_BYTES));
    } else {
      System.arraycopy(in, from, literals, literalCount, length);
    }
    literalCount += length;
  }
}
