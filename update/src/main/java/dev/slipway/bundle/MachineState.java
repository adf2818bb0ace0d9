// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a machine knows of itself when it is asked to install a bundle.
 *
 * @param compatible the one word that says what it is
 * @param sequence of the release it runs; nothing when it does not know
 * @param version of the release it runs, which decides between releases of the same sequence when
 *     both are numbers such as 1.10.2; nothing when it does not know
 * @param now what its clock says; it may be wrong
 * @param runningBuiltAt when the release it runs was built: a moment that has passed
 */
public record MachineState(
    String compatible,
    Optional<Long> sequence,
    Optional<String> version,
    Instant now,
    Instant runningBuiltAt) {
  private static final Pattern NUMBERED = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,9}){0,9}");

  public MachineState {
    Objects.requireNonNull(compatible, "compatible");
    Objects.requireNonNull(sequence, "sequence");
    Objects.requireNonNull(version, "version");
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
    return allowDowngrade ? Optional.empty() : stepBack(manifest);
  }

  /**
   * The sequence comes from the newest package, so releases that differ in files of their own have
   * the same: then their versions tell, if they have an order.
   */
  private Optional<String> stepBack(BundleManifest manifest) {
    if (sequence.isEmpty() || manifest.sequence() > sequence.get()) {
      return Optional.empty();
    }
    if (manifest.sequence() < sequence.get()) {
      return Optional.of(
          "the bundle is older than what runs: sequence "
              + manifest.sequence()
              + ", this machine has "
              + sequence.get()
              + "; allow downgrades if you mean it");
    }
    if (version.isPresent() && isBelow(manifest.version(), version.get())) {
      return Optional.of(
          "the bundle is older than what runs: version "
              + manifest.version()
              + ", this machine has "
              + version.get()
              + "; allow downgrades if you mean it");
    }
    return Optional.empty();
  }

  /** Whether one version is below another; never, unless both are numbers between dots. */
  private static boolean isBelow(String one, String other) {
    if (!NUMBERED.matcher(one).matches() || !NUMBERED.matcher(other).matches()) {
      return false;
    }
    return Arrays.compare(numbers(one), numbers(other)) < 0;
  }

  private static int[] numbers(String version) {
    return Stream.of(version.split("\\.")).mapToInt(Integer::parseInt).toArray();
  }
}
