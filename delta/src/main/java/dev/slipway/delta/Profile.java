// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.coding.LaneOptions.Effort;
import dev.slipway.match.Matching.Thoroughness;

/** How much work making a delta may be. Applying one costs about the same for all. */
public enum Profile {
  /** Made in seconds; compressed members stay closed, references in machine code as they are. */
  FAST(Thoroughness.FAST, Effort.FAST, false),

  /** The default: most of what {@link #MAX} saves, for much less work. */
  BALANCED(Thoroughness.BALANCED, Effort.NORMAL, true),

  /** As small as can be. */
  MAX(Thoroughness.MAX, Effort.BEST, true);

  private final Thoroughness thoroughness;
  private final Effort effort;
  private final boolean looksInside;

  Profile(Thoroughness thoroughness, Effort effort, boolean looksInside) {
    this.thoroughness = thoroughness;
    this.effort = effort;
    this.looksInside = looksInside;
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
}
