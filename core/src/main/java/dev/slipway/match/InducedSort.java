// SPDX-License-Identifier: Apache-2.0
package dev.slipway.match;

import java.util.Arrays;
import java.util.BitSet;

/** One level of sorting suffixes by induction; see {@link SuffixArray} for the idea. */
final class InducedSort {
  private static final int NONE = -1;

  private final int[] text;
  private final int[] order;

  /** Set where the suffix is smaller than its right neighbour. The last one never is. */
  private final BitSet rising;

  /** {@code starts[c]} is where suffixes that start with letter c begin in the order. */
  private final int[] starts;

  private InducedSort(int[] text, int[] order, int letters) {
    this.text = text;
    this.order = order;
    rising = new BitSet(text.length);
    for (int i = text.length - 2; i >= 0; i--) {
      if (text[i] < text[i + 1] || (text[i] == text[i + 1] && rising.get(i + 1))) {
        rising.set(i);
      }
    }
    starts = new int[letters + 1];
    for (int letter : text) {
      starts[letter + 1]++;
    }
    for (int i = 0; i < letters; i++) {
      starts[i + 1] += starts[i];
    }
  }

  /**
   * Fills {@code order} with the starts of the suffixes in their order.
   *
   * @param letters how many letters there are: all of the text are smaller
   */
  static void sort(int[] text, int[] order, int letters) {
    if (text.length > 0) {
      new InducedSort(text, order, letters).sort();
    }
  }

  private void sort() {
    int[] lms = leftmostRising();
    induce(lms);
    int[] sorted = sortedByName(lms);
    induce(sorted);
  }

  private boolean isLeftmostRising(int i) {
    return i > 0 && rising.get(i) && !rising.get(i - 1);
  }

  private int[] leftmostRising() {
    int[] found = new int[text.length / 2 + 1];
    int count = 0;
    for (int i = rising.nextSetBit(0); i >= 0; i = rising.nextSetBit(i + 1)) {
      if (i > 0) {
        found[count++] = i;
      }
      i = rising.nextClearBit(i) - 1;
    }
    return Arrays.copyOf(found, count);
  }

  /** Derives the order of all suffixes from that of the leftmost rising ones. */
  private void induce(int[] lms) {
    Arrays.fill(order, NONE);
    int[] ends = Arrays.copyOfRange(starts, 1, starts.length);
    for (int i = lms.length - 1; i >= 0; i--) {
      order[--ends[text[lms[i]]]] = lms[i];
    }
    int[] heads = starts.clone();
    int last = text.length - 1; // what an end behind the text, smaller than all, would induce
    order[heads[text[last]]++] = last;
    for (int i = 0; i < order.length; i++) {
      int before = order[i] - 1;
      if (before >= 0 && !rising.get(before)) {
        order[heads[text[before]]++] = before;
      }
    }
    ends = Arrays.copyOfRange(starts, 1, starts.length);
    for (int i = order.length - 1; i >= 0; i--) {
      int before = order[i] - 1;
      if (before >= 0 && rising.get(before)) {
        order[--ends[text[before]]] = before;
      }
    }
  }

  /**
   * The leftmost rising suffixes in their true order, when {@code order} sorts their substrings.
   */
  private int[] sortedByName(int[] lms) {
    int[] bySubstring = new int[lms.length];
    int count = 0;
    for (int suffix : order) {
      if (isLeftmostRising(suffix)) {
        bySubstring[count++] = suffix;
      }
    }
    int[] names = order; // its content is spent: names lie at half their suffix's position
    Arrays.fill(names, NONE);
    int name = -1;
    int previous = NONE;
    for (int suffix : bySubstring) {
      if (previous == NONE || !sameSubstring(previous, suffix)) {
        name++;
      }
      names[suffix >> 1] = name; // no two of them are neighbours
      previous = suffix;
    }
    if (name + 1 == lms.length) {
      return bySubstring;
    }
    int[] reduced = new int[lms.length];
    for (int i = 0; i < lms.length; i++) {
      reduced[i] = names[lms[i] >> 1];
    }
    int[] reducedOrder = bySubstring; // spent as well
    sort(reduced, reducedOrder, name + 1);
    for (int i = 0; i < reducedOrder.length; i++) {
      reducedOrder[i] = lms[reducedOrder[i]];
    }
    return reducedOrder;
  }

  /** Whether the substrings up to the next leftmost rising suffix, inclusive, are the same. */
  private boolean sameSubstring(int one, int other) {
    for (int i = 0; ; i++) {
      if (one + i == text.length || other + i == text.length) {
        return false;
      }
      boolean oneEnds = i > 0 && isLeftmostRising(one + i);
      boolean otherEnds = i > 0 && isLeftmostRising(other + i);
      if (text[one + i] != text[other + i] || oneEnds != otherEnds) {
        return false;
      }
      if (oneEnds) {
        return true;
      }
    }
  }
}
