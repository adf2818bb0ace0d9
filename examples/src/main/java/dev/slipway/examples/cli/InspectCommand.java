// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.disk.DiskInspection;
import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "inspect",
    description =
        "Shows what is in an image, ours or any other: partitions, file systems, systems, packages.")
final class InspectCommand implements Callable<Integer> {
  @Parameters(paramLabel = "IMAGE", description = "A raw disk image or a block device.")
  Path image;

  @Option(names = "--json", description = "Print JSON instead of text.")
  boolean json;

  @Spec CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try (BlockSource source = BlockSource.file(image)) {
      DiskInspection found = DiskInspection.of(source, image.getFileName().toString());
      out.println((json ? found.json() : found.text()).stripTrailing());
    }
    out.flush();
    return 0;
  }
}
