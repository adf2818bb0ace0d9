// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.bootconfig.BootState;
import dev.slipway.bootconfig.Slot;
import dev.slipway.bundle.Bundle;
import dev.slipway.bundle.BundleDelta;
import dev.slipway.bundle.BundleImage;
import dev.slipway.bundle.BundleOptions;
import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSource;
import dev.slipway.progress.Progress;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstallerTest {
  @TempDir Path temp;
  private RecordedDisk recorded;
  private SystemDisk disk;
  private Path state;

  @BeforeEach
  void makeDisk() throws Exception {
    recorded = new RecordedDisk(SampleMachine.disk());
    disk = recorded.open();
    state = temp.resolve("state");
  }

  private Digest inSlotB(Volume expected) throws Exception {
    BlockSource slot = disk.slot(Slot.B);
    return Digest.of(slot.stream(0, expected.size()));
  }

  @Test
  void aFullBundleGoesToTheOtherSlotWhichStartsNext() throws Exception {
    Path bundle = SampleMachine.full(temp, "1.1", 11);
    Installed done = SampleMachine.install(disk, bundle, SampleMachine.options(state));
    Volume expected = SampleMachine.release("1.1", 11);
    assertThat(done.slot()).isEqualTo(Slot.B);
    assertThat(done.version()).isEqualTo("1.1");
    assertThat(done.from()).isEmpty();
    assertThat(inSlotB(expected)).isEqualTo(SampleMachine.digest(expected));
    BootState boot = disk.store().read();
    assertThat(boot.next()).contains(Slot.B);
    assertThat(boot.lastGood()).contains(Slot.A);
    assertThat(Files.exists(state.resolve("install.state"))).isFalse();
  }

  @Test
  void aDeltaThatFitsTheRunningReleaseIsTaken() throws Exception {
    Path bundle = SampleMachine.delta(temp, "1.1", 11);
    Installed done = SampleMachine.install(disk, bundle, SampleMachine.options(state));
    assertThat(done.from()).contains("1.0");
    Volume expected = SampleMachine.release("1.1", 11);
    assertThat(inSlotB(expected)).isEqualTo(SampleMachine.digest(expected));
    assertThat(disk.store().read().next()).contains(Slot.B);
  }

  @Test
  void aDeltaFromAnotherReleaseIsRefusedAndNothingIsTouched() throws Exception {
    SampleMachine.install(disk, SampleMachine.full(temp, "1.1", 11), SampleMachine.options(state));
    disk.store().update(boot -> boot.good(Slot.B));
    int events = recorded.events().size();
    Path bundle = SampleMachine.delta(temp, "1.2", 12);
    InstallOptions fromB =
        new InstallOptions(state, Optional.of(Slot.B), SampleMachine.TIME, false, Pace.free());
    assertThatThrownBy(() -> SampleMachine.install(disk, bundle, fromB))
        .isInstanceOf(RefusedException.class)
        .hasMessage("the bundle has only deltas, from [1.0], and slot B holds none of these");
    assertThat(recorded.events()).hasSize(events);
  }

  /** More memory than any heap has, more room than any disk. */
  @ParameterizedTest
  @CsvSource({"0,30000000000000,of memory", "30000000000000,0,for temporary files"})
  void aDeltaThatNeedsMoreThanThereIsIsNotEvenBegun(long scratch, long memory, String why)
      throws Exception {
    Path alone = SampleMachine.announcing(temp, "1.1", 11, scratch, memory, false);
    assertThatThrownBy(() -> SampleMachine.install(disk, alone, SampleMachine.options(state)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(why)
        .hasMessageEndingWith("; the bundle lacks the whole image");
    assertThat(recorded.events()).isEmpty();
    Path both = SampleMachine.announcing(temp, "1.1", 11, scratch, memory, true);
    Installed done = SampleMachine.install(disk, both, SampleMachine.options(state));
    assertThat(done.from()).isEmpty();
    assertThat(done.deltaProblem().orElseThrow()).contains(why);
    Volume expected = SampleMachine.release("1.1", 11);
    assertThat(inSlotB(expected)).isEqualTo(SampleMachine.digest(expected));
  }

  /** Our own writer of bundles refuses it as well; others may not. */
  @Test
  void aDeltaThatLeadsElsewhereIsObjectedTo() throws Exception {
    Path file = SampleMachine.delta(temp, "1.1", 11);
    Files.createDirectories(state);
    try (BlockSource source = BlockSource.file(file);
        Bundle bundle = Bundle.open(source, "b", SampleMachine.policy())) {
      BundleImage image = bundle.manifest().image(Installer.SLOT_CLASS).orElseThrow();
      BundleDelta delta = image.deltas().get(0);
      var elsewhere =
          new BundleImage(
              image.slot(),
              image.sizeBytes(),
              Digest.of((byte) 1),
              Optional.empty(),
              false,
              image.deltas());
      BlockSource running = disk.slot(Slot.A);
      InstallOptions options = SampleMachine.options(state);
      assertThat(new DeltaRoute(bundle, image, delta, running, options).objection()).isEmpty();
      assertThat(new DeltaRoute(bundle, elsewhere, delta, running, options).objection())
          .hasValueSatisfying(
              text -> assertThat(text).contains(": leads from ", " to " + image.digest()));
    }
  }

  @Test
  void anImageThatIsLargerThanTheSlotIsRefusedAndNothingIsTouched() throws Exception {
    Path bundle =
        SampleMachine.write(
            SampleMachine.recipe("1.1", 11).image(Installer.SLOT_CLASS, Volume.zeros(7 << 20)),
            temp,
            "large");
    assertThatThrownBy(() -> SampleMachine.install(disk, bundle, SampleMachine.options(state)))
        .isInstanceOf(RefusedException.class)
        .hasMessage("the image has 7 MiB, slot B holds 6 MiB");
    assertThat(recorded.events()).isEmpty();
  }

  @Test
  void imagesForOtherSlotsAreNotPassedOver() throws Exception {
    Volume release = SampleMachine.release("1.1", 11);
    Path more =
        SampleMachine.write(
            SampleMachine.recipe("1.1", 11)
                .image(Installer.SLOT_CLASS, release)
                .image("appfs", Volume.zeros(4096)),
            temp,
            "more");
    assertThatThrownBy(() -> SampleMachine.install(disk, more, SampleMachine.options(state)))
        .isInstanceOf(RefusedException.class)
        .hasMessage(
            "the bundle has images for slots appfs, and this machine has slots rootfs alone; make a"
                + " bundle without them, or install it with rauc");
    Path other =
        SampleMachine.write(SampleMachine.recipe("1.1", 11).image("appfs", release), temp, "other");
    assertThatThrownBy(() -> SampleMachine.install(disk, other, SampleMachine.options(state)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("slots appfs,");
    assertThat(recorded.events()).isEmpty();
  }

  @Test
  void blocksThatMatchAreNotWrittenAgain() throws Exception {
    Path bundle = SampleMachine.full(temp, "1.1", 11);
    Installed first = SampleMachine.install(disk, bundle, SampleMachine.options(state));
    assertThat(first.writtenBytes()).isGreaterThan(2 << 20);
    Installed again = SampleMachine.install(disk, bundle, SampleMachine.options(state));
    assertThat(again.writtenBytes()).isZero();
  }

  @Test
  void whatDoesNotFitThisMachineIsRefusedAndNothingIsTouched() throws Exception {
    InstallOptions options = SampleMachine.options(state);
    Path stranger =
        SampleMachine.write(
            new dev.slipway.bundle.BundleRecipe("toaster", "9", SampleMachine.TIME)
                .image(Installer.SLOT_CLASS, SampleMachine.release("9", 99)),
            temp,
            "toaster");
    assertThatThrownBy(() -> SampleMachine.install(disk, stranger, options))
        .isInstanceOf(RefusedException.class)
        .hasMessage("the bundle is for \"toaster\", this machine is a \"robot\"");
    Path older = SampleMachine.full(temp, "0.9", 9);
    assertThatThrownBy(() -> SampleMachine.install(disk, older, options))
        .isInstanceOf(RefusedException.class)
        .hasMessage(
            "the bundle is older than what runs: sequence 9, this machine has 10; allow downgrades if you mean it");
    Path expired =
        SampleMachine.write(
            SampleMachine.recipe("1.1", 11)
                .expiresAt(Instant.parse("2026-01-01T00:00:00Z"))
                .image(Installer.SLOT_CLASS, SampleMachine.release("1.1", 11)),
            temp,
            "expired");
    assertThatThrownBy(() -> SampleMachine.install(disk, expired, options))
        .isInstanceOf(RefusedException.class)
        .hasMessageStartingWith("the bundle expired at 2026-01-01T00:00:00Z");
    Path plain = temp.resolve("plain.raucb");
    Bundle.write(
        SampleMachine.recipe("1.1", 11)
            .image(Installer.SLOT_CLASS, SampleMachine.release("1.1", 11)),
        SampleMachine.KEYS.signer(),
        BundleOptions.zstd(2, temp).withFormat(BundleOptions.Format.PLAIN),
        plain,
        Progress.none());
    assertThatThrownBy(() -> SampleMachine.install(disk, plain, options))
        .isInstanceOf(RefusedException.class)
        .hasMessageStartingWith("the bundle is a plain one, whose payload nothing protects");
    assertThat(recorded.events()).isEmpty();
    InstallOptions allowed =
        new InstallOptions(state, Optional.of(Slot.A), SampleMachine.TIME, true, Pace.free());
    assertThat(SampleMachine.install(disk, older, allowed).version()).isEqualTo("0.9");
  }

  @Test
  void theOnlyReleaseKnownToWorkIsNeverOverwritten() throws Exception {
    disk.store().update(boot -> boot.primary(Slot.B));
    InstallOptions fromB =
        new InstallOptions(state, Optional.of(Slot.B), SampleMachine.TIME, false, Pace.free());
    Path bundle = SampleMachine.full(temp, "1.2", 12);
    assertThatThrownBy(() -> SampleMachine.install(disk, bundle, fromB))
        .isInstanceOf(RefusedException.class)
        .hasMessageStartingWith("slot B runs and is not confirmed yet");
  }

  @Test
  void twoAtOnceAreOneTooMany() throws Exception {
    Files.createDirectories(state);
    Path bundle = SampleMachine.full(temp, "1.1", 11);
    try (UpdateLock lock = UpdateLock.take(state)) {
      assertThat(lock).isNotNull();
      assertThatThrownBy(() -> SampleMachine.install(disk, bundle, SampleMachine.options(state)))
          .isInstanceOf(RefusedException.class)
          .hasMessageStartingWith("another update is under way");
    }
    SampleMachine.install(disk, bundle, SampleMachine.options(state));
  }

  @Test
  void aSlotThatSomebodyElseChangedMeanwhileIsWrittenAnew() throws Exception {
    Path bundle = SampleMachine.full(temp, "1.1", 11);
    Volume expected = SampleMachine.release("1.1", 11);
    Files.createDirectories(state);
    // an earlier run claims to have got far, and is not right
    new InstallState(Slot.B, SampleMachine.digest(expected), 1 << 20).write(state);
    assertThatThrownBy(() -> SampleMachine.install(disk, bundle, SampleMachine.options(state)))
        .hasMessageContaining("the device may be failing. The slot is not started");
    assertThat(disk.store().read().slot(Slot.B).ok()).isFalse();
    SampleMachine.install(disk, bundle, SampleMachine.options(state));
    assertThat(inSlotB(expected)).isEqualTo(SampleMachine.digest(expected));
  }

  @Test
  void aClockThatStartsIn1970DoesNotBringBackWhatExpired() throws Exception {
    disk = new RecordedDisk(SampleMachine.disk(SampleMachine.TIME)).open();
    assertThat(disk.runningRelease(Optional.empty()).orElseThrow().builtAt())
        .isEqualTo(SampleMachine.TIME);
    Path expired =
        SampleMachine.write(
            SampleMachine.recipe("1.1", 11)
                .expiresAt(SampleMachine.TIME.minusSeconds(60))
                .image(Installer.SLOT_CLASS, SampleMachine.release("1.1", 11)),
            temp,
            "expired");
    var in1970 = new InstallOptions(state, Optional.of(Slot.A), Instant.EPOCH, false, Pace.free());
    assertThatThrownBy(() -> SampleMachine.install(disk, expired, in1970))
        .isInstanceOf(RefusedException.class)
        .hasMessageEndingWith(", now is " + SampleMachine.TIME);
    SampleMachine.install(disk, SampleMachine.full(temp, "1.1", 11), in1970);
  }

  @Test
  void aPlaceThatCannotBeReadIsWrittenOver() throws Exception {
    Path bundle = SampleMachine.full(temp, "1.1", 11);
    try (SystemDisk failing = FailingDisk.unreadableUntilWritten(recorded)) {
      SampleMachine.install(failing, bundle, SampleMachine.options(state));
    }
    Volume expected = SampleMachine.release("1.1", 11);
    assertThat(inSlotB(expected)).isEqualTo(SampleMachine.digest(expected));
  }

  @Test
  void aSlotThatTakesNoMoreIsNeverStartedAndTheErrorSaysWhy() throws Exception {
    Path bundle = SampleMachine.full(temp, "1.1", 11);
    for (String reason : new String[] {"No space left on device", "Input/output error"}) {
      try (SystemDisk failing = FailingDisk.unwritable(recorded, 700_000, reason)) {
        assertThatThrownBy(
                () -> SampleMachine.install(failing, bundle, SampleMachine.options(state)))
            .isInstanceOf(IOException.class)
            .hasMessage(reason);
      }
      assertThat(disk.store().read().next()).contains(Slot.A);
      assertThat(disk.store().read().slot(Slot.B).ok()).isFalse();
    }
    SampleMachine.install(disk, bundle, SampleMachine.options(state));
    assertThat(disk.store().read().next()).contains(Slot.B);
  }

  @Test
  void aCancelledInstallationGoesOnAndNeverStartsBefore() throws Exception {
    for (Path bundle :
        new Path[] {SampleMachine.full(temp, "1.1", 11), SampleMachine.delta(temp, "1.2", 12)}) {
      disk.store().update(boot -> boot.bad(Slot.B));
      for (int limit = 1; limit < 60; limit += 9) {
        int most = limit;
        var asked = new AtomicInteger();
        var pace = new Pace(0, () -> asked.incrementAndGet() > most);
        var options =
            new InstallOptions(state, Optional.of(Slot.A), SampleMachine.TIME, false, pace);
        try {
          SampleMachine.install(disk, bundle, options);
        } catch (CancelledException e) {
          assertThat(disk.store().read().next()).contains(Slot.A);
          assertThat(disk.store().read().slot(Slot.B).ok()).isFalse();
        }
      }
      SampleMachine.install(disk, bundle, SampleMachine.options(state));
      assertThat(disk.store().read().next()).contains(Slot.B);
    }
    Volume expected = SampleMachine.release("1.2", 12);
    assertThat(inSlotB(expected)).isEqualTo(SampleMachine.digest(expected));
  }

  @Test
  void aStatusSaysWhereEverythingStands() throws Exception {
    SampleMachine.install(disk, SampleMachine.full(temp, "1.1", 11), SampleMachine.options(state));
    Path changes = temp.resolve("upper");
    Files.createDirectories(changes);
    Files.writeString(changes.resolve("motd"), "mine");
    Files.writeString(changes.resolve("hosts"), "mine");
    Path reports = Files.createDirectories(temp.resolve("reports"));
    Files.writeString(reports.resolve("fell-back"), "slot=B tries=3\n");
    Files.writeString(reports.resolve("loader-failed"), "loader=bios.2\n");
    SystemStatus status = SystemStatus.of(disk, Optional.of(Slot.A), state, reports, changes);
    assertThat(status.text())
        .isEqualTo(
            """
            slot A: 1.0, running, confirmed
            slot B: 1.1, to be tried
            next start: slot B
            slot B was started 3 times and never confirmed, so the machine went back
            the new boot loader for BIOS in place 2 was tried and did not get through
            /etc/motd: changed here, and its default changed with the release
            """);
    assertThat(status.json())
        .contains("\"running\" : \"A\"")
        .contains("\"version\" : \"1.1\"")
        .contains("\"shadowed\" : [ \"/etc/motd\" ]");
    disk.store().update(boot -> boot.good(Slot.B));
    assertThat(
            SystemStatus.of(
                    disk, Optional.of(Slot.B), state, temp.resolve("none"), temp.resolve("none"))
                .text())
        .isEqualTo(
            """
            slot A: 1.0, in reserve
            slot B: 1.1, running, confirmed
            next start: slot B
            """);
    disk.store().update(boot -> boot.bad(Slot.A));
    assertThat(
            SystemStatus.of(
                    disk, Optional.of(Slot.B), state, temp.resolve("none"), temp.resolve("none"))
                .text())
        .startsWith("slot A: 1.0, not to be started\n");
  }
}
