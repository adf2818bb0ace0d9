// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.bootconfig.Slot;
import dev.slipway.signature.DevelopmentKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The installer with the heap that it has on a machine. */
class SmallHeapTest {
  private static final long MEBIBYTE = 1 << 20;

  @TempDir Path temp;
  private Path disk;
  private Path keyring;

  @BeforeEach
  void makeDisk() throws Exception {
    disk = temp.resolve("disk.img");
    Files.write(disk, SampleMachine.disk());
    keyring = temp.resolve("ca.pem");
    Files.writeString(keyring, DevelopmentKeys.pem(SampleMachine.KEYS.authority()));
  }

  private int install(Path bundle) throws IOException, InterruptedException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            InstallProcess.class.getName(),
            disk.toString(),
            bundle.toString(),
            keyring.toString(),
            temp.resolve("state").toString())
        .redirectError(temp.resolve("log").toFile())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  @Test
  void aDeltaThatNeedsMoreThanTheHeapIsRefusedBeforeAnythingIsTouched() throws Exception {
    Path bundle = SampleMachine.announcing(temp, "1.1", 11, 0, 100 * MEBIBYTE, false);
    assertThat(install(bundle)).isNotZero();
    assertThat(Files.readString(temp.resolve("log")))
        .contains("RefusedException", "applying needs 10", "of memory, and 3", "are allowed");
    assertThat(disk).hasBinaryContent(SampleMachine.disk());
  }

  @Test
  void theWholeImageIsTakenInstead() throws Exception {
    Path bundle = SampleMachine.announcing(temp, "1.1", 11, 0, 100 * MEBIBYTE, true);
    assertThat(install(bundle)).as(Files.readString(temp.resolve("log"))).isZero();
    try (SystemDisk opened = SystemDisk.open(disk)) {
      assertThat(Release.in(opened.slot(Slot.B), "b").orElseThrow().version()).isEqualTo("1.1");
    }
  }
}
