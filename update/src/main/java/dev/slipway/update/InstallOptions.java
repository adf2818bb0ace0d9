// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.bootconfig.Slot;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * How an update is installed.
 *
 * @param state a directory that stays over restarts: where the work stands, and temporary files
 * @param running the slot that runs; nothing when the disk is no machine's that is running, and
 *     then the slot that was confirmed last counts as the running one
 * @param now what the clock says, to judge the bundle's expiry
 * @param allowOlder whether a release may be installed that is older than the running one
 * @param pace how fast, and whether still
 * @param keepsFetched whether what was read of a delta is kept in the state directory until it is
 *     installed: for bundles that come over a line, so that nothing is fetched twice
 */
public record InstallOptions(
    Path state,
    Optional<Slot> running,
    Instant now,
    boolean allowOlder,
    Pace pace,
    boolean keepsFetched) {
  public InstallOptions {
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(running, "running");
    Objects.requireNonNull(now, "now");
    Objects.requireNonNull(pace, "pace");
  }

  /** For bundles that are at hand. */
  public InstallOptions(
      Path state, Optional<Slot> running, Instant now, boolean allowOlder, Pace pace) {
    this(state, running, now, allowOlder, pace, false);
  }
}
