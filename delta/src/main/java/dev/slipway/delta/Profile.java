// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.coding.LaneOptions.Effort;
import dev.slipway.delta.member.Budget;
import dev.slipway.match.Matching.Thoroughness;
import java.util.concurrent.TimeUnit;

/** How much work making a delta may be. Applying one costs about the same for all. */
public enum Profile {
  /** Made in seconds; compressed members stay closed, references in machine code as they are. */
  FAST(Thoroughness.FAST, Effort.FAST, false, 0),

  /**
   * The default: most of what {@link #MAX} saves, for much less work. Rebuilding members takes the
   * one who applies at most 4 seconds of a server's core.
   */
  BALANCED(Thoroughness.BALANCED, Effort.NORMAL, true, 4),

  /** As small as can be, while rebuilding members takes at most 8 such seconds. */
  MAX(Thoroughness.MAX, Effort.BEST, true, 8);

  /**
   * Memory for unpacking or rebuilding a member: with the dictionaries of the lanes it must fit
   * into the heap of a small device.
   */
  private static final long MEMBER_MEMORY = 24 << 20;

  private final Thoroughness thoroughness;
  private final Effort effort;
  private final boolean looksInside;
  private final int rebuildSeconds;

  Profile(Thoroughness thoroughness, Effort effort, boolean looksInside, int rebuildSeconds) {
    this.thoroughness = thoroughness;
    this.effort = effort;
    this.looksInside = looksInside;
    this.rebuildSeconds = rebuildSeconds;
  }

  Thoroughness thoroughness() {
    return thoroughness;
  }

  Effort effort() {
    return effort;
  }

  /** Whether compressed members are opened and references in machine code predicted. */
  boolean looksInside() {
    return looksInside;
  }

  /** What opened members may cost the one who applies; the others stay closed. */
  Budget budget() {
    return new Budget(TimeUnit.SECONDS.toNanos(rebuildSeconds), MEMBER_MEMORY);
  }
}
