// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Pairs the items of two sequences of hashes: runs that occur once in either are anchors, and grow
 * both ways while the hashes agree, as do the beginnings and the ends. Gaps of equal length between
 * neighbouring pairs are taken to be items that changed.
 */
final class SequenceMatcher {
  private static final int RUN = 6;
  private static final int MANY = -2;

  private final int[] before;
  private final int[] after;
  private final int[] pairs; // by old item: the new item or -1
  private final boolean[] taken;

  private SequenceMatcher(int[] before, int[] after) {
    this.before = before;
    this.after = after;
    this.pairs = new int[before.length];
    this.taken = new boolean[after.length];
    Arrays.fill(pairs, -1);
  }

  /** For each old item the new one, or -1. */
  static int[] match(int[] before, int[] after) {
    var matcher = new SequenceMatcher(before, after);
    matcher.anchors();
    matcher.grow(-1, -1, 1);
    matcher.grow(before.length, after.length, -1);
    matcher.gaps();
    return matcher.pairs;
  }

  private static int run(int[] items, int at) {
    int hash = 17;
    for (int k = 0; k < RUN; k++) {
      hash = hash * 0x9E37_79B1 + items[at + k];
    }
    return hash;
  }

  private static Map<Integer, Integer> unique(int[] items) {
    var places = new HashMap<Integer, Integer>();
    for (int i = 0; i <= items.length - RUN; i++) {
      places.merge(run(items, i), i, (a, b) -> MANY);
    }
    return places;
  }

  private void anchors() {
    Map<Integer, Integer> ours = unique(before);
    Map<Integer, Integer> theirs = unique(after);
    for (int i = 0; i <= before.length - RUN; i++) {
      int hash = run(before, i);
      int place = theirs.getOrDefault(hash, MANY);
      if (pairs[i] < 0 && place >= 0 && !taken[place] && ours.get(hash) == i) {
        grow(i - 1, place - 1, 1);
        grow(i, place, -1);
      }
    }
  }

  /** Pairs what follows two places, or precedes them, as long as it agrees. */
  private void grow(int old, int now, int step) {
    int i = old + step;
    int j = now + step;
    while (i >= 0
        && j >= 0
        && i < before.length
        && j < after.length
        && pairs[i] < 0
        && !taken[j]
        && before[i] == after[j]) {
      pairs[i] = j;
      taken[j] = true;
      i += step;
      j += step;
    }
  }

  private void gaps() {
    int old = -1;
    int now = -1;
    for (int i = 0; i <= before.length; i++) {
      int j = i == before.length ? after.length : pairs[i];
      if (j < 0) {
        continue;
      }
      if (i - old == j - now) {
        for (int k = 1; k < i - old; k++) {
          if (!taken[now + k]) {
            pairs[old + k] = now + k;
            taken[now + k] = true;
          }
        }
      }
      old = i;
      now = j;
    }
  }
}
