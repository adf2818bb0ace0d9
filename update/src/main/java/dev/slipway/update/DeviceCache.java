// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the kernel remembers of a whole disk. Each partition has a memory of its own, so what is
 * written through one is not seen through the disk's; and a write of one sector through the disk's
 * puts back the whole page around it, as it was when it was read.
 */
final class DeviceCache {
  /** Of util-linux, which no Debian system is without; a service's path may lack its directory. */
  private static final List<String> PROGRAMS = List.of("/usr/sbin/blockdev", "/sbin/blockdev");

  private static final int FILE_TYPE = 0170000;
  private static final int BLOCK_DEVICE = 0060000;

  private DeviceCache() {}

  /** Writes out and forgets what is remembered of a block device; nothing to do for a file. */
  static void drop(Path path) throws IOException {
    if (!isBlockDevice(path)) {
      return;
    }
    String program =
        PROGRAMS.stream()
            .filter(name -> Files.isExecutable(Path.of(name)))
            .findFirst()
            .orElseThrow(
                () ->
                    new IOException(
                        path
                            + ": blockdev is missing, without which what others wrote to this disk"
                            + " is not seen for certain; install util-linux"));
    Process process =
        new ProcessBuilder(program, "--flushbufs", path.toString())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      if (process.waitFor() != 0) {
        throw new IOException(path + ": what the kernel remembers of it stays: " + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(path + ": interrupted", e);
    }
  }

  static boolean isBlockDevice(Path path) throws IOException {
    int mode = (int) Files.getAttribute(path, "unix:mode");
    return (mode & FILE_TYPE) == BLOCK_DEVICE;
  }
}
