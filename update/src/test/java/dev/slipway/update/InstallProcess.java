// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.bootconfig.Slot;
import dev.slipway.bundle.Bundle;
import dev.slipway.io.BlockSource;
import dev.slipway.progress.Progress;
import dev.slipway.signature.CmsPolicy;
import dev.slipway.signature.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** An installation as a process of its own, which may be killed: see {@link SuddenDeathTest}. */
public final class InstallProcess {
  /** Slow enough that there is something to kill. */
  private static final long BYTES_PER_SECOND = 4 << 20;

  private InstallProcess() {}

  /** Runs with {@code DISK BUNDLE KEYRING STATE}. */
  public static void main(String[] words) throws IOException {
    CmsPolicy policy =
        CmsPolicy.trusting(
            Pem.certificates(Files.readAllBytes(Path.of(words[2])), words[2]),
            SampleMachine.TIME,
            SampleMachine.TIME);
    var options =
        new InstallOptions(
            Path.of(words[3]),
            Optional.of(Slot.A),
            SampleMachine.TIME,
            true,
            new Pace(BYTES_PER_SECOND, () -> false));
    try (SystemDisk disk = SystemDisk.open(Path.of(words[0]));
        BlockSource source = BlockSource.file(Path.of(words[1]));
        Bundle bundle = Bundle.open(source, words[1], policy)) {
      System.out.println("start");
      Installer.of(disk, options).install(bundle, Progress.none());
    }
  }
}
