// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** The headers of both files, and which section of the one is which of the other. */
final class Layout {
  static final int NONE = -1;

  final ElfHeaders before;

  /** As the decoder knows them: a section without a counterpart has no name. */
  final ElfHeaders after;

  private final int[] oldIndex; // by new section
  private final int[] newIndex; // by old section

  Layout(ElfHeaders before, ElfHeaders after, int[] oldIndex) {
    this.before = before;
    this.after = after;
    this.oldIndex = oldIndex.clone();
    this.newIndex = invert(oldIndex, before.sections.size());
  }

  /** Pairs the sections by name, the first with the first where a name occurs many times. */
  static Layout pair(ElfHeaders before, ElfHeaders after) {
    Map<String, Deque<Integer>> byName = new HashMap<>();
    for (int i = 0; i < before.sections.size(); i++) {
      byName.computeIfAbsent(before.sections.get(i).name(), n -> new ArrayDeque<>()).add(i);
    }
    var oldIndex = new int[after.sections.size()];
    for (int i = 0; i < oldIndex.length; i++) {
      Deque<Integer> left = byName.get(after.sections.get(i).name());
      oldIndex[i] = left == null || left.isEmpty() ? NONE : left.remove();
    }
    return new Layout(before, after, oldIndex);
  }

  static int[] invert(int[] oldIndex, int oldCount) {
    var newIndex = new int[oldCount];
    Arrays.fill(newIndex, NONE);
    for (int i = 0; i < oldIndex.length; i++) {
      if (oldIndex[i] != NONE) {
        newIndex[oldIndex[i]] = i;
      }
    }
    return newIndex;
  }

  /** The number of the old section that a new one continues, or {@link #NONE}. */
  int oldIndex(int newSection) {
    return oldIndex[newSection];
  }

  /** The number of the new section that continues an old one, or {@link #NONE}. */
  int newIndex(int oldSection) {
    return oldSection >= 0 && oldSection < newIndex.length ? newIndex[oldSection] : NONE;
  }

  /** What a section number becomes; reserved and unknown numbers stay. */
  static long mapped(int[] newIndex, long oldSection) {
    boolean known = oldSection >= 0 && oldSection < newIndex.length;
    return known && newIndex[(int) oldSection] != NONE ? newIndex[(int) oldSection] : oldSection;
  }

  long mappedSection(long oldSection) {
    return mapped(newIndex, oldSection);
  }
}
