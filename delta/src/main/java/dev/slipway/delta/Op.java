// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

/** One step of the recipe that a delta is. Each makes the next bytes of the target. */
sealed interface Op {

  /** The target is complete. */
  record End() implements Op {}

  /** So many zeros. */
  record Zeros(long length) implements Op {}

  /** So many bytes from the literals. */
  record Literal(long length) implements Op {}

  /** So many bytes as they are at a place. */
  record Copy(long length, Place from) implements Op {}

  /** So many bytes as predicted from those at a place, plus differences. */
  record Diff(long length, Place from) implements Op {}

  /**
   * A compressed member of the target. The ops that follow make its plain text, and the recipe, of
   * so many bytes in the sides, turns that into the member.
   *
   * @param keep whether later ops copy from the plain text
   */
  record Member(long length, long plainLength, int recipeLength, boolean keep) implements Op {}

  /**
   * An executable file. The ops that follow make it, and those that take differences from within
   * the old file have their bytes predicted by the model that the sides describe.
   *
   * @param count how many ops it takes
   */
  record Code(long length, Place oldFile, long oldLength, int sideLength, int count)
      implements Op {}
}
