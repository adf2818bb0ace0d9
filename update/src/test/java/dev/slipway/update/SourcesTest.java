// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import static dev.slipway.progress.Progress.none;
import static dev.slipway.progress.Task.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.bootconfig.Slot;
import dev.slipway.bundle.Bundle;
import dev.slipway.io.BlockSource;
import dev.slipway.progress.Progress;
import dev.slipway.testing.TestServer;
import dev.slipway.tree.Content;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where bundles come from, and where images go. */
class SourcesTest {
  @TempDir Path temp;

  private static HttpBlockSource open(TestServer server, int attempts) throws IOException {
    return open(server.uri("/b"), attempts, Duration.ofSeconds(30));
  }

  private static HttpBlockSource open(URI uri, int attempts, Duration silence) throws IOException {
    var patience = new HttpBlockSource.Patience(attempts, Duration.ofMillis(5), silence);
    return HttpBlockSource.open(uri, patience, Pace.free());
  }

  @Test
  void onlyWhatIsReadIsFetched() throws Exception {
    byte[] content = SampleMachine.noise(1, 3 << 20);
    try (TestServer server = TestServer.start().put("/b", content);
        HttpBlockSource source = open(server, 1)) {
      assertThat(source.size()).isEqualTo(content.length);
      assertThat(source.readFully(2_000_000, 1000))
          .isEqualTo(Arrays.copyOfRange(content, 2_000_000, 2_001_000));
      assertThat(source.fetchedBytes()).isLessThan(20_000);
      assertThat(source.readFully(0, content.length)).isEqualTo(content);
    }
  }

  /** Beside the delta: signature, paths in the hash tree, superblock and tables. */
  @Test
  void anUpdateByDeltaFetchesLittleBesideTheDelta() throws Exception {
    Path delta = SampleMachine.delta(temp, "1.1", 11);
    Path both =
        SampleMachine.write(
            SampleMachine.recipe("1.1", 11)
                .image(Installer.SLOT_CLASS, SampleMachine.release("1.1", 11))
                .delta(
                    Installer.SLOT_CLASS,
                    SampleMachine.digest(SampleMachine.release("1.0", 10)),
                    "1.0",
                    Content.file(temp.resolve("1.1.delta"))),
            temp,
            "both");
    for (Path bundle : List.of(delta, both)) {
      SystemDisk disk = new RecordedDisk(SampleMachine.disk()).open();
      try (TestServer server = TestServer.start().put("/b", Files.readAllBytes(bundle));
          HttpBlockSource source = open(server, 1);
          Bundle open = Bundle.open(source, "b", SampleMachine.policy())) {
        Installer.of(disk, SampleMachine.options(temp.resolve(bundle.getFileName() + ".state")))
            .install(open, Progress.none());
        long beside = source.fetchedBytes() - Files.size(temp.resolve("1.1.delta"));
        assertThat(beside).as(server.asked().toString()).isBetween(0L, 48L << 10);
      }
    }
  }

  @Test
  void anUpdateThatWasStoppedFetchesOnlyTheRest() throws Exception {
    Path bundle = SampleMachine.full(temp, "1.1", 11);
    SystemDisk disk = new RecordedDisk(SampleMachine.disk()).open();
    try (TestServer server = TestServer.start().put("/b", Files.readAllBytes(bundle))) {
      try (HttpBlockSource source = open(server, 1);
          Bundle open = Bundle.open(source, "b", SampleMachine.policy())) {
        var left = new AtomicLong(Long.MAX_VALUE);
        Pace mostOfIt = new Pace(0, () -> left.get() < 1 << 20);
        Progress counting =
            (name, total) -> {
              if (!name.startsWith("writing")) {
                return NONE;
              }
              left.set(total);
              return bytes -> left.addAndGet(-bytes);
            };
        assertThatThrownBy(() -> Installer.of(disk, options(mostOfIt)).install(open, counting))
            .isInstanceOf(CancelledException.class);
      }
      try (HttpBlockSource source = open(server, 1);
          Bundle open = Bundle.open(source, "b", SampleMachine.policy())) {
        Installer.of(disk, options(Pace.free())).install(open, none());
        assertThat(source.fetchedBytes()).isLessThan(Files.size(bundle) - 1_000_000);
      }
    }
    assertThat(Release.in(disk.slot(Slot.B), "b").orElseThrow().version()).isEqualTo("1.1");
    assertThat(disk.store().read().next()).contains(Slot.B);
  }

  private InstallOptions options(Pace pace) {
    return new InstallOptions(
        temp.resolve("state"), Optional.of(Slot.A), SampleMachine.TIME, false, pace);
  }

  @Test
  void whatWasAnnouncedIsFetchedAtOnceAndNothingBehindIt() throws Exception {
    byte[] content = SampleMachine.noise(1, 3 << 20);
    try (TestServer server = TestServer.start().put("/b", content);
        HttpBlockSource source = open(server, 1)) {
      server.forgetAsked();
      long before = source.fetchedBytes();
      source.slice(1_000_000, 1_000_000).willRead(5000, 100_000);
      for (int at = 0; at < 100_000; at += 1000) {
        assertThat(source.readFully(1_005_000 + at, 1000))
            .isEqualTo(Arrays.copyOfRange(content, 1_005_000 + at, 1_006_000 + at));
      }
      assertThat(source.fetchedBytes() - before).isEqualTo(100_000);
      assertThat(server.asked()).hasSize(1);
    }
  }

  @Test
  void connectionsThatBreakAreMadeAgain() throws Exception {
    byte[] content = SampleMachine.noise(1, 2 << 20);
    try (TestServer server = TestServer.start().put("/b", content);
        HttpBlockSource source = open(server, 5)) {
      server.once("/b", TestServer.breakOffAfter(1000)).once("/b", TestServer.status(503));
      assertThat(source.readFully(0, content.length)).isEqualTo(content);
    }
  }

  @Test
  @Timeout(60)
  void aServerThatFallsSilentIsAskedAgain() throws Exception {
    byte[] content = SampleMachine.noise(1, 2 << 20);
    try (TestServer server = TestServer.start().put("/b", content);
        HttpBlockSource source = open(server.uri("/b"), 3, Duration.ofSeconds(1))) {
      server.once("/b", server.silentAfter(1000));
      assertThat(source.readFully(0, content.length)).isEqualTo(content);
      server.always("/b", server.silentAfter(1000));
      assertThatThrownBy(() -> source.readFully(0, 10))
          .hasMessageEndingWith("/b: given up after 3 attempts: nothing came for 1000 ms");
    }
  }

  @Test
  void aServerThatRepeatsAnotherPieceIsNotBelieved() throws Exception {
    byte[] content = SampleMachine.noise(1, 2 << 20);
    try (TestServer server = TestServer.start().put("/b", content);
        HttpBlockSource source = open(server, 3)) {
      server.once("/b", TestServer.otherPiece(0, 1 << 18));
      assertThat(source.readFully(1 << 20, 1000))
          .isEqualTo(Arrays.copyOfRange(content, 1 << 20, (1 << 20) + 1000));
      server.always("/b", TestServer.otherPiece(0, 1 << 18));
      assertThatThrownBy(() -> source.readFully(1 << 19, 1000))
          .hasMessageEndingWith("asked for byte 524288, got 0");
    }
  }

  @Test
  void aLoginIsSentAndNeverShown() throws Exception {
    byte[] content = SampleMachine.noise(1, 1000);
    try (TestServer server = TestServer.start().put("/b", content)) {
      URI uri = URI.create(server.uri("/b").toString().replace("//", "//robot:secret@"));
      try (HttpBlockSource source = open(uri, 1, Duration.ofSeconds(30))) {
        assertThat(source.readFully(0, 1000)).isEqualTo(content);
      }
      assertThat(server.asked().get(0).authorization()).isEqualTo("Basic cm9ib3Q6c2VjcmV0");
      URI missing = URI.create(uri.toString().replace("/b", "/c"));
      assertThatThrownBy(() -> open(missing, 1, Duration.ofSeconds(30)))
          .message()
          .doesNotContain("secret");
      try (BundleSource source = BundleSource.open(uri.toString(), null, temp, Pace.free())) {
        assertThat(source.name()).isEqualTo(server.uri("/b").toString());
      }
    }
  }

  /** Other bytes of the same number, more of them, fewer, and an end before what is asked for. */
  @ParameterizedTest
  @ValueSource(ints = {1 << 20, 1 << 21, 1 << 19, 1 << 16})
  void aFileThatChangesInBetweenIsNoticed(int bytes) throws Exception {
    try (TestServer server = TestServer.start().put("/b", SampleMachine.noise(1, 1 << 20));
        HttpBlockSource source = open(server, 3)) {
      server.put("/b", SampleMachine.noise(2, bytes));
      assertThatThrownBy(() -> source.readFully(100_000, 10))
          .hasMessageEndingWith("/b: the file changed while it was read; start again");
    }
  }

  @Test
  void serversThatCannotHelpAreGivenUp() throws Exception {
    try (TestServer server = TestServer.start()) {
      assertThatThrownBy(() -> open(server, 3)).hasMessageEndingWith("the server answers 404");
      server.always("/b", TestServer.status(500));
      assertThatThrownBy(() -> open(server, 3)).hasMessageContaining("given up after 3 attempts");
      server.always("/b", TestServer.redirect("/b"));
      assertThatThrownBy(() -> open(server, 2))
          .hasMessageEndingWith(
              "the server answers 302; not followed: too often, from https to http, or with a login");
    }
  }

  @Test
  void aDirectoryMeansItsNewestBundleAndInputIsReadOnce() throws Exception {
    SampleMachine.full(temp, "1.1", 11);
    Path newest = SampleMachine.full(temp, "1.0.5", 12);
    Files.writeString(temp.resolve("junk.raucb"), "no bundle");
    try (BundleSource source = BundleSource.open(temp.toString(), null, temp, Pace.free())) {
      assertThat(source.name()).isEqualTo(newest.toString());
    }
    byte[] bytes = Files.readAllBytes(newest);
    try (BundleSource source =
        BundleSource.open("-", new ByteArrayInputStream(bytes), temp.resolve("s"), Pace.free())) {
      assertThat(source.source().readFully(0, bytes.length)).isEqualTo(bytes);
      assertThat(temp.resolve("s/input.raucb")).doesNotExist();
    }
  }

  @Test
  void inputThatBreaksOffLeavesNothing() {
    var broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("unplugged");
          }
        };
    Path scratch = temp.resolve("s");
    assertThatThrownBy(() -> BundleSource.open("-", broken, scratch, Pace.free()))
        .hasMessage("unplugged");
    assertThat(scratch.resolve("input.raucb")).doesNotExist();
  }

  @Test
  void twoThatReadTheirInputAtOnceAreOneTooMany() throws Exception {
    try (UpdateLock lock = UpdateLock.take(temp)) {
      assertThat(lock).isNotNull();
      assertThatThrownBy(
              () -> BundleSource.open("-", InputStream.nullInputStream(), temp, Pace.free()))
          .isInstanceOf(RefusedException.class);
    }
  }

  @Test
  void flashWritesAndReadsBackAndRefusesWhatIsInUse() throws Exception {
    Path image = temp.resolve("disk.img");
    byte[] content = SampleMachine.disk();
    Files.write(image, content);
    Path device = temp.resolve("device");
    Files.write(device, SampleMachine.noise(1, content.length + 5000));
    assertThat(Flash.write(image, device, Pace.free(), Progress.none())).isEqualTo(content.length);
    try (BlockSource source = DirectBlockSource.open(device)) {
      assertThat(source.readFully(0, content.length)).isEqualTo(content);
      assertThat(source.size()).isEqualTo(content.length + 5000L);
    }
    Path disk = Path.of("/dev/sdq");
    Flash.requireUnused(disk, List.of("/dev/sdqa1 / ext4", "tmpfs /tmp tmpfs"));
    for (String line : List.of("/dev/sdq /mnt", "/dev/sdq3 / ext4", "/dev/sdqp3 / ext4")) {
      assertThatThrownBy(() -> Flash.requireUnused(disk, List.of(line)))
          .isInstanceOf(RefusedException.class)
          .hasMessageStartingWith("/dev/sdq is in use");
    }
  }

  @Test
  void aSystemOnADiskIsUpdatedThroughItsFile() throws Exception {
    Path image = temp.resolve("disk.img");
    Files.write(image, SampleMachine.disk());
    Path bundle = SampleMachine.delta(temp, "1.1", 11);
    try (SystemDisk disk = SystemDisk.open(image)) {
      var options =
          new InstallOptions(
              temp.resolve("state"), Optional.empty(), SampleMachine.TIME, false, Pace.free());
      assertThat(SampleMachine.install(disk, bundle, options).from()).contains("1.0");
      assertThat(Release.in(disk.slot(Slot.B), "b").orElseThrow().version()).isEqualTo("1.1");
    }
  }

  @Test
  void aRateLimitIsKept() throws Exception {
    Pace pace = new Pace(1_000_000, () -> false);
    long start = System.nanoTime();
    for (int i = 0; i < 4; i++) {
      pace.take(50_000);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(150));
  }

  @Test
  void theRunningSystemIsReadFromWhatItsInitramfsLeft() throws Exception {
    Path report = temp.resolve("boot");
    Files.writeString(report, "slot=B\ndisk=/dev/vda\nroot=/dev/vda4\n");
    RunningSystem system = RunningSystem.read(report);
    assertThat(system.slot().name()).isEqualTo("B");
    assertThat(system.disk()).hasToString("/dev/vda");
    assertThatThrownBy(() -> RunningSystem.read(temp.resolve("none")))
        .hasMessageContaining("this machine was not started from a disk of ours");
  }
}
