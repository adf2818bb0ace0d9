// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.bootconfig.BootState;
import dev.slipway.bootconfig.Slot;
import dev.slipway.digest.Digest;
import dev.slipway.signature.DevelopmentKeys;
import dev.slipway.testing.TestServer;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Installers killed at random moments leave a disk that starts the old release or the new one. */
@Tag("slow")
class SuddenDeathTest {
  private static final long SEED = 20261128;
  private static final int KILLS = Boolean.getBoolean("slipway.long") ? 100 : 20;

  /** More than an installation takes at its pace, so that some kills come too late. */
  private static final int LONGEST_MILLIS = 1500;

  @TempDir Path temp;

  private final Random random = new Random(SEED);
  private Path disk;
  private Path keyring;
  private Path state;

  @BeforeEach
  void makeDisk() throws Exception {
    disk = temp.resolve("disk.img");
    Files.write(disk, SampleMachine.disk());
    keyring = temp.resolve("ca.pem");
    Files.writeString(keyring, DevelopmentKeys.pem(SampleMachine.KEYS.authority()));
    state = temp.resolve("state");
  }

  private Process start(Object bundle) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            InstallProcess.class.getName(),
            disk.toString(),
            bundle.toString(),
            keyring.toString(),
            state.toString())
        .redirectError(temp.resolve("log").toFile())
        .start();
  }

  private void finish(Path bundle) throws Exception {
    Process process = start(bundle);
    assertThat(process.waitFor()).as(Files.readString(temp.resolve("log"))).isZero();
  }

  /** Kills a moment after the installation has begun, behind the start of the JVM. */
  private void kill(Path bundle) throws Exception {
    Process process = start(bundle);
    assertThat(process.getInputStream().read())
        .as(Files.readString(temp.resolve("log")))
        .isEqualTo('s');
    if (!process.waitFor(random.nextInt(LONGEST_MILLIS), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }

  private Digest inSlot(Slot slot, Volume expected) throws IOException {
    try (SystemDisk opened = SystemDisk.open(disk)) {
      return Digest.of(() -> opened.slot(slot).stream(0, expected.size()));
    }
  }

  @Test
  void ofTwoInstallersAtOnceTheSecondIsRefused() throws Exception {
    Path bundle = SampleMachine.full(temp, "1.1", 11);
    Files.createDirectories(state);
    try (UpdateLock held = UpdateLock.take(state)) {
      assertThat(held).isNotNull();
      assertThat(start(bundle).waitFor()).isNotZero();
      assertThat(temp.resolve("log"))
          .content()
          .contains("RefusedException: another update is under way");
    }
    assertThat(disk).hasBinaryContent(SampleMachine.disk());
    finish(bundle);
  }

  @Test
  void aKilledInstallerLeavesTheOldReleaseOrTheNewOne() throws Exception {
    List<Path> bundles =
        List.of(SampleMachine.full(temp, "1.1", 11), SampleMachine.delta(temp, "1.2", 12));
    List<Volume> releases =
        List.of(SampleMachine.release("1.1", 11), SampleMachine.release("1.2", 12));
    Volume old = SampleMachine.release("1.0", 10);
    Digest oldDigest = SampleMachine.digest(old);
    List<Digest> digests =
        List.of(SampleMachine.digest(releases.get(0)), SampleMachine.digest(releases.get(1)));
    for (int kill = 1; kill <= KILLS; kill++) {
      int which = kill / 4 % bundles.size(); // some in a row with the same, to be taken up again
      Volume wanted = releases.get(which);
      kill(bundles.get(which));
      String when = "kill " + kill + ", seed " + SEED;
      assertThat(inSlot(Slot.A, old)).as(when).isEqualTo(oldDigest);
      BootState boot;
      try (SystemDisk opened = SystemDisk.open(disk)) {
        boot = opened.store().read();
      }
      assertThat(boot.slot(Slot.A).startable()).as(when).isTrue();
      if (boot.slot(Slot.B).ok()) {
        assertThat(inSlot(Slot.B, wanted)).as(when).isIn(digests);
      }
      if (kill % 7 == 0) {
        finish(bundles.get(which));
        assertThat(inSlot(Slot.B, wanted)).as(when).isEqualTo(digests.get(which));
      }
    }
    finish(bundles.get(0));
    try (SystemDisk opened = SystemDisk.open(disk)) {
      assertThat(opened.store().read().next()).contains(Slot.B);
    }
  }

  private static long asked(TestServer server) {
    long bytes = 0;
    for (TestServer.Asked each : server.asked()) {
      String[] ends = each.range().substring("bytes=".length()).split("-");
      bytes += Long.parseLong(ends[1]) - Long.parseLong(ends[0]) + 1;
    }
    server.forgetAsked();
    return bytes;
  }

  /** What is fetched again: what was under way, and what every run looks at. */
  @Test
  void ofADeltaThatWasKilledOnItsWayOnlyTheRestIsFetched() throws Exception {
    Path bundle = SampleMachine.delta(temp, "1.1", 11);
    long delta = Files.size(temp.resolve("1.1.delta"));
    Path kept = state.resolve("delta.fetched");
    try (TestServer server = TestServer.start().put("/b", Files.readAllBytes(bundle))) {
      Process process = start(server.uri("/b"));
      while (process.isAlive() && (!Files.exists(kept) || Files.size(kept) < delta / 2)) {
        Thread.sleep(1);
      }
      assertThat(process.isAlive()).as("killed too late").isTrue();
      process.destroyForcibly().waitFor();
      long there = Files.size(kept);
      long first = asked(server);
      Process again = start(server.uri("/b"));
      assertThat(again.waitFor()).as(Files.readString(temp.resolve("log"))).isZero();
      long second = asked(server);
      assertThat(second).isLessThan(delta - there + (300L << 10));
      assertThat(first + second).isLessThan(delta + (600L << 10));
    }
    Volume expected = SampleMachine.release("1.1", 11);
    assertThat(inSlot(Slot.B, expected)).isEqualTo(SampleMachine.digest(expected));
    assertThat(kept).doesNotExist();
  }
}
