// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What a machine knows of itself when it is asked to install a bundle.
 *
 * @param compatible the one word that says what it is
 * @param sequence of the release it runs; nothing when it does not know
 * @param now what its clock says; it may be wrong
 * @param runningBuiltAt when the release it runs was built: a moment that has passed
 */
public record MachineState(
    String compatible, Optional<Long> sequence, Instant now, Instant runningBuiltAt) {
  public MachineState {
    Objects.requireNonNull(compatible, "compatible");
    Objects.requireNonNull(sequence, "sequence");
  }

  /** The latest moment that has certainly passed, as far as the machine can know. */
  public Instant time() {
    return now.isBefore(runningBuiltAt) ? runningBuiltAt : now;
  }

  /**
   * Why a bundle must not be installed here; nothing when it may. The same release again is no step
   * back.
   *
   * @param allowDowngrade whether an earlier release is wanted
   */
  public Optional<String> objection(BundleManifest manifest, boolean allowDowngrade) {
    if (manifest.foreign()) {
      return Optional.of(
          "the bundle was made by another tool: it does not say which releases it may follow, and it"
              + " may have hooks; install it with rauc");
    }
    if (!manifest.compatible().equals(compatible)) {
      return Optional.of(
          "the bundle is for \""
              + manifest.compatible()
              + "\", this machine is a \""
              + compatible
              + "\"");
    }
    if (manifest.expiresAt().isPresent() && !time().isBefore(manifest.expiresAt().get())) {
      return Optional.of(
          "the bundle expired at " + manifest.expiresAt().get() + ", now is " + time());
    }
    if (!allowDowngrade && sequence.isPresent() && manifest.sequence() < sequence.get()) {
      return Optional.of(
          "the bundle is older than what runs: sequence "
              + manifest.sequence()
              + ", this machine has "
              + sequence.get()
              + "; allow downgrades if you mean it");
    }
    return Optional.empty();
  }
}
