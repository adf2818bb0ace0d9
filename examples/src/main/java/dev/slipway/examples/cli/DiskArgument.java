// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.bootconfig.Slot;
import dev.slipway.update.RunningSystem;
import dev.slipway.update.SystemDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which disk is meant: that of the running machine, or another, or an image. */
final class DiskArgument {
  @Option(
      names = "--disk",
      paramLabel = "DISK",
      description = "An image file, or a disk that nothing runs from. Default: this machine's.")
  Path disk;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description =
          "Where unfinished work is kept. Default: on the data partition; with --disk, DISK.state.")
  Path state;

  private RunningSystem machine;

  private RunningSystem machine() throws IOException {
    if (machine == null) {
      machine = RunningSystem.find();
    }
    return machine;
  }

  SystemDisk open() throws IOException {
    return disk != null ? SystemDisk.open(disk) : machine().openDisk();
  }

  /** The slot that runs; nothing for a disk that was named. */
  Optional<Slot> running() throws IOException {
    return disk != null ? Optional.empty() : Optional.of(machine().slot());
  }

  Path state() throws IOException {
    if (state != null) {
      return state;
    }
    return disk != null ? disk.resolveSibling(disk.getFileName() + ".state") : machine().state();
  }

  Path reports() throws IOException {
    return disk != null ? state().resolve("none") : machine().reports();
  }

  Path changes() throws IOException {
    return disk != null ? state().resolve("none") : machine().changes();
  }
}
