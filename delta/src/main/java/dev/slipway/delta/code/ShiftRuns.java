// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import dev.slipway.io.FormatException;
import java.util.Arrays;

/**
 * A map from old numbers to new ones that mostly keeps the distance between neighbours: from each
 * listed number on, up to the next one, the same is added.
 */
final class ShiftRuns {
  /** Bounds a map to 6 MiB whatever the input says. */
  private static final int MOST = 1 << 19;

  static final ShiftRuns NONE = new ShiftRuns(new int[0], new int[0], 0);

  private int[] starts;
  private int[] shifts;
  private int count;

  private ShiftRuns(int[] starts, int[] shifts, int count) {
    this.starts = starts;
    this.shifts = shifts;
    this.count = count;
  }

  /**
   * The map through all of these pairs.
   *
   * @param olds ascending, none twice
   * @param news as many
   */
  static ShiftRuns through(int[] olds, int[] news, int count) {
    var runs = new ShiftRuns(new int[16], new int[16], 0);
    int shift = 0;
    for (int i = 0; i < count && runs.count < MOST; i++) {
      if (news[i] - olds[i] != shift) {
        shift = news[i] - olds[i];
        runs.add(olds[i], shift);
      }
    }
    return runs;
  }

  private void add(int start, int shift) {
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, 2 * count);
      shifts = Arrays.copyOf(shifts, 2 * count);
    }
    starts[count] = start;
    shifts[count++] = shift;
  }

  long map(long number) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (starts[middle] <= number) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0 ? number : number + shifts[low - 1];
  }

  int count() {
    return count;
  }

  long memoryBytes() {
    return 8L * starts.length;
  }

  void write(SideWriter out) {
    out.number(count);
    int start = 0;
    for (int i = 0; i < count; i++) {
      out.number(starts[i] - start);
      start = starts[i];
    }
    int shift = 0;
    for (int i = 0; i < count; i++) {
      out.signed(shifts[i] - (long) shift);
      shift = shifts[i];
    }
  }

  static ShiftRuns read(SideReader in, String field) throws FormatException {
    int count = in.items(field, 2);
    if (count > MOST) {
      throw in.error(field, count + ", at most " + MOST + " expected");
    }
    var starts = new int[count];
    var shifts = new int[count];
    long start = 0;
    for (int i = 0; i < count; i++) {
      start += in.count(field, (int) (Integer.MAX_VALUE - start));
      starts[i] = (int) start;
    }
    int shift = 0;
    for (int i = 0; i < count; i++) {
      shift += (int) in.signed(field);
      shifts[i] = shift;
    }
    return new ShiftRuns(starts, shifts, count);
  }
}
