// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import dev.slipway.io.FormatException;
import dev.slipway.match.Alignment;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Where the bytes of the old file went in the new one.
 *
 * <p>Alignments are sorted by their new offsets and may use the same old bytes many times. Turned
 * round, an old byte belongs to the longest alignment that covers it (the earliest in the new file
 * among equals), and one that no alignment covers moves with the nearer of its neighbours, the one
 * before it when both are equally near.
 *
 * <p>Memory: 24 bytes for each alignment, twice that while the map is made.
 */
final class OffsetMap {
  private static final int BUCKET_BITS = 12;

  private final long[] starts;
  private final long[] ends;
  private final long[] shifts;
  private final int[] buckets; // the first range that ends behind each 4 KiB border
  private int count;

  private OffsetMap(int most, long oldSize) {
    starts = new long[most];
    ends = new long[most];
    shifts = new long[most];
    buckets = new int[(int) (oldSize >>> BUCKET_BITS) + 2];
  }

  /**
   * Checks that the alignments are sorted, do not overlap in the new file, and stay inside the old
   * one.
   */
  static void check(List<Alignment> alignments, long oldSize) throws FormatException {
    long end = 0;
    for (Alignment a : alignments) {
      boolean insideOld =
          a.length() > 0 && a.oldOffset() >= 0 && a.oldOffset() <= oldSize - a.length();
      if (!insideOld || a.newOffset() < end || a.newOffset() > Long.MAX_VALUE - a.length()) {
        throw new FormatException(
            "alignment of new byte "
                + a.newOffset()
                + " with old byte "
                + a.oldOffset()
                + ", length "
                + a.length()
                + ": expected in order from new byte "
                + end
                + " and within the old file's "
                + oldSize
                + " bytes");
      }
      end = a.newOffset() + a.length();
    }
  }

  static OffsetMap of(List<Alignment> alignments, long oldSize) {
    Alignment[] byOld = alignments.toArray(Alignment[]::new);
    Arrays.sort(
        byOld,
        Comparator.comparingLong(Alignment::oldOffset).thenComparingLong(Alignment::newOffset));
    var map = new OffsetMap(2 * byOld.length + 1, oldSize);
    var active =
        new PriorityQueue<Alignment>(
            Comparator.comparingLong(Alignment::length)
                .reversed()
                .thenComparingLong(Alignment::newOffset));
    int next = 0;
    long at = 0;
    while (next < byOld.length || !active.isEmpty()) {
      while (!active.isEmpty() && end(active.peek()) <= at) {
        active.poll();
      }
      if (active.isEmpty()) {
        if (next == byOld.length) {
          break;
        }
        at = Math.max(at, byOld[next].oldOffset());
      }
      while (next < byOld.length && byOld[next].oldOffset() <= at) {
        active.add(byOld[next++]);
      }
      Alignment best = active.peek();
      long until = best == null ? at : end(best);
      if (next < byOld.length) {
        until = Math.min(until, byOld[next].oldOffset());
      }
      if (best != null && until > at) {
        map.add(at, until, best.newOffset() - best.oldOffset());
        at = until;
      }
    }
    map.index();
    return map;
  }

  private static long end(Alignment a) {
    return a.oldOffset() + a.length();
  }

  private void add(long start, long end, long shift) {
    if (count > 0 && ends[count - 1] == start && shifts[count - 1] == shift) {
      ends[count - 1] = end;
      return;
    }
    starts[count] = start;
    ends[count] = end;
    shifts[count++] = shift;
  }

  private void index() {
    int range = 0;
    for (int b = 0; b < buckets.length; b++) {
      while (range < count && ends[range] <= (long) b << BUCKET_BITS) {
        range++;
      }
      buckets[b] = range;
    }
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** The new offset of an old byte; a place outside the old file moves with the file's end. */
  long map(long oldOffset) {
    long within = Math.max(0, oldOffset) >>> BUCKET_BITS;
    int bucket = (int) Math.min(buckets.length - 1, within);
    int low = buckets[bucket];
    int high = bucket + 1 < buckets.length ? buckets[bucket + 1] : count;
    while (low < high) { // the first range that ends behind the offset
      int middle = (low + high) >>> 1;
      if (ends[middle] <= oldOffset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low < count && starts[low] <= oldOffset) {
      return oldOffset + shifts[low];
    }
    boolean before =
        low == count || low > 0 && oldOffset - ends[low - 1] <= starts[low] - 1 - oldOffset;
    return oldOffset + shifts[before ? low - 1 : low];
  }

  long memoryBytes() {
    return 24L * starts.length + 4L * buckets.length;
  }
}
