// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineStateTest {
  private static final BundleManifest MANIFEST =
      new BundleManifest(
          "robot",
          "1.1",
          5,
          Samples.TIME,
          Optional.of(Samples.TIME.plusSeconds(100)),
          "",
          List.of(
              new BundleImage(
                  "rootfs", 4096, Samples.OLD, Optional.of("rootfs.img"), true, List.of())),
          false);

  private static MachineState machine(String compatible, long sequence, Instant now) {
    return new MachineState(compatible, Optional.of(sequence), Optional.empty(), now, Samples.TIME);
  }

  @Test
  void theRightMachineAtTheRightTimeMayInstall() {
    assertThat(machine("robot", 4, Samples.TIME).objection(MANIFEST, false)).isEmpty();
    assertThat(machine("robot", 5, Samples.TIME).objection(MANIFEST, false)).isEmpty();
    var unknown =
        new MachineState("robot", Optional.empty(), Optional.empty(), Samples.TIME, Instant.EPOCH);
    assertThat(unknown.objection(MANIFEST, false)).isEmpty();
  }

  @Test
  void bundlesForOthersExpiredOnesAndStepsBackAreRefused() {
    assertThat(machine("rover", 4, Samples.TIME).objection(MANIFEST, true))
        .contains("the bundle is for \"robot\", this machine is a \"rover\"");
    assertThat(machine("robot", 4, Samples.TIME.plusSeconds(100)).objection(MANIFEST, true))
        .contains("the bundle expired at 2026-01-02T03:05:45Z, now is 2026-01-02T03:05:45Z");
    assertThat(machine("robot", 6, Samples.TIME).objection(MANIFEST, false))
        .contains(
            "the bundle is older than what runs: sequence 5, this machine has 6; allow downgrades"
                + " if you mean it");
    assertThat(machine("robot", 6, Samples.TIME).objection(MANIFEST, true)).isEmpty();
  }

  /** The manifest is of version 1.1 and sequence 5. */
  @ParameterizedTest
  @CsvSource({
    "5, 1.0, true",
    "5, 1.1, true",
    "5, 1.1.1, false",
    "5, 1.10, false",
    "5, 1.02, false",
    "5, 0.99.12345, true",
    "5, 2, false",
    "5, 2-rc1, true",
    "5, 4b7c1e, true",
    "5, 9999999999, true",
    "4, 2, true"
  })
  void versionsDecideBetweenReleasesOfTheSameSequence(long sequence, String runs, boolean may) {
    var machine =
        new MachineState(
            "robot", Optional.of(sequence), Optional.of(runs), Samples.TIME, Samples.TIME);
    assertThat(machine.objection(MANIFEST, false).isEmpty()).isEqualTo(may);
    assertThat(machine.objection(MANIFEST, true)).isEmpty();
    if (!may) {
      assertThat(machine.objection(MANIFEST, false))
          .contains(
              "the bundle is older than what runs: version 1.1, this machine has "
                  + runs
                  + "; allow downgrades if you mean it");
    }
  }

  @Test
  void aClockIn1970DoesNotMakeExpiredBundlesYoung() {
    var machine =
        new MachineState(
            "robot",
            Optional.of(4L),
            Optional.empty(),
            Instant.EPOCH,
            Samples.TIME.plusSeconds(1_000));
    assertThat(machine.objection(MANIFEST, false))
        .contains("the bundle expired at 2026-01-02T03:05:45Z, now is 2026-01-02T03:20:45Z");
  }
}
