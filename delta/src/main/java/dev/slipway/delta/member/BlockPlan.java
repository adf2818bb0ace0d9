// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import java.io.IOException;

/** Where blocks end and how they look, for streams whose blocks do not follow the rules. */
interface BlockPlan {

  /** How a block is written. */
  enum Shape {
    /** As is cheapest, which is the rule. */
    CHEAPEST,
    STORED,
    FIXED,
    /** With the code that fits its symbols best. */
    DYNAMIC,
    /** With a code that is given. */
    GIVEN
  }

  /**
   * A block.
   *
   * @param end the plain text's position behind it
   * @param last whether it is the last one
   * @param codes for {@link Shape#GIVEN}, else {@code null}
   */
  record Block(long end, boolean last, Shape shape, GivenCodes codes) {}

  /** The next block. */
  Block nextBlock() throws IOException;

  /**
   * Told what the rules would have made of a block.
   *
   * @param cheapest the shape: stored, fixed or dynamic
   * @param best the code that fits its symbols best
   */
  default void compare(Block block, Shape cheapest, BlockHeader best) throws IOException {}
}
