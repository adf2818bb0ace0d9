// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.bootconfig.Slot;
import dev.slipway.bundle.Bundle;
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

  /** Runs with {@code DISK BUNDLE KEYRING STATE}; the bundle may be an address. */
  public static void main(String[] words) throws IOException {
    CmsPolicy policy =
        CmsPolicy.trusting(
            Pem.certificates(Files.readAllBytes(Path.of(words[2])), words[2]),
            SampleMachine.TIME,
            SampleMachine.TIME);
    var pace = new Pace(BYTES_PER_SECOND, () -> false);
    Path state = Path.of(words[3]);
    try (SystemDisk disk = SystemDisk.open(Path.of(words[0]));
        BundleSource source = BundleSource.open(words[1], System.in, state, pace);
        Bundle bundle = Bundle.open(source.source(), words[1], policy)) {
      System.out.println("start");
      var options =
          new InstallOptions(
              state, Optional.of(Slot.A), SampleMachine.TIME, true, pace, source.fetched());
      Installer.of(disk, options).install(bundle, Progress.none());
    }
  }
}
