// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is verified comes from the device. */
class DirectBlockSourceTest {
  private static final int BYTES = 8 << 20;

  @TempDir Path temp;

  /** How many bytes devices had to give to this process so far. */
  private static long fromDevices() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/io"))) {
      if (line.startsWith("read_bytes: ")) {
        return Long.parseLong(line.substring("read_bytes: ".length()));
      }
    }
    throw new IOException("/proc/self/io has no read_bytes");
  }

  private static Digest read(BlockSource source) throws IOException {
    return Digest.of(source.stream(0, source.size()));
  }

  @Test
  void whatTheSystemRemembersIsReadFromTheDeviceAllTheSame() throws Exception {
    assumeThat(Files.getFileStore(temp).type())
        .as("memory is its own device")
        .isNotEqualTo("tmpfs");
    byte[] bytes = SampleMachine.noise(1, BYTES);
    Path file = temp.resolve("disk");
    try (BlockSink sink = BlockSink.createFile(file, BYTES)) {
      sink.write(0, ByteBuffer.wrap(bytes));
      sink.flush();
    }
    long before = fromDevices();
    try (BlockSource cached = BlockSource.file(file)) {
      assertThat(read(cached)).isEqualTo(Digest.of(bytes));
    }
    assertThat(fromDevices() - before).isLessThan(BYTES / 2);
    before = fromDevices();
    try (BlockSource direct = DirectBlockSource.open(file)) {
      assumeThat(direct)
          .as("this file system reads directly")
          .isInstanceOf(DirectBlockSource.class);
      assertThat(read(direct)).isEqualTo(Digest.of(bytes));
      assertThat(fromDevices() - before).isGreaterThanOrEqualTo(BYTES);
      before = fromDevices();
      assertThat(read(direct)).isEqualTo(Digest.of(bytes));
      assertThat(fromDevices() - before).isGreaterThanOrEqualTo(BYTES);
    }
  }

  /** As an installation reads a slot back: all of the image comes from the device. */
  @Test
  void anInstallationReadsTheSlotBackFromTheDevice() throws Exception {
    assumeThat(Files.getFileStore(temp).type())
        .as("memory is its own device")
        .isNotEqualTo("tmpfs");
    Path image = temp.resolve("disk.img");
    Files.write(image, SampleMachine.disk());
    Path bundle = SampleMachine.full(temp, "1.1", 11);
    long before = fromDevices();
    try (SystemDisk disk = SystemDisk.open(image)) {
      Installed done =
          SampleMachine.install(disk, bundle, SampleMachine.options(temp.resolve("state")));
      assertThat(done.readDirectly()).isTrue();
    }
    assertThat(fromDevices() - before)
        .isGreaterThanOrEqualTo(SampleMachine.release("1.1", 11).size());
  }

  @Test
  void whatCannotBeReadDirectlyIsToldApart() throws Exception {
    Path sysfs = Path.of("/sys/kernel/uevent_seqnum");
    assumeThat(sysfs).exists();
    assertThat(Flash.readsDirectly(sysfs)).isFalse();
    try (BlockSource source = DirectBlockSource.open(sysfs)) {
      assertThat(source).isNotInstanceOf(DirectBlockSource.class);
    }
    SystemDisk disk = new RecordedDisk(SampleMachine.disk()).open();
    Installed done =
        SampleMachine.install(
            disk,
            SampleMachine.full(temp, "1.1", 11),
            new InstallOptions(
                temp.resolve("state"), Optional.empty(), SampleMachine.TIME, false, Pace.free()));
    assertThat(done.readDirectly()).isFalse();
  }
}
