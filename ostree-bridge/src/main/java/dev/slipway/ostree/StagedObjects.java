// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.ostree.object.ObjectType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * Which draft holds which object: five words each in one array, for a commit of a large tree has
 * hundreds of thousands of them, and a map of names and paths takes six times as much.
 *
 * <p>The array is at most two thirds full and is searched from the place that the first bits of a
 * checksum name, so that walking it gives the objects nearly in the order of their directories. The
 * last word holds type and draft; a free slot has none. Safe for several threads.
 */
final class StagedObjects {
  /** What is done with each object. */
  @FunctionalInterface
  interface Visitor {
    void visit(ObjectName name, long draft) throws IOException;
  }

  private static final int WORDS = 5;
  private static final int DIGEST_WORDS = 4;
  private static final int FIRST_SLOTS_LOG = 6;

  /** Types are counted from 1, so the last word of a slot that is taken is never 0. */
  private static final int TYPE_SHIFT = 56;

  private int slotsLog = FIRST_SLOTS_LOG;
  private long[] slots = new long[WORDS << slotsLog];
  private int size;

  /** Remembers where an object is, in place of where it was before. */
  synchronized void put(ObjectName name, long draft) {
    insert(name, draft, true);
  }

  /** Remembers where an object is unless it is somewhere already, and says whether it was not. */
  synchronized boolean putIfAbsent(ObjectName name, long draft) {
    return insert(name, draft, false);
  }

  private boolean insert(ObjectName name, long draft, boolean replace) {
    long[] entry = entry(name, draft);
    int at = find(slots, slotsLog, entry);
    boolean isNew = slots[at + DIGEST_WORDS] == 0;
    if (isNew || replace) {
      System.arraycopy(entry, 0, slots, at, WORDS);
    }
    if (isNew) {
      size++;
      if (size * 3L > (2L << slotsLog)) {
        grow();
      }
    }
    return isNew;
  }

  /** The draft that holds an object. */
  synchronized OptionalLong draft(ObjectName name) {
    long last = slots[find(slots, slotsLog, entry(name, 0)) + DIGEST_WORDS];
    return last == 0 ? OptionalLong.empty() : OptionalLong.of(last & ~typeMask());
  }

  boolean contains(ObjectName name) {
    return draft(name).isPresent();
  }

  synchronized boolean isEmpty() {
    return size == 0;
  }

  synchronized void clear() {
    slotsLog = FIRST_SLOTS_LOG;
    slots = new long[WORDS << slotsLog];
    size = 0;
  }

  /** Shows all objects, those of one directory nearly together. */
  synchronized void forEach(Visitor visitor) throws IOException {
    for (int at = 0; at < slots.length; at += WORDS) {
      long last = slots[at + DIGEST_WORDS];
      if (last != 0) {
        ByteBuffer digest = ByteBuffer.allocate(Digest.BYTES);
        digest.asLongBuffer().put(slots, at, DIGEST_WORDS);
        ObjectType type = ObjectType.ofCode((int) (last >>> TYPE_SHIFT)).orElseThrow();
        visitor.visit(new ObjectName(Digest.fromBytes(digest.array()), type), last & ~typeMask());
      }
    }
  }

  private void grow() {
    long[] larger = new long[Math.multiplyExact(slots.length, 2)];
    for (int from = 0; from < slots.length; from += WORDS) {
      if (slots[from + DIGEST_WORDS] != 0) {
        long[] entry = Arrays.copyOfRange(slots, from, from + WORDS);
        System.arraycopy(entry, 0, larger, find(larger, slotsLog + 1, entry), WORDS);
      }
    }
    slots = larger;
    slotsLog++;
  }

  /** Where an object is, or the free slot where it would go. */
  private static int find(long[] slots, int slotsLog, long[] entry) {
    int mask = (1 << slotsLog) - 1;
    int slot = (int) (entry[0] >>> (Long.SIZE - slotsLog));
    while (true) {
      int at = slot * WORDS;
      long last = slots[at + DIGEST_WORDS];
      if (last == 0
          || (((last ^ entry[DIGEST_WORDS]) & typeMask()) == 0
              && Arrays.equals(slots, at, at + DIGEST_WORDS, entry, 0, DIGEST_WORDS))) {
        return at;
      }
      slot = (slot + 1) & mask;
    }
  }

  private static long typeMask() {
    return -1L << TYPE_SHIFT;
  }

  private static long[] entry(ObjectName name, long draft) {
    long[] words = new long[WORDS];
    ByteBuffer.wrap(name.checksum().bytes()).asLongBuffer().get(words, 0, DIGEST_WORDS);
    words[DIGEST_WORDS] = (long) name.type().code() << TYPE_SHIFT | draft;
    return words;
  }
}
