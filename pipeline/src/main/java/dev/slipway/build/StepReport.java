// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import java.util.List;

/**
 * What happened, or would happen, to one step of a build.
 *
 * @param step its name, as a user would say it
 * @param reused whether its result was there already
 * @param why what differs from the last time it ran; empty when it is reused
 */
public record StepReport(String step, boolean reused, List<String> why) {
  public StepReport {
    why = List.copyOf(why);
  }

  /** {@code root file system: made again, because packages changed}. */
  @Override
  public String toString() {
    return reused ? step + ": reused" : step + ": made, because " + String.join("; ", why);
  }
}
