// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.bootconfig.Slot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Optional;

/**
 * The machine this runs on, by what its initramfs has left.
 *
 * @param slot the slot that runs
 * @param disk the disk it was started from
 * @param data the directory that stays over updates
 */
public record RunningSystem(Slot slot, Path disk, Path data) {
  private static final Path REPORT = Path.of("/run/slipway/boot");

  /** As {@code slipway-boot} has it. */
  private static final Path STORE_LOCK = Path.of("/run/slipway/boot-store.lock");

  /** Finds out. */
  public static RunningSystem find() throws IOException {
    return read(REPORT);
  }

  static RunningSystem read(Path report) throws IOException {
    var values = new HashMap<String, String>();
    try {
      for (String line : Files.readAllLines(report)) {
        int equals = line.indexOf('=');
        if (equals > 0) {
          values.put(line.substring(0, equals), line.substring(equals + 1));
        }
      }
    } catch (NoSuchFileException e) {
      throw new IOException(
          report + " is not there: this machine was not started from a disk of ours; name one", e);
    }
    String slot = values.getOrDefault("slot", "");
    if (!slot.matches("[AB]") || !values.containsKey("disk")) {
      throw new IOException(report + ": expected lines slot= and disk=, found " + values);
    }
    Path data = Path.of("/data");
    return new RunningSystem(
        Slot.valueOf(slot),
        Path.of(values.get("disk")),
        Files.isDirectory(data) ? data : Path.of("/run/slipway/data"));
  }

  /** Opens the disk; whoever changes its boot store keeps {@code slipway-boot} waiting. */
  public SystemDisk openDisk() throws IOException {
    return SystemDisk.open(disk, Optional.of(STORE_LOCK));
  }

  /** Where the installer keeps its state. */
  public Path state() {
    return data.resolve("slipway");
  }

  /** Where the health service reports what did not work. */
  public Path reports() {
    return Path.of("/var/lib/slipway");
  }

  /** What was changed in {@code /etc}. */
  public Path changes() {
    return data.resolve("etc/upper");
  }

  /**
   * Asks for a factory reset: at the next start everything that was changed on this machine is
   * removed before anything uses it.
   */
  public void askForReset() throws IOException {
    Path flag = data.resolve(".slipway-reset");
    if (!Files.exists(flag)) {
      Files.createFile(flag);
    }
    try (var channel = java.nio.channels.FileChannel.open(flag)) {
      channel.force(true);
    }
    try (var directory = java.nio.channels.FileChannel.open(data)) {
      directory.force(true);
    }
  }
}
