// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Whether this machine can run the programs of an architecture. */
final class Foreign {
  private record Native(String debian, Set<String> alsoRuns) {}

  /** By Java's names: what this machine is, and what its kernel runs besides. */
  private static final Map<String, Native> HOSTS =
      Map.of(
          "amd64", new Native("amd64", Set.of("i386")),
          "x86_64", new Native("amd64", Set.of("i386")),
          "aarch64", new Native("arm64", Set.of()),
          "ppc64le", new Native("ppc64el", Set.of()),
          "riscv64", new Native("riscv64", Set.of()),
          "s390x", new Native("s390x", Set.of()));

  /** By Debian's names: what QEMU's user emulation is called. */
  private static final Map<String, String> EMULATORS =
      Map.of(
          "amd64", "x86_64",
          "arm64", "aarch64",
          "armhf", "arm",
          "armel", "arm",
          "i386", "i386",
          "ppc64el", "ppc64le",
          "riscv64", "riscv64",
          "s390x", "s390x");

  private Foreign() {}

  static void requireRunnable(String architecture) throws SandboxException {
    Native host = HOSTS.get(System.getProperty("os.arch", "").toLowerCase(Locale.ROOT));
    if (host != null
        && (host.debian().equals(architecture) || host.alsoRuns().contains(architecture))) {
      return;
    }
    String emulator = EMULATORS.getOrDefault(architecture, architecture);
    if (!Files.exists(Path.of("/proc/sys/fs/binfmt_misc/qemu-" + emulator))) {
      throw new SandboxException(
          "packages of architecture "
              + architecture
              + " can be unpacked but not configured here: this machine is "
              + (host == null ? System.getProperty("os.arch") : host.debian())
              + " and has no emulation of "
              + emulator
              + "; install the packages qemu-user-static and binfmt-support");
    }
  }
}
