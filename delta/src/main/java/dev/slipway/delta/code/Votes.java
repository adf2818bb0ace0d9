// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Collects where wrongly mapped targets really went, and settles on the corrections that pay: those
 * that set right at least {@link #WORTH} more fields than they spoil.
 */
final class Votes extends Trial {
  private static final int VOTES_MOST = 1 << 20;
  private static final int WORTH = 2;

  private final AddressMap map;
  private final List<Vote> votes = new ArrayList<>();

  private record Vote(long target, long actual) {}

  Votes(AddressMap map, PagedBytes newFile) {
    super(map, 0, newFile);
    this.map = map;
  }

  @Override
  void field(FieldKind kind, long newPosition, int bytes, long value, long target, long actual) {
    if (target == AddressMap.NONE || votes.size() == VOTES_MOST) {
      return;
    }
    long where = map.map(target) + (actual - value);
    if (map.after().sectionAt(where) >= 0) {
      votes.add(new Vote(target, where));
    }
  }

  /** The corrections to a map that has none yet. */
  Corrections settle() {
    votes.sort(Comparator.comparingLong(Vote::target).thenComparingLong(Vote::actual));
    var oldAddresses = new long[votes.size()];
    var newAddresses = new long[votes.size()];
    int count = 0;
    int next;
    for (int i = 0; i < votes.size() && count < Corrections.MOST; i = next) {
      long target = votes.get(i).target();
      long mapped = map.map(target);
      long best = mapped;
      int most = 0;
      int right = 0;
      next = i;
      while (next < votes.size() && votes.get(next).target() == target) {
        long actual = votes.get(next).actual();
        int from = next;
        while (next < votes.size()
            && votes.get(next).target() == target
            && votes.get(next).actual() == actual) {
          next++;
        }
        if (actual == mapped) {
          right = next - from;
        } else if (next - from > most) {
          most = next - from;
          best = actual;
        }
      }
      if (most >= right + WORTH) {
        oldAddresses[count] = target;
        newAddresses[count++] = best;
      }
    }
    return new Corrections(Arrays.copyOf(oldAddresses, count), Arrays.copyOf(newAddresses, count));
  }
}
