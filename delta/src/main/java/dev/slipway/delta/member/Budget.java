// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.FormatException;

/**
 * What opened members may cost the one who puts them together again.
 *
 * @param nanos CPU time, in nanoseconds as {@link Rebuild#nanosPerByte} reckons
 * @param memoryBytes memory for unpacking or rebuilding a member
 */
public record Budget(long nanos, long memoryBytes) {
  /** Whatever it costs. */
  public static final Budget UNLIMITED = new Budget(Long.MAX_VALUE, Long.MAX_VALUE);

  /** Whether rebuilding a member by a recipe costs no more. */
  public boolean allows(byte[] recipe, Member member) throws FormatException {
    return recipe.length + Rebuild.memoryBytes(recipe) <= memoryBytes
        && nanos(recipe, member) <= nanos;
  }

  /** What rebuilding a member costs, in nanoseconds. */
  public static long nanos(byte[] recipe, Member member) throws FormatException {
    return Rebuild.nanosPerByte(recipe) * member.plainLength();
  }

  /** What is left of it after a cost in time. */
  public Budget less(long spent) {
    return new Budget(nanos - spent, memoryBytes);
  }
}
