// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.io.Size;
import dev.slipway.update.Flash;
import dev.slipway.update.Pace;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "flash",
    description = {
      "Writes a whole image to a disk and reads it back.",
      "Everything on the disk is lost. A disk that is mounted, or runs this machine, is refused."
    })
final class FlashCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "IMAGE", description = "A disk image.")
  Path image;

  @Parameters(index = "1", paramLabel = "DEVICE", description = "The disk, such as /dev/sdb.")
  Path device;

  @Spec CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    long bytes;
    try (ConsoleProgress progress = ConsoleProgress.standard()) {
      bytes = Flash.write(image, device, Pace.free(), progress);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(device + ": " + Size.bytes(bytes) + " written and verified");
    if (!Flash.readsDirectly(device)) {
      out.println(readFromMemory(device.toString()));
    }
    out.flush();
    return 0;
  }

  /** A caution: so a device that loses what it was given is not found out. */
  static String readFromMemory(String name) {
    return name
        + ": cannot be read directly; what was written was compared as the system's memory has it,"
        + " not as the device keeps it";
  }
}
