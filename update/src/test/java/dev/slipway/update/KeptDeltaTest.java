// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.bootconfig.Slot;
import dev.slipway.bundle.Bundle;
import dev.slipway.bundle.BundleDelta;
import dev.slipway.digest.Digest;
import dev.slipway.progress.Progress;
import dev.slipway.testing.TestServer;
import dev.slipway.tree.Content;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was fetched of a delta is not fetched again. */
class KeptDeltaTest {
  /** Signature, paths in the hash tree, tables, and what is read again of a block. */
  private static final long BESIDE = 200L << 10;

  private static final int HEADER = 40;
  private static final int PIECE = 8 + (1 << 16);

  @TempDir Path temp;
  private Path bundle;
  private Path kept;
  private long deltaBytes;
  private SystemDisk disk;

  @BeforeEach
  void makeDiskAndBundle() throws Exception {
    bundle = SampleMachine.delta(temp, "1.1", 11);
    deltaBytes = Files.size(temp.resolve("1.1.delta"));
    kept = temp.resolve("state/delta.fetched");
    disk = new RecordedDisk(SampleMachine.disk()).open();
  }

  private InstallOptions options(Pace pace) {
    return new InstallOptions(
        temp.resolve("state"), Optional.of(Slot.A), SampleMachine.TIME, false, pace, true);
  }

  /** Installs, and tells how many bytes were fetched. */
  private long install(TestServer server, Pace pace, Progress progress) throws Exception {
    var patience = new HttpBlockSource.Patience(1, Duration.ofMillis(5), Duration.ofSeconds(30));
    try (HttpBlockSource source = HttpBlockSource.open(server.uri("/b"), patience, Pace.free());
        Bundle open = Bundle.open(source, "b", SampleMachine.policy())) {
      try {
        Installer.of(disk, options(pace)).install(open, progress);
      } catch (CancelledException e) {
        return -source.fetchedBytes();
      }
      return source.fetchedBytes();
    }
  }

  /** Stops when most of the delta was applied. */
  private long stopInTheMiddle(TestServer server) throws Exception {
    var left = new AtomicLong(Long.MAX_VALUE);
    Progress counting =
        (name, total) -> {
          if (!name.startsWith("applying")) {
            return dev.slipway.progress.Task.NONE;
          }
          left.set(total);
          return bytes -> left.addAndGet(-bytes);
        };
    long fetched = install(server, new Pace(0, () -> left.get() < 700_000), counting);
    assertThat(fetched).as("stopped").isNegative();
    return -fetched;
  }

  private void requireInstalled() throws Exception {
    assertThat(Release.in(disk.slot(Slot.B), "b").orElseThrow().version()).isEqualTo("1.1");
    assertThat(disk.store().read().next()).contains(Slot.B);
    assertThat(kept).doesNotExist();
  }

  @Test
  void anUpdateByDeltaThatWasStoppedFetchesOnlyTheRest() throws Exception {
    try (TestServer server = TestServer.start().put("/b", Files.readAllBytes(bundle))) {
      long before = stopInTheMiddle(server);
      long there = Files.size(kept);
      assertThat(there).isGreaterThan(300_000);
      long after = install(server, Pace.free(), Progress.none());
      assertThat(after).isLessThan(deltaBytes - there + BESIDE);
      assertThat(before + after).isLessThan(deltaBytes + (256L << 10) + 2 * BESIDE);
    }
    requireInstalled();
  }

  @Test
  void ofWhatIsDamagedOnlyTheBeginningCounts() throws Exception {
    try (TestServer server = TestServer.start().put("/b", Files.readAllBytes(bundle))) {
      stopInTheMiddle(server);
      byte[] bytes = Files.readAllBytes(kept);
      bytes[HEADER + 2 * PIECE + 1000] ^= 1;
      Files.write(kept, bytes);
      assertThat(install(server, Pace.free(), Progress.none()))
          .isBetween(deltaBytes - 2 * PIECE, deltaBytes - 2 * PIECE + BESIDE);
    }
    requireInstalled();
  }

  /** The third piece, and the one with the delta's own header. */
  @Test
  void whatItsChecksumDoesNotShowIsFetchedAnew() throws Exception {
    for (int piece : new int[] {2, 0}) {
      disk.store().update(boot -> boot.bad(Slot.B));
      disk = new RecordedDisk(SampleMachine.disk()).open();
      try (TestServer server = TestServer.start().put("/b", Files.readAllBytes(bundle))) {
        stopInTheMiddle(server);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(kept));
        int at = HEADER + piece * PIECE;
        bytes.put(at + 8 + 60, (byte) ~bytes.get(at + 8 + 60));
        var crc = new CRC32C();
        crc.update(bytes.array(), at + 8, bytes.getInt(at));
        bytes.putInt(at + 4, (int) crc.getValue());
        Files.write(kept, bytes.array());
        assertThat(install(server, Pace.free(), Progress.none())).isGreaterThan(deltaBytes);
      }
      requireInstalled();
    }
  }

  @Test
  void whatIsKeptOfAnotherDeltaDoesNotCount() throws Exception {
    try (TestServer server = TestServer.start().put("/b", Files.readAllBytes(bundle))) {
      stopInTheMiddle(server);
      server.put("/b", Files.readAllBytes(SampleMachine.delta(temp, "1.2", 12)));
      assertThat(install(server, Pace.free(), Progress.none()))
          .isGreaterThan(Files.size(temp.resolve("1.2.delta")));
    }
    assertThat(Release.in(disk.slot(Slot.B), "b").orElseThrow().version()).isEqualTo("1.2");
    assertThat(kept).doesNotExist();
  }

  @Test
  void theWholeImageOfAnotherBundleLeavesNothingOfIt() throws Exception {
    try (TestServer server = TestServer.start().put("/b", Files.readAllBytes(bundle))) {
      stopInTheMiddle(server);
    }
    assertThat(kept).exists();
    SampleMachine.install(disk, SampleMachine.full(temp, "1.2", 12), options(Pace.free()));
    assertThat(kept).doesNotExist();
  }

  @Test
  void withoutRoomNothingIsKeptAndWhatIsThereIsRead() throws Exception {
    byte[] bytes = SampleMachine.noise(1, 300_000);
    Content content = Content.bytes(bytes);
    var delta = new BundleDelta(Digest.of((byte) 1), "1.0", "d", bytes.length, Digest.of(bytes));
    var spool = new DeltaSpool(temp, delta);
    Path file = temp.resolve("delta.fetched");
    try (InputStream in = spool.open(content, 300_000)) { // the headers of pieces do not fit
      assertThat(in.readAllBytes()).isEqualTo(bytes);
    }
    assertThat(file).hasSize(HEADER);
    assertThat(spool.wasRead()).isFalse();
    try (InputStream in = spool.open(content, 1 << 20)) {
      assertThat(in.readNBytes(100_000)).hasSize(100_000);
    }
    assertThat(file).hasSize(HEADER + 2 * PIECE);
    try (InputStream in = spool.open(content, 0)) {
      assertThat(in.readAllBytes()).isEqualTo(bytes);
    }
    assertThat(spool.wasRead()).isTrue();
    assertThat(file).hasSize(HEADER + 2 * PIECE);
    try (InputStream in = spool.open(content, 1 << 20)) {
      assertThat(in.readAllBytes()).isEqualTo(bytes);
    }
    Content gone =
        Content.of(
            bytes.length,
            Digest.of(bytes),
            () -> {
              throw new java.io.IOException("unplugged");
            });
    try (InputStream in = spool.open(gone, 0)) {
      assertThat(in.readAllBytes()).isEqualTo(bytes);
    }
    Files.write(file, new byte[] {1, 2, 3});
    assertThatThrownBy(() -> spool.open(gone, 0).read()).hasMessage("unplugged");
  }
}
