// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import java.util.List;
import java.util.TreeSet;

/** "Did you mean": the names nearest to one that is not there. */
final class Suggestion {
  private static final int SHOWN_MAX = 3;

  private Suggestion() {}

  /** {@code ; did you mean nginx?}, or nothing when no name is near. */
  static String of(String wanted, List<PackageIndex> indexes) {
    int best = Math.max(1, wanted.length() / 4);
    var nearest = new TreeSet<String>();
    for (PackageIndex index : indexes) {
      for (int number = 0; number < index.size(); number++) {
        String name = index.stanzas().value(number, IndexField.PACKAGE);
        if (Math.abs(name.length() - wanted.length()) > best) {
          continue;
        }
        int distance = distance(wanted, name, best);
        if (distance < best) {
          nearest.clear();
          best = distance;
        }
        if (distance <= best) {
          nearest.add(name);
        }
      }
    }
    if (nearest.isEmpty()) {
      return "";
    }
    return "; did you mean "
        + String.join(" or ", nearest.stream().limit(SHOWN_MAX).toList())
        + "?";
  }

  /** How many signs to insert, drop or replace; anything above {@code limit} when it is more. */
  private static int distance(String a, String b, int limit) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      int least = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
        least = Math.min(least, row[j]);
      }
      if (least > limit) {
        return limit + 1;
      }
    }
    return row[b.length()];
  }
}
