// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Learns where a kernel's types and names went from what its modules, and if it is among the files
 * the kernel itself, refer to in the same places.
 *
 * <p>How many types a kernel has is nowhere in a module. It must be so many that the greatest
 * number that occurs is still one of the module's types; and of those that fit, the right one makes
 * every function's type a prototype.
 */
final class BtfLearner {
  private static final int CANDIDATES = 64;
  private static final int PAIRS_MOST = 1 << 22;

  private final Map<Long, Integer> types = new HashMap<>(); // old << 32 | new: how often
  private final Map<Long, Integer> text = new HashMap<>();
  private final BaseCount oldBase = new BaseCount();
  private final BaseCount newBase = new BaseCount();

  /** What files tell of the size of their kernel's tables. */
  private static final class BaseCount {
    private final Map<Integer, Integer> text = new TreeMap<>();
    private final Map<Integer, Integer> fitting = new TreeMap<>();
    private int least;
    private int exact;
    private int exactText;

    void add(BtfShapes shapes) {
      if (shapes.baseText() == 0) {
        exact = shapes.count();
        exactText = shapes.textBytes();
        return;
      }
      text.merge(shapes.baseText(), 1, Integer::sum);
      int lower = shapes.greatestReference() - shapes.count();
      least = Math.max(least, lower);
      for (int types = lower; types < lower + CANDIDATES; types++) {
        if (shapes.fits(types)) {
          fitting.merge(types, 1, Integer::sum);
        }
      }
    }

    int types() {
      return exact > 0 ? exact : most(fitting, least);
    }

    int text() {
      return exact > 0 ? exactText : most(text, 0);
    }

    private static int most(Map<Integer, Integer> votes, int least) {
      int best = least;
      int most = 0;
      for (var vote : votes.entrySet()) {
        if (vote.getKey() >= least && vote.getValue() > most) {
          most = vote.getValue();
          best = vote.getKey();
        }
      }
      return best;
    }
  }

  void add(PagedBytes before, ElfHeaders oldHeaders, PagedBytes after, ElfHeaders newHeaders)
      throws IOException {
    BtfShapes old = BtfShapes.read(before, oldHeaders);
    BtfShapes now = BtfShapes.read(after, newHeaders);
    if (old == null || now == null || (old.baseText() == 0) != (now.baseText() == 0)) {
      return;
    }
    oldBase.add(old);
    newBase.add(now);
    int[] pairs = SequenceMatcher.match(old.shapes(), now.shapes());
    for (int i = 0; i < pairs.length; i++) {
      int j = pairs[i];
      if (j >= 0 && old.info(i) == now.info(j)) {
        if (old.baseText() == 0) {
          vote(types, i + 1, j + 1);
        }
        votes(old, i, now, j);
      }
    }
  }

  private void votes(BtfShapes old, int i, BtfShapes now, int j) {
    for (int w = 0; w < old.words(i); w++) {
      int a = old.word(i, w);
      int b = now.word(j, w);
      if (old.isType(i, w)) {
        vote(types, a, b);
      } else if (old.isName(i, w)
          && (old.baseText() == 0 || a < old.baseText() && b < now.baseText())) {
        vote(text, a, b);
      }
    }
  }

  private static void vote(Map<Long, Integer> votes, int a, int b) {
    if (a > 0 && b > 0 && votes.size() < PAIRS_MOST) {
      votes.merge((long) a << 32 | b, 1, Integer::sum);
    }
  }

  BtfContext learned() {
    int oldTypes = oldBase.types();
    int newTypes = newBase.types();
    if (oldTypes <= 0 || newTypes <= 0) {
      return BtfContext.NONE;
    }
    return new BtfContext(
        oldTypes,
        newTypes,
        oldBase.text(),
        newBase.text(),
        runs(types, oldTypes, newTypes),
        runs(text, oldBase.text() - 1, newBase.text() - 1));
  }

  /** The most frequent new number for each old one, up to the greatest of either. */
  private static ShiftRuns runs(Map<Long, Integer> votes, int oldMost, int newMost) {
    long[] pairs = votes.keySet().stream().mapToLong(k -> k).sorted().toArray();
    var olds = new int[pairs.length];
    var news = new int[pairs.length];
    var weights = new int[pairs.length];
    int count = 0;
    for (int i = 0; i < pairs.length; ) {
      int old = (int) (pairs[i] >>> 32);
      int best = 0;
      int most = 0;
      for (; i < pairs.length && (int) (pairs[i] >>> 32) == old; i++) {
        int now = (int) pairs[i];
        if (now <= newMost && votes.get(pairs[i]) > most) {
          most = votes.get(pairs[i]);
          best = now;
        }
      }
      if (most > 0 && old <= oldMost) {
        olds[count] = old;
        news[count] = best;
        weights[count++] = most;
      }
    }
    int kept = withoutStrays(olds, news, weights, count);
    return ShiftRuns.through(olds, news, kept);
  }

  /**
   * Drops what was seen once and fits neither neighbour: to write it down would cost more than it
   * gains. Answers how many are left.
   */
  private static int withoutStrays(int[] olds, int[] news, int[] weights, int count) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int shift = news[i] - olds[i];
      boolean likeBefore = kept > 0 && news[kept - 1] - olds[kept - 1] == shift;
      boolean likeNext = i + 1 < count && news[i + 1] - olds[i + 1] == shift;
      if (weights[i] > 1 || likeBefore || likeNext) {
        olds[kept] = olds[i];
        news[kept++] = news[i];
      }
    }
    return kept;
  }
}
