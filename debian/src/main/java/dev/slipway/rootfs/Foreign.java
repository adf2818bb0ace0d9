// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.apt.Architecture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Whether this machine can run the programs of an architecture. */
final class Foreign {
  private Foreign() {}

  static void requireRunnable(String architecture) throws SandboxException {
    Optional<Architecture> host = Architecture.ofHost();
    if (host.isPresent() && host.get().runs(architecture)) {
      return;
    }
    String emulator = Architecture.find(architecture).map(Architecture::qemu).orElse(architecture);
    if (!Files.exists(Path.of("/proc/sys/fs/binfmt_misc/qemu-" + emulator))) {
      throw new SandboxException(
          "packages of architecture "
              + architecture
              + " can be unpacked but not configured here: this machine is "
              + host.map(Architecture::name).orElse(System.getProperty("os.arch"))
              + " and has no emulation of "
              + emulator
              + "; install the packages qemu-user-static and binfmt-support");
    }
  }
}
