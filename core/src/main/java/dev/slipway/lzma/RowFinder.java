// SPDX-License-Identifier: Apache-2.0
package dev.slipway.lzma;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds where bytes occurred before, quickly and mostly the best place.
 *
 * <p>Idea, after zstd's row hash: four bytes lead to a row that holds the last {@value #WAYS}
 * positions with that hash, and for each a byte of the hash ("tag"). All tags are compared at once
 * in two words; only where one agrees, the bytes themselves are looked at, the newest first. A
 * chain would cost a cache miss for each link; a row costs two, and a third for each place that is
 * really alike. Three bytes are looked up in a small table of the latest position only: a short
 * match pays just when it is near.
 *
 * <p>Memory: 5 bytes for each position the rows have room for.
 */
final class RowFinder {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** The sixteenth place of a row tells which one is next to be overwritten. */
  private static final int WAYS = 15;

  private static final int ROW = 16;
  private static final int ROW_SHIFT = 4;
  private static final int ROW_BITS_MAX = 18;
  private static final int TAG_BITS = Byte.SIZE;
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long LOW_BITS = 0x7f7f_7f7f_7f7f_7f7fL;

  /** Multiplied with it, the lowest bits of all bytes come together in the highest byte. */
  private static final long GATHER = 0x0102_0408_1020_4080L;

  /** So many of the newest places are looked at. */
  private static final int TRIES = 8;

  private static final int SHORT_BITS = 14;
  private static final int SHORT_REACH = 1 << 12;
  private static final int MIX = 0x9E3779B1;

  /** What a byte of a match is worth in bits, against the bits of its distance. */
  private static final int BYTE_WORTH = 5;

  /** Bytes that must follow a position for it to be looked up. */
  static final int LOOK = Integer.BYTES;

  private final byte[] bytes;
  private final int reach;
  private final int[] positions;
  private final byte[] tags;
  private final int[] latest = new int[1 << SHORT_BITS];
  private final int rowShift;

  private int length;
  private int distance;

  /**
   * A finder over a buffer.
   *
   * @param bytes the buffer; a position of 0 stands for none, so the first byte is never found
   * @param reach how far back a match may lie
   */
  RowFinder(byte[] bytes, int reach) {
    this.bytes = bytes;
    this.reach = reach;
    int wanted = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, reach - 1 >> ROW_SHIFT));
    int rowBits = Math.min(ROW_BITS_MAX, Math.max(4, wanted));
    positions = new int[ROW << rowBits];
    tags = new byte[ROW << rowBits];
    rowShift = Integer.SIZE - rowBits;
  }

  static int intAt(byte[] bytes, int at) {
    return (int) INT.get(bytes, at);
  }

  static long longAt(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at);
  }

  /** How many bytes from two places on are the same, where the second ends at a limit. */
  static int same(byte[] bytes, int one, int other, int limit) {
    int at = other;
    int shift = one - other;
    while (at + Long.BYTES <= limit) {
      long difference = (long) LONG.get(bytes, at + shift) ^ (long) LONG.get(bytes, at);
      if (difference != 0) {
        return at - other + (Long.numberOfTrailingZeros(difference) >>> 3);
      }
      at += Long.BYTES;
    }
    while (at < limit && bytes[at + shift] == bytes[at]) {
      at++;
    }
    return at - other;
  }

  /** The length of the match that {@link #find} found; 0 for none. */
  int length() {
    return length;
  }

  /** How far back it lies, less one. */
  int distance() {
    return distance;
  }

  /**
   * Looks for the best match and notes the position; each is given once, in rising order, here or
   * to {@link #add}.
   *
   * @param limit the position at which a match must end, at least {@value #LOOK} away
   */
  void find(int position, int limit) {
    length = 0;
    int word = intAt(bytes, position);
    int floor = Math.max(0, position - reach - 1);
    int slot = (word << Byte.SIZE) * MIX >>> Integer.SIZE - SHORT_BITS;
    int near = latest[slot];
    latest[slot] = position;
    int bestScore = 0;
    if (near > floor
        && position - near <= SHORT_REACH
        && (intAt(bytes, near) ^ word) << Byte.SIZE == 0) {
      length = same(bytes, near, position, limit);
      distance = position - near - 1;
      bestScore = score(length, distance);
    }
    int hash = word * MIX;
    int row = hash >>> rowShift << ROW_SHIFT;
    int tag = hash >>> rowShift - TAG_BITS & 0xff;
    long low = (long) LONG.get(tags, row);
    long high = (long) LONG.get(tags, row + Long.BYTES);
    int head = (int) (high >>> Long.SIZE - Byte.SIZE);
    int hits = (equalBytes(low, tag) | equalBytes(high, tag) << Long.BYTES) & (1 << WAYS) - 1;
    // The newest has the highest bit.
    hits = (hits >>> head | hits << WAYS - head) & (1 << WAYS) - 1;
    for (int tries = TRIES; hits != 0 && tries > 0; tries--) {
      int newest = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(hits);
      hits ^= 1 << newest;
      int way = newest + head;
      int candidate = positions[row + (way < WAYS ? way : way - WAYS)];
      boolean longest = length == limit - position;
      if (candidate <= floor || longest) {
        break;
      }
      // One that is farther must be longer, so it has the byte behind the best one too.
      int last = Math.max(0, length - Integer.BYTES + 1);
      if (intAt(bytes, candidate + last) != intAt(bytes, position + last)) {
        continue;
      }
      int found = same(bytes, candidate, position, limit);
      int score = score(found, position - candidate - 1);
      if (found >= Integer.BYTES && score > bestScore) {
        bestScore = score;
        length = found;
        distance = position - candidate - 1;
      }
    }
    put(row, tag, head, position);
  }

  /** What a match is worth, roughly in bits. */
  static int score(int length, int distance) {
    return BYTE_WORTH * length + Integer.numberOfLeadingZeros(distance + 1);
  }

  /** Which bytes of a word are a certain one, a bit for each. */
  static int equalBytes(long word, int wanted) {
    long other = word ^ wanted * ONES;
    long top = ~((other & LOW_BITS) + LOW_BITS | other | LOW_BITS);
    return (int) ((top >>> 7) * GATHER >>> Long.SIZE - Byte.SIZE);
  }

  /** Notes a position without looking for anything. */
  void add(int position) {
    int word = intAt(bytes, position);
    latest[(word << Byte.SIZE) * MIX >>> Integer.SIZE - SHORT_BITS] = position;
    int hash = word * MIX;
    int row = hash >>> rowShift << ROW_SHIFT;
    put(row, hash >>> rowShift - TAG_BITS & 0xff, tags[row + WAYS], position);
  }

  private void put(int row, int tag, int head, int position) {
    tags[row + head] = (byte) tag;
    positions[row + head] = position;
    tags[row + WAYS] = (byte) (head + 1 == WAYS ? 0 : head + 1);
  }

  /** Follows the buffer's bytes to where they were moved. */
  void moved(int towardsStart) {
    move(positions, towardsStart);
    move(latest, towardsStart);
  }

  static void move(int[] positions, int towardsStart) {
    for (int i = 0; i < positions.length; i++) {
      positions[i] = Math.max(0, positions[i] - towardsStart);
    }
  }
}
