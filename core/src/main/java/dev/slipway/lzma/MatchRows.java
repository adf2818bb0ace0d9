// SPDX-License-Identifier: Apache-2.0
package dev.slipway.lzma;

/**
 * Finds the nearest places of ever longer matches in bytes that are mostly zeros.
 *
 * <p>Rows as in {@link RowFinder}: four bytes lead to the last {@value #WAYS} positions that begin
 * with them, with a byte of the hash for each. Two bytes and three lead to the latest position
 * alone, eight to the last {@value #WIDE_WAYS}.
 *
 * <p>Where zeros follow, eight bytes say little. There a match is worth something when the run is
 * as long and what comes behind it is the same, so eight bytes, the end of the run they lead into
 * and the four bytes behind lead to places, too ("spans"), also from within the run. Rows do not
 * know positions within runs: those would fill the few they belong to.
 *
 * <p>Memory: 7.5 MiB.
 */
final class MatchRows {
  private static final int WAYS = 15;
  private static final int ROW = 16;
  private static final int ROW_SHIFT = 4;
  private static final int TABLE_BITS = 16;
  private static final int ROW_BITS_SHIFT = Integer.SIZE - TABLE_BITS;
  private static final int WIDE_WAYS = 4;

  /** So many zeros at the end of eight bytes make them the start of a span. */
  private static final int SPAN_ZEROS = 2;

  /** How far from eight bytes the run may end. */
  private static final int SPAN_REACH = 128;

  private static final int MIX = 0x9E3779B1;
  private static final long LONG_MIX = 0x9E3779B97F4A7C15L;

  /** Bytes that must follow a position for it to be looked up. */
  static final int LOOK = Long.BYTES;

  private final byte[] bytes;
  private final int reach;
  private final int[] positions = new int[ROW << TABLE_BITS];
  private final byte[] tags = new byte[ROW << TABLE_BITS];
  private final int[] two = new int[1 << TABLE_BITS];
  private final int[] three = new int[1 << TABLE_BITS];
  private final int[] eight = new int[WIDE_WAYS << TABLE_BITS];
  private final int[] spans = new int[WIDE_WAYS << TABLE_BITS];

  /** Where the run of zeros ends that was looked at last. */
  private int runEnd;

  /** What was found: lengths rise. */
  int count;

  final int[] lengths = new int[3 + WAYS + 2 * WIDE_WAYS];

  /** Each less one. */
  final int[] distances = new int[3 + WAYS + 2 * WIDE_WAYS];

  /**
   * A finder over a buffer.
   *
   * @param bytes the buffer; a position of 0 stands for none, so the first byte is never found
   * @param reach how far back a match may lie
   */
  MatchRows(byte[] bytes, int reach) {
    this.bytes = bytes;
    this.reach = reach;
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
    } else {
      findInRows(word, position, limit);
    }
    if (leadsIntoZeros(word)) {
      int bucket = bucketOfSpan(word, position);
      if (bucket >= 0) {
        findIn(spans, bucket, position, limit);
      }
    }
  }

  private void findInRows(long word, int position, int limit) {
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
    slot = slotOfThree(first);
    int near = candidate;
    candidate = three[slot];
    three[slot] = position;
    if (candidate > floor
        && candidate < near
        && best < limit - position
        && better(candidate, position, best)) {
      int length = RowFinder.same(bytes, candidate, position, limit);
      if (length > best) {
        best = length;
        found(best, position - candidate - 1);
      }
    }
    int hash = first * MIX;
    int row = hash >>> ROW_BITS_SHIFT << ROW_SHIFT;
    int tag = hash >>> ROW_BITS_SHIFT - Byte.SIZE & 0xff;
    long low = RowFinder.longAt(tags, row);
    long high = RowFinder.longAt(tags, row + Long.BYTES);
    int head = (int) (high >>> Long.SIZE - Byte.SIZE);
    int hits = rotated(low, high, tag, head);
    int last = Math.max(0, best - Integer.BYTES + 1);
    while (hits != 0 && best < limit - position) {
      int newest = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(hits);
      hits ^= 1 << newest;
      int way = newest + head;
      candidate = positions[row + (way < WAYS ? way : way - WAYS)];
      if (candidate <= floor) {
        break;
      }
      if (RowFinder.intAt(bytes, candidate + last) == RowFinder.intAt(bytes, position + last)) {
        int length = RowFinder.same(bytes, candidate, position, limit);
        if (length > best) {
          best = length;
          found(best, position - candidate - 1);
          last = Math.max(0, best - Integer.BYTES + 1);
        }
      }
    }
    put(row, tag, head, position);
    findIn(eight, bucketOfEight(word), position, limit);
  }

  /** Looks at the places of a bucket, the newest first, and puts the position before them. */
  private void findIn(int[] table, int bucket, int position, int limit) {
    int best = count == 0 ? 1 : lengths[count - 1];
    int floor = Math.max(0, position - reach - 1);
    for (int i = bucket; i < bucket + WIDE_WAYS && best < limit - position; i++) {
      int candidate = table[i];
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
    put(table, bucket, position);
  }

  private static int slotOfThree(int word) {
    return (word << Byte.SIZE) * MIX >>> Integer.SIZE - TABLE_BITS;
  }

  private static int bucketOfEight(long word) {
    return bucket(word * LONG_MIX);
  }

  private static int bucket(long hash) {
    return (int) (hash >>> Long.SIZE - TABLE_BITS) * WIDE_WAYS;
  }

  private static boolean leadsIntoZeros(long word) {
    return word >>> Long.SIZE - SPAN_ZEROS * Byte.SIZE == 0;
  }

  /** The bucket of a span; below 0 when its run is too long. */
  private int bucketOfSpan(long word, int position) {
    int end = Math.max(position + Long.BYTES, runEnd);
    int last = Math.min(bytes.length - Integer.BYTES, position + Long.BYTES + SPAN_REACH);
    while (end < last && bytes[end] == 0) {
      end++;
    }
    runEnd = end;
    if (end >= last) {
      return -1;
    }
    long run = (word * MIX + end - position) * LONG_MIX;
    return bucket((run + RowFinder.intAt(bytes, end)) * LONG_MIX);
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

  /**
   * Whether a place can match longer: the bytes at and before that length agree. The match must not
   * reach its limit yet, behind which there may be no byte.
   */
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
    if (!isWithinRun(word, position)) {
      int first = (int) word;
      two[first & 0xffff] = position;
      three[slotOfThree(first)] = position;
      int hash = first * MIX;
      int row = hash >>> ROW_BITS_SHIFT << ROW_SHIFT;
      put(row, hash >>> ROW_BITS_SHIFT - Byte.SIZE & 0xff, tags[row + WAYS], position);
      put(eight, bucketOfEight(word), position);
    }
    if (leadsIntoZeros(word)) {
      int bucket = bucketOfSpan(word, position);
      if (bucket >= 0) {
        put(spans, bucket, position);
      }
    }
  }

  private void put(int row, int tag, int head, int position) {
    tags[row + head] = (byte) tag;
    positions[row + head] = position;
    tags[row + WAYS] = (byte) (head + 1 == WAYS ? 0 : head + 1);
  }

  private static void put(int[] table, int bucket, int position) {
    table[bucket + 3] = table[bucket + 2];
    table[bucket + 2] = table[bucket + 1];
    table[bucket + 1] = table[bucket];
    table[bucket] = position;
  }

  /** Follows the buffer's bytes to where they were moved. */
  void moved(int towardsStart) {
    for (int[] each : new int[][] {positions, two, three, eight, spans}) {
      RowFinder.move(each, towardsStart);
    }
    runEnd -= towardsStart;
  }
}
