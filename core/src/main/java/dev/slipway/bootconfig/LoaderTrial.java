// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import java.util.Arrays;

/**
 * Where a new boot loader stands. A disk has two places for each kind, 1 and 2; one of them is
 * confirmed, and the boot loader in it hands one start over to the other.
 *
 * <pre>
 *   --      nothing to do
 *   t1 t2   the loader in that place is whole, and is to be tried
 *   s1 s2   it was started, once; whether it got anywhere is for the running system to say
 * </pre>
 */
public enum LoaderTrial {
  NONE("--"),
  TRY_1("t1"),
  TRY_2("t2"),
  STARTED_1("s1"),
  STARTED_2("s2");

  private final String word;

  LoaderTrial(String word) {
    this.word = word;
  }

  /** A loader that is whole and shall be started once. */
  public static LoaderTrial of(int place) {
    if (place != 1 && place != 2) {
      throw new IllegalArgumentException("a boot loader lies in place 1 or 2, not " + place);
    }
    return place == 1 ? TRY_1 : TRY_2;
  }

  /** The same loader, after it was started. */
  LoaderTrial started() {
    return switch (this) {
      case TRY_1 -> STARTED_1;
      case TRY_2 -> STARTED_2;
      default -> throw new IllegalStateException("nothing is to be tried: " + word);
    };
  }

  /** What the boot store says: two characters, whatever it is. */
  public String word() {
    return word;
  }

  /** Anything that is not understood asks for nothing. */
  static LoaderTrial read(String word) {
    return Arrays.stream(values()).filter(t -> t.word.equals(word)).findFirst().orElse(NONE);
  }
}
