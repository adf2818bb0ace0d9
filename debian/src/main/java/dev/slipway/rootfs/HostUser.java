// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Who this process is on the host. */
record HostUser(String name, long uid) {

  /** The effective user, as the kernel has it. */
  static HostUser current() {
    return new HostUser(System.getProperty("user.name", "?"), effectiveUid());
  }

  boolean isRoot() {
    return uid == 0;
  }

  private static long effectiveUid() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("Uid:")) {
          return Long.parseLong(line.split("\\s+")[2]);
        }
      }
    } catch (IOException | NumberFormatException e) {
      // No such file system: then this is not Linux, and no door will open either.
    }
    return -1;
  }
}
