// SPDX-License-Identifier: Apache-2.0
package dev.slipway.lzma;

/**
 * Finds the nearest places of ever longer matches in bytes that are mostly runs of one value.
 *
 * <p>Rows as in {@link RowFinder}: four bytes lead to the last {@value #WAYS} positions that begin
 * with them, with a byte of the hash for each. Two bytes and three lead to the latest position
 * alone, eight to the last {@value #LONG_WAYS}: where four bytes are so frequent that their row
 * holds nothing but the neighbourhood, a long match far away is still found. Positions within runs
 * are not noted, so the tables are small enough for a processor's caches.
 *
 * <p>Memory: 5 bytes for each of a million positions at most, 4 for a quarter as many of eight
 * bytes.
 */
final class MatchRows {
  private static final int WAYS = 15;
  private static final int ROW = 16;
  private static final int ROW_SHIFT = 4;
  private static final int ROW_BITS_MAX = 16;
  private static final int TAG_BITS = Byte.SIZE;
  private static final int LONG_WAYS = 4;
  private static final int LONG_BITS_MAX = 16;
  private static final int THREE_BITS = 16;
  private static final int MIX = 0x9E3779B1;
  private static final long LONG_MIX = 0x9E3779B97F4A7C15L;

  /** Bytes that must follow a position for it to be looked up. */
  static final int LOOK = Long.BYTES;

  private final byte[] bytes;
  private final int reach;
  private final int[] positions;
  private final byte[] tags;
  private final int rowShift;
  private final int[] two = new int[1 << Short.SIZE];
  private final int[] three = new int[1 << THREE_BITS];
  private final int[] eight;
  private final int eightShift;

  /** What was found: lengths rise. */
  int count;

  final int[] lengths = new int[2 + WAYS + LONG_WAYS];

  /** Each less one. */
  final int[] distances = new int[2 + WAYS + LONG_WAYS];

  /**
   * A finder over a buffer.
   *
   * @param bytes the buffer; a position of 0 stands for none, so the first byte is never found
   * @param reach how far back a match may lie
   */
  MatchRows(byte[] bytes, int reach) {
    this.bytes = bytes;
    this.reach = reach;
    int wanted = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, reach - 1 >> ROW_SHIFT));
    int rowBits = Math.min(ROW_BITS_MAX, Math.max(4, wanted));
    positions = new int[ROW << rowBits];
    tags = new byte[ROW << rowBits];
    rowShift = Integer.SIZE - rowBits;
    int eightBits = Math.min(LONG_BITS_MAX, Math.max(4, wanted + 2));
    eight = new int[LONG_WAYS << eightBits];
    eightShift = Long.SIZE - eightBits;
  }

  private static int rotated(long low, long high, int tag, int head) {
    int hits =
        (RowFinder.equalBytes(low, tag) | RowFinder.equalBytes(high, tag) << Long.BYTES)
            & (1 << WAYS) - 1;
    return (hits >>> head | hits << WAYS - head) & (1 << WAYS) - 1;
  }

  /**
   * Looks for matches and notes the position; each is given once, in rising order, here or to
   * {@link #add}.
   *
   * @param limit the position at which a match must end, at least {@value #LOOK} away
   */
  void find(int position, int limit) {
    count = 0;
    long word = RowFinder.longAt(bytes, position);
    if (isWithinRun(word, position)) {
      found(RowFinder.same(bytes, position - 1, position, limit), 0);
      return;
    }
    int best = 1;
    int floor = Math.max(0, position - reach - 1);
    int first = (int) word;
    int slot = first & 0xffff;
    int candidate = two[slot];
    two[slot] = position;
    if (candidate > floor && (RowFinder.intAt(bytes, candidate) ^ first) << Short.SIZE == 0) {
      best = RowFinder.same(bytes, candidate, position, limit);
      found(best, position - candidate - 1);
    }
    slot = (first << Byte.SIZE) * MIX >>> Integer.SIZE - THREE_BITS;
    int near = candidate;
    candidate = three[slot];
    three[slot] = position;
    if (candidate > floor && candidate < near && better(candidate, position, best)) {
      int length = RowFinder.same(bytes, candidate, position, limit);
      if (length > best) {
        best = length;
        found(best, position - candidate - 1);
      }
    }
    int hash = first * MIX;
    int row = hash >>> rowShift << ROW_SHIFT;
    int tag = hash >>> rowShift - TAG_BITS & 0xff;
    long low = RowFinder.longAt(tags, row);
    long high = RowFinder.longAt(tags, row + Long.BYTES);
    int head = (int) (high >>> Long.SIZE - Byte.SIZE);
    int hits = rotated(low, high, tag, head);
    int last = Math.max(0, best - Integer.BYTES + 1);
    int wanted = RowFinder.intAt(bytes, position + last);
    while (hits != 0 && best < limit - position) {
      int newest = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(hits);
      hits ^= 1 << newest;
      int way = newest + head;
      candidate = positions[row + (way < WAYS ? way : way - WAYS)];
      if (candidate <= floor) {
        break;
      }
      if (RowFinder.intAt(bytes, candidate + last) == wanted) {
        int length = RowFinder.same(bytes, candidate, position, limit);
        if (length > best) {
          best = length;
          found(best, position - candidate - 1);
          last = Math.max(0, best - Integer.BYTES + 1);
          wanted = RowFinder.intAt(bytes, position + last);
        }
      }
    }
    put(row, tag, head, position);
    int start = (int) (word * LONG_MIX >>> eightShift) * LONG_WAYS;
    for (int i = start; i < start + LONG_WAYS && best < limit - position; i++) {
      candidate = eight[i];
      if (candidate <= floor) {
        break;
      }
      if (better(candidate, position, best)) {
        int length = RowFinder.same(bytes, candidate, position, limit);
        if (length > best) {
          best = length;
          found(best, position - candidate - 1);
        }
      }
    }
    putLong(start, position);
  }

  /**
   * Whether the byte before and many bytes from here on are all the same: then nothing beats to
   * repeat it, and all those places would drive others out of their row.
   */
  private boolean isWithinRun(long word, int position) {
    return position > ThoroughLzma2.ORIGIN
        && bytes[position - 1] == (byte) word
        && word == Long.rotateLeft(word, Byte.SIZE);
  }

  /** Whether a place can match longer: the bytes at and before that length agree. */
  private boolean better(int candidate, int position, int best) {
    int last = Math.max(0, best - Integer.BYTES + 1);
    int difference =
        RowFinder.intAt(bytes, candidate + last) ^ RowFinder.intAt(bytes, position + last);
    return best >= Integer.BYTES - 1
        ? difference == 0
        : difference << Integer.SIZE - Byte.SIZE * (best + 1) == 0;
  }

  private void found(int length, int distance) {
    lengths[count] = length;
    distances[count++] = distance;
  }

  /** Notes a position without looking for anything. */
  void add(int position) {
    long word = RowFinder.longAt(bytes, position);
    if (isWithinRun(word, position)) {
      return;
    }
    int first = (int) word;
    two[first & 0xffff] = position;
    three[(first << Byte.SIZE) * MIX >>> Integer.SIZE - THREE_BITS] = position;
    int hash = first * MIX;
    int row = hash >>> rowShift << ROW_SHIFT;
    put(row, hash >>> rowShift - TAG_BITS & 0xff, tags[row + WAYS], position);
    putLong((int) (word * LONG_MIX >>> eightShift) * LONG_WAYS, position);
  }

  private void put(int row, int tag, int head, int position) {
    tags[row + head] = (byte) tag;
    positions[row + head] = position;
    tags[row + WAYS] = (byte) (head + 1 == WAYS ? 0 : head + 1);
  }

  private void putLong(int start, int position) {
    eight[start + 3] = eight[start + 2];
    eight[start + 2] = eight[start + 1];
    eight[start + 1] = eight[start];
    eight[start] = position;
  }

  /** Follows the buffer's bytes to where they were moved. */
  void moved(int towardsStart) {
    for (int[] each : new int[][] {positions, two, three, eight}) {
      RowFinder.move(each, towardsStart);
    }
  }
}
