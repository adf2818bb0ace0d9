// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Many digests in little memory: 32 bytes each in one array that is at most two thirds full, found
 * by their own first bits, where a set of objects takes five times as much.
 */
final class DigestSet {
  private static final int WORDS = 4;
  private static final int FIRST_SLOTS = 64;

  private long[] slots = new long[FIRST_SLOTS * WORDS];
  private int size;

  /** The digest of all zeros marks a free slot, so it is kept apart. */
  private boolean hasZero;

  /** Says whether it was new. */
  boolean add(Digest digest) {
    long[] words = words(digest);
    if (isZero(words, 0)) {
      boolean isNew = !hasZero;
      hasZero = true;
      return isNew;
    }
    int at = find(slots, words);
    if (!isZero(slots, at)) {
      return false;
    }
    System.arraycopy(words, 0, slots, at, WORDS);
    size++;
    if (size * 3L > slots.length / WORDS * 2L) {
      grow();
    }
    return true;
  }

  boolean contains(Digest digest) {
    long[] words = words(digest);
    return isZero(words, 0) ? hasZero : !isZero(slots, find(slots, words));
  }

  int size() {
    return size + (hasZero ? 1 : 0);
  }

  /** Shows all digests, in no order. */
  void forEach(Consumer<Digest> action) {
    for (int at = 0; at < slots.length; at += WORDS) {
      if (!isZero(slots, at)) {
        ByteBuffer bytes = ByteBuffer.allocate(Digest.BYTES);
        bytes.asLongBuffer().put(slots, at, WORDS);
        action.accept(Digest.fromBytes(bytes.array()));
      }
    }
    if (hasZero) {
      action.accept(Digest.fromBytes(new byte[Digest.BYTES]));
    }
  }

  private void grow() {
    long[] larger = new long[Math.multiplyExact(slots.length, 2)];
    for (int from = 0; from < slots.length; from += WORDS) {
      if (!isZero(slots, from)) {
        long[] words = Arrays.copyOfRange(slots, from, from + WORDS);
        System.arraycopy(words, 0, larger, find(larger, words), WORDS);
      }
    }
    slots = larger;
  }

  /** Where a digest is, or the free slot where it would go. */
  private static int find(long[] slots, long[] words) {
    int mask = slots.length / WORDS - 1;
    int slot = (int) words[0] & mask;
    while (true) {
      int at = slot * WORDS;
      if (isZero(slots, at) || Arrays.equals(slots, at, at + WORDS, words, 0, WORDS)) {
        return at;
      }
      slot = (slot + 1) & mask;
    }
  }

  private static boolean isZero(long[] words, int at) {
    return (words[at] | words[at + 1] | words[at + 2] | words[at + 3]) == 0;
  }

  private static long[] words(Digest digest) {
    long[] words = new long[WORDS];
    ByteBuffer.wrap(digest.bytes()).asLongBuffer().get(words);
    return words;
  }
}
