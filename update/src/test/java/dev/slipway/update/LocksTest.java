// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.bootconfig.Slot;
import dev.slipway.io.BlockSource;
import dev.slipway.progress.Progress;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may change the boot store, a state directory, a device, and who has to wait. */
class LocksTest {
  @TempDir Path temp;

  @Test
  @RequiresTool(value = "flock", in = "util-linux")
  void theShellAndWeKeepEachOtherOut() throws Exception {
    Path lock = temp.resolve("run/boot-store.lock");
    try (StoreLock held = StoreLock.take(lock, Duration.ZERO)) {
      assertThat(held).isNotNull();
      assertThat(Tool.run(Map.of(), "flock", "-n", lock.toString(), "true").status()).isEqualTo(1);
    }
    Process shell =
        new ProcessBuilder("flock", lock.toString(), "sh", "-c", "echo held; exec cat").start();
    try {
      assertThat(shell.inputReader().readLine()).isEqualTo("held");
      assertThatThrownBy(() -> StoreLock.take(lock, Duration.ofMillis(50)))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(lock + ": another program has been changing the boot store");
    } finally {
      shell.getOutputStream().close(); // cat ends, and the lock with it
      shell.waitFor();
    }
    StoreLock.take(lock, Duration.ZERO).close();
  }

  @Test
  @RequiresTool(value = "flock", in = "util-linux")
  void aChangeOfTheStateWaitsForTheShell() throws Exception {
    Path lock = temp.resolve("boot-store.lock");
    Path image = temp.resolve("disk.img");
    Files.write(image, SampleMachine.disk());
    Path done = temp.resolve("done");
    Process shell =
        new ProcessBuilder("flock", lock.toString(), "sh", "-c", "echo held; sleep 0.3; : >" + done)
            .start();
    assertThat(shell.inputReader().readLine()).isEqualTo("held");
    try (SystemDisk disk = SystemDisk.open(image, Optional.of(lock))) {
      assertThat(disk.changeState(state -> state.primary(Slot.B)).next()).contains(Slot.B);
    }
    assertThat(done).exists();
    shell.waitFor();
  }

  @Test
  void twoThreadsTakeTurnsAtTheStateDirectory() throws Exception {
    try (UpdateLock lock = UpdateLock.take(temp)) {
      assertThat(lock).isNotNull();
      assertThatThrownBy(() -> UpdateLock.take(temp)).isInstanceOf(RefusedException.class);
      // the one that was refused has not taken the first one's lock away
      assertThatThrownBy(() -> UpdateLock.take(temp)).isInstanceOf(RefusedException.class);
    }
    UpdateLock.take(temp).close();
  }

  @Test
  @RequiresTool(value = "losetup", in = "mount")
  void aDeviceThatSomebodyHoldsIsNotWrittenTo() throws Exception {
    byte[] content = SampleMachine.disk();
    Path image = temp.resolve("disk.img");
    Files.write(image, content);
    Path backing = temp.resolve("backing");
    Files.write(backing, new byte[content.length]);
    Tool.Result made = Tool.run(Map.of(), "losetup", "-f", "--show", backing.toString());
    if (made.status() != 0) {
      System.err.println("SKIPPED aDeviceThatSomebodyHoldsIsNotWrittenTo: needs a loop device");
    }
    assumeTrue(made.status() == 0, "needs a loop device");
    Path device = Path.of(made.output().strip());
    try {
      try (DeviceCalls.Descriptor held = DeviceCalls.claim(device)) {
        assertThat(held).isNotNull();
        assertThatThrownBy(() -> Flash.write(image, device, Pace.free(), Progress.none()))
            .isInstanceOf(RefusedException.class)
            .hasMessage(
                device + " is in use: the kernel or another program holds it; let it go first");
      }
      try (BlockSource untouched = BlockSource.file(backing)) {
        assertThat(untouched.readFully(0, 4096)).containsOnly(0);
      }
      Flash.write(image, device, Pace.free(), Progress.none());
    } finally {
      Tool.run(Map.of(), "losetup", "-d", device.toString());
    }
    assertThat(backing).hasBinaryContent(content);
  }
}
