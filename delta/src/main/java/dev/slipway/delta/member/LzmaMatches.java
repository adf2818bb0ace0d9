// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * liblzma's match finder "bt4": the last plain bytes, and for each place the matches before it.
 *
 * <p>Idea: a hash of four bytes leads to the root of a binary tree of all places with that hash, in
 * the order of what follows them. A new place becomes the root; walking down splits the old tree in
 * two, and passes the longest matches on the way. Tables for two and three bytes add short ones.
 *
 * <p>Memory: 8 bytes of tree for each byte of the dictionary, 2 to 4 of hash, 1.5 of window.
 */
final class LzmaMatches {
  static final int MATCH_MAX = 273;

  /** What the encoder may look at behind the byte it decides on. */
  static final int LOOKAHEAD = (1 << 12) + 1 + MATCH_MAX;

  private static final int HASH2_SIZE = 1 << 10;
  private static final int HASH3_SIZE = 1 << 16;
  private static final int HASH4_BASE = HASH2_SIZE + HASH3_SIZE;
  private static final int MATCH_MIN = 4;
  private static final int KEEP_BEFORE = 1 << 16;
  private static final int ROOM_LEAST = 1 << 19;

  private static final int[] SCATTER = new int[256];

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  static {
    for (int i = 0; i < SCATTER.length; i++) { // the table of CRC-32
      int value = i;
      for (int bit = 0; bit < 8; bit++) {
        value = value >>> 1 ^ 0xedb88320 & -(value & 1);
      }
      SCATTER[i] = value;
    }
  }

  /** The matches of the place looked at last: rising lengths, each with its distance less one. */
  final int[] lengths = new int[MATCH_MAX + 1];

  final int[] distances = new int[MATCH_MAX + 1];
  int matchCount;

  /** How many places were looked at or passed over that are not encoded yet. */
  int readAhead;

  byte[] window;
  private final int niceLength;
  private final int depth;
  private final int cyclicSize;
  private final int hashMask;
  private final int[] hash;
  private final int[] tree;

  /** The input's position of the window's first byte; of the next place; of the input's end. */
  private int base;

  private int readPosition;
  private int limit;
  private int cyclic;

  /**
   * @param dictionary how far matches reach back
   * @param plainBytes the input's size
   */
  LzmaMatches(int dictionary, int niceLength, int depth, int plainBytes) {
    this.niceLength = niceLength;
    this.depth = depth;
    // A dictionary that is never full needs no more places than there are bytes.
    cyclicSize = Math.min(dictionary, plainBytes) + 1;
    hashMask = hashMask(dictionary);
    hash = new int[HASH4_BASE + hashMask + 1];
    tree = new int[2 * cyclicSize];
    window = new byte[windowBytes(dictionary, plainBytes)];
  }

  private static int hashMask(int dictionary) {
    int mask = dictionary - 1;
    mask |= mask >>> 1;
    mask |= mask >>> 2;
    mask |= mask >>> 4;
    mask |= mask >>> 8;
    mask = mask >>> 1 | 0xffff;
    return mask > 1 << 24 ? mask >>> 1 : mask;
  }

  private static int windowBytes(int dictionary, int plainBytes) {
    long room = (long) dictionary + KEEP_BEFORE + Math.max(ROOM_LEAST, dictionary / 2);
    return (int) Math.min(room, plainBytes) + LOOKAHEAD + Long.BYTES;
  }

  static long memoryBytes(int dictionary, int plainBytes) {
    return windowBytes(dictionary, plainBytes)
        + 4L * (HASH4_BASE + hashMask(dictionary) + 1)
        + 8L * (Math.min(dictionary, plainBytes) + 1);
  }

  /** Takes some input; returns how much of it. */
  int fill(byte[] bytes, int offset, int length) {
    int end = limit - base;
    int most = window.length - Long.BYTES;
    if (end == most) {
      int keep = Math.max(0, position() - base - (cyclicSize - 1) - KEEP_BEFORE);
      System.arraycopy(window, keep, window, 0, end - keep);
      base += keep;
      end -= keep;
    }
    int count = Math.min(length, most - end);
    System.arraycopy(bytes, offset, window, end, count);
    limit += count;
    return count;
  }

  /** The position of the next byte to be encoded. */
  int position() {
    return readPosition - readAhead;
  }

  /** The position of the next place to be looked at. */
  int readPosition() {
    return readPosition;
  }

  /** How many bytes are there from the next place on. */
  int available() {
    return limit - readPosition;
  }

  /** Where in the window the byte at a position lies. */
  int index(int position) {
    return position - base;
  }

  /** Looks for matches at the next place; returns the length of the longest. */
  int find() {
    matchCount = 0;
    int lengthLimit = Math.min(available(), niceLength);
    if (lengthLimit < MATCH_MIN) {
      readPosition++;
      readAhead++;
      return 0;
    }
    search(lengthLimit);
    int best = matchCount == 0 ? 0 : lengths[matchCount - 1];
    if (best == niceLength) {
      int at = index(readPosition) - 1;
      int most = Math.min(available() + 1, MATCH_MAX);
      best = equalLength(at, at - distances[matchCount - 1] - 1, best, most);
    }
    readAhead++;
    return best;
  }

  private void search(int lengthLimit) {
    byte[] bytes = window;
    int at = index(readPosition);
    int place = readPosition + cyclicSize;
    int mixed = SCATTER[bytes[at] & 0xff] ^ bytes[at + 1] & 0xff;
    int hash2 = mixed & HASH2_SIZE - 1;
    mixed ^= (bytes[at + 2] & 0xff) << 8;
    int hash3 = HASH2_SIZE + (mixed & HASH3_SIZE - 1);
    int hash4 = HASH4_BASE + ((mixed ^ SCATTER[bytes[at + 3] & 0xff] << 5) & hashMask);
    int delta2 = place - hash[hash2];
    int delta3 = place - hash[hash3];
    int root = hash[hash4];
    hash[hash2] = place;
    hash[hash3] = place;
    hash[hash4] = place;

    int best = 1;
    int delta = delta2;
    if (delta2 < cyclicSize && bytes[at] == bytes[at - delta2]) {
      best = 2;
      distances[matchCount++] = delta2 - 1;
    }
    if (delta2 != delta3 && delta3 < cyclicSize && bytes[at] == bytes[at - delta3]) {
      best = 3;
      distances[matchCount++] = delta3 - 1;
      delta = delta3;
      if (matchCount == 2) {
        lengths[0] = 2;
      }
    }
    if (matchCount != 0) {
      best = equalLength(at, at - delta, best, lengthLimit);
      lengths[matchCount - 1] = best;
      if (best == lengthLimit) {
        insert(place, at, root, lengthLimit, Integer.MAX_VALUE);
        step();
        return;
      }
    }
    insert(place, at, root, lengthLimit, Math.max(best, 3));
    step();
  }

  /** Passes places over, entering them all the same. */
  void skip(int count) {
    for (int i = 0; i < count; i++) {
      int lengthLimit = Math.min(available(), niceLength);
      if (lengthLimit < MATCH_MIN) {
        readPosition++;
        continue;
      }
      byte[] bytes = window;
      int at = index(readPosition);
      int place = readPosition + cyclicSize;
      int mixed = SCATTER[bytes[at] & 0xff] ^ bytes[at + 1] & 0xff;
      hash[mixed & HASH2_SIZE - 1] = place;
      mixed ^= (bytes[at + 2] & 0xff) << 8;
      hash[HASH2_SIZE + (mixed & HASH3_SIZE - 1)] = place;
      int hash4 = HASH4_BASE + ((mixed ^ SCATTER[bytes[at + 3] & 0xff] << 5) & hashMask);
      int root = hash[hash4];
      hash[hash4] = place;
      insert(place, at, root, lengthLimit, Integer.MAX_VALUE);
      step();
    }
    readAhead += count;
  }

  private void step() {
    readPosition++;
    cyclic++;
    if (cyclic == cyclicSize) {
      cyclic = 0;
    }
  }

  /** Makes a place the root of its tree, noting matches longer than {@code atLeast}. */
  private void insert(int place, int at, int root, int lengthLimit, int atLeast) {
    byte[] bytes = window;
    int[] nodes = tree;
    int larger = (cyclic << 1) + 1;
    int smaller = cyclic << 1;
    int largerLength = 0;
    int smallerLength = 0;
    int best = atLeast;
    int candidate = root;
    for (int left = depth; ; left--) {
      int delta = place - candidate;
      if (left == 0 || delta >= cyclicSize) {
        nodes[larger] = 0;
        nodes[smaller] = 0;
        return;
      }
      int slot = cyclic - delta;
      int pair = (slot < 0 ? slot + cyclicSize : slot) << 1;
      int other = at - delta;
      int length = Math.min(largerLength, smallerLength);
      if (bytes[other + length] == bytes[at + length]) {
        length = equalLength(at, other, length + 1, lengthLimit);
        if (length > best) {
          best = length;
          lengths[matchCount] = length;
          distances[matchCount++] = delta - 1;
        }
        if (length == lengthLimit) {
          nodes[smaller] = nodes[pair];
          nodes[larger] = nodes[pair + 1];
          return;
        }
      }
      if ((bytes[other + length] & 0xff) < (bytes[at + length] & 0xff)) {
        nodes[smaller] = candidate;
        smaller = pair + 1;
        candidate = nodes[smaller];
        smallerLength = length;
      } else {
        nodes[larger] = candidate;
        larger = pair;
        candidate = nodes[larger];
        largerLength = length;
      }
    }
  }

  /** How far two places of the window agree, {@code from} on and up to {@code most}. */
  int equalLength(int at, int other, int from, int most) {
    byte[] bytes = window;
    int length = from;
    while (length < most) {
      long difference =
          (long) LONG.get(bytes, at + length) ^ (long) LONG.get(bytes, other + length);
      if (difference != 0) {
        return Math.min(most, length + (Long.numberOfTrailingZeros(difference) >>> 3));
      }
      length += Long.BYTES;
    }
    return most;
  }
}
