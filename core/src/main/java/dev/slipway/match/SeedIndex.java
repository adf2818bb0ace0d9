// SPDX-License-Identifier: Apache-2.0
package dev.slipway.match;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Where sampled pieces of {@value #SEED} bytes lie, by their hash.
 *
 * <p>A table of ints in buckets of {@value #WAYS}. An entry is the number of the sample, counted
 * through all areas, with as much of the hash in the bits left over as there is room for, which
 * spares most looks at bytes that turn out to be others. A full bucket keeps what came first, so
 * what is indexed first is preferred, and the result depends on the order of adding alone. Words
 * that repeat themselves (zeros, fill bytes) are left out: they would flood a bucket and lead
 * nowhere.
 *
 * <p>A sample at every {@code step} bytes finds every match of at least {@code SEED + step - 1}
 * bytes. Memory: 5 bytes a place, of which one half to all are taken.
 *
 * <p>Most lookups find nothing, and each would be a cache miss. So a table of bits stands in front,
 * {@value #BITS_PER_PLACE} for each place, in which a bit is set for each sample: it is a quarter
 * of the size, and since nothing depends on what a bit says but whether to stop, the processor
 * looks at many ahead.
 */
public final class SeedIndex {
  /** How many bytes a seed has. */
  static final int SEED = 24;

  static final int WAYS = 4;

  private static final int BITS_PER_PLACE = 8;

  private static final int READ = 1 << 16;
  private static final int BATCH = 1 << 8;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long MIX = 0x9FB21C651E98DF25L;
  private static final long PRIME = 0x9E3779B97F4A7C15L;

  private final ByteSpace space;
  private final int stepBits;
  private final long[] firstSamples;
  private final int[] entries;
  private final int bucketBits;
  private final int tagShift;
  private final long[] known;
  private final int knownShift;

  /** What is added at the moment: some bytes, and the hashes of some samples. */
  private final byte[] bytes = new byte[READ];

  private final long[] hashes = new long[BATCH];

  /** Keeps the compiler from leaving out what only fetches. */
  private int sink;

  /**
   * An empty index.
   *
   * @param areas how many areas of the space will be indexed, from the first on
   * @param step the distance of samples, a power of two
   * @param memoryBytes how much the table may take
   * @param samples about how many samples will be added
   */
  SeedIndex(ByteSpace space, int areas, int step, long samples, long memoryBytes) {
    this.space = space;
    stepBits = Integer.numberOfTrailingZeros(step);
    firstSamples = new long[areas + 1];
    for (int i = 0; i < areas; i++) {
      firstSamples[i + 1] = firstSamples[i] + (space.size(i) >>> stepBits) + 1;
    }
    // At this load, one to two samples a bucket, hardly a bucket is ever full.
    long wanted = Math.min(samples * 2, Math.min(memoryBytes / (Integer.BYTES + 1), 1L << 29));
    bucketBits = Math.max(4, 63 - Long.numberOfLeadingZeros(wanted / WAYS));
    entries = new int[WAYS << bucketBits];
    known = new long[entries.length / (Long.SIZE / BITS_PER_PLACE)];
    knownShift = Long.numberOfLeadingZeros((long) entries.length * BITS_PER_PLACE - 1);
    tagShift = 64 - Long.numberOfLeadingZeros(firstSamples[areas] + 1);
    if (tagShift > Integer.SIZE) {
      throw new IllegalArgumentException(
          "a step of " + step + " is too small to number samples of so many bytes");
    }
  }

  /** The smallest step, at least so much, for which samples of so many bytes can be numbered. */
  static int numberableStep(int step, long bytes) {
    int enough = step;
    while (bytes / enough >= 1L << 31) {
      enough *= 2;
    }
    return enough;
  }

  /**
   * Adds the samples of a range.
   *
   * @param every how many samples of the index to go on each time: 1 for all
   */
  void add(long start, long end, int every) throws IOException {
    long step = (long) every << stepBits;
    long at = roundUp(start, step);
    while (at + SEED <= end) {
      int length = (int) Math.min(end - at, READ);
      space.read(at, bytes, 0, length);
      int place = 0;
      while (place + SEED <= length) {
        int count = 0;
        for (; count < BATCH && place + SEED <= length; count++, place += (int) step) {
          hashes[count] = hash(bytes, place);
        }
        put(count, at + place - count * step, step);
      }
      at += place;
    }
  }

  /** The seed's hash, or 0 for one that is not worth looking for. */
  private static long hash(byte[] bytes, int at) {
    long a = (long) LONG.get(bytes, at);
    long b = (long) LONG.get(bytes, at + 8);
    long c = (long) LONG.get(bytes, at + 16);
    return a == b && b == c ? 0 : mix(a, b, c);
  }

  /**
   * Adds samples that lie a step apart. Each misses the caches twice, so many are fetched at once
   * before the first of them is looked at.
   */
  private void put(int count, long first, long step) {
    int fetched = 0;
    for (int i = 0; i < count; i++) {
      long hash = hashes[i];
      if (hash != 0) {
        known[(int) (hash >>> knownShift + 6)] |= 1L << (hash >>> knownShift);
        fetched |= entries[bucket(hash)];
      }
    }
    sink = fetched;
    for (int i = 0; i < count; i++) {
      if (hashes[i] != 0) {
        put(hashes[i], first + i * step);
      }
    }
  }

  private static long roundUp(long value, long step) {
    return value + step - 1 & -step;
  }

  private void put(long hash, long address) {
    int slot = bucket(hash);
    int entry = entry(hash, address);
    for (int i = 0; i < WAYS; i++) {
      if (entries[slot + i] == 0) {
        entries[slot + i] = entry;
        return;
      }
    }
  }

  private int entry(long hash, long address) {
    long sample =
        firstSamples[ByteSpace.area(address)] + (ByteSpace.offset(address) >>> stepBits) + 1;
    return (int) (sample | tag(hash));
  }

  private long tag(long hash) {
    return tagShift == Integer.SIZE ? 0 : hash << tagShift;
  }

  /** The seed's hash, or 0 for one that is not worth looking for. */
  long hash(long address) {
    long a = space.word(address);
    long b = space.word(address + 8);
    long c = space.word(address + 16);
    return a == b && b == c ? 0 : mix(a, b, c);
  }

  private static long mix(long a, long b, long c) {
    long h = (a * PRIME ^ Long.rotateLeft(b, 23)) * MIX;
    h = (h ^ h >>> 29 ^ c) * PRIME;
    return h ^ h >>> 32;
  }

  /**
   * Looks for a place whose seed may have been added. Seeds that repeat themselves count as well,
   * though they never were.
   *
   * @param bytes what to look at; {@value #SEED} bytes must follow each place
   * @return the first such place; the end if there is none
   */
  int nextKnown(byte[] bytes, int start, int end) {
    for (int at = start; at < end; at++) {
      long hash =
          mix(
              (long) LONG.get(bytes, at),
              (long) LONG.get(bytes, at + 8),
              (long) LONG.get(bytes, at + 16));
      if ((known[(int) (hash >>> knownShift + 6)] >>> (hash >>> knownShift) & 1) != 0) {
        return at;
      }
    }
    return end;
  }

  /** Where the bucket of a hash starts. */
  int bucket(long hash) {
    return (int) (hash >>> 64 - bucketBits) * WAYS;
  }

  /**
   * The address in a place of a bucket; -1 when it is empty or surely that of other bytes. The
   * bytes there may still be others.
   */
  long candidate(int place, long hash) {
    int entry = entries[place];
    if (entry == 0) {
      return -1;
    }
    long number = entry & 0xffff_ffffL;
    if (tagShift < Integer.SIZE) {
      if ((entry ^ (int) tag(hash)) >>> tagShift != 0) {
        return -1;
      }
      number &= (1L << tagShift) - 1;
    }
    number--;
    int area = 0;
    while (number >= firstSamples[area + 1]) {
      area++;
    }
    return ByteSpace.base(area) + (number - firstSamples[area] << stepBits);
  }
}
