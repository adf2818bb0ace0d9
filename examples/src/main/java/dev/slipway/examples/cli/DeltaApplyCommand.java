// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.delta.Applied;
import dev.slipway.delta.DeltaApplier;
import dev.slipway.delta.Destination;
import dev.slipway.io.BlockSource;
import dev.slipway.io.Size;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "apply",
    description =
        "Makes the new image from the old one and a delta. Interrupted, the same command goes on"
            + " where it stopped.",
    footer = {
      "",
      "Example: slipway delta apply /dev/disk/by-partlabel/root-a 1.1.delta -o 1.1.img"
    })
final class DeltaApplyCommand implements Callable<Integer> {
  @Parameters(paramLabel = "OLD", description = "The image, or block device, that is there.")
  Path from;

  @Parameters(paramLabel = "DELTA", description = "The delta; - reads standard input.")
  Path delta;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "NEW",
      description = "The new image, or the block device to overwrite.")
  Path output;

  @Option(
      names = "--in-place",
      description =
          "Overwrite the output although it is a file: blocks that are right already are not"
              + " written, as with a block device. Until the work is done it is neither image.")
  boolean overwrite;

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description =
          "Where to note how far the work is when the output is overwritten in place."
              + " Default: beside the delta.")
  Path state;

  @Option(
      names = "--scratch",
      paramLabel = "DIR",
      description = "Where temporary files go. Default: beside the output or the state.")
  Path scratch;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      defaultValue = "192M",
      description = "Refuse deltas that need more memory. Default: ${DEFAULT-VALUE}.")
  String memory;

  @Spec CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    boolean inPlace = overwrite || Files.exists(output) && !Files.isRegularFile(output);
    boolean piped = delta.toString().equals("-");
    if (inPlace && Files.exists(output) && Files.isSameFile(from, output)) {
      throw new IllegalArgumentException(
          output
              + ": is the image that the delta starts from, which has to stay until the new one is"
              + " whole; name another place");
    }
    if (inPlace && piped && state == null) {
      throw new IllegalArgumentException(
          "a delta from standard input has no place beside it; name a file with --state for how far"
              + " the work is");
    }
    Path note =
        state != null || !inPlace ? state : delta.resolveSibling(delta.getFileName() + ".state");
    Path directory =
        scratch != null ? scratch : (inPlace ? note : output).toAbsolutePath().getParent();
    Applied applied;
    try (ConsoleProgress progress = ConsoleProgress.standard();
        BlockSource source = BlockSource.file(from);
        InputStream in = piped ? System.in : Files.newInputStream(delta);
        Destination destination =
            inPlace ? Destination.inPlace(output, note) : Destination.file(output)) {
      applied =
          new DeltaApplier(source, directory, Size.parse(memory))
              .apply(in, delta.toString(), destination, progress);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        output
            + ": "
            + Size.bytes(applied.targetBytes())
            + ", checked; "
            + Size.bytes(applied.writtenBytes())
            + " written"
            + (applied.resumedBytes() == 0
                ? ""
                : ", " + Size.bytes(applied.resumedBytes()) + " were there from before")
            + (inPlace ? ", " + Size.bytes(applied.presentBytes()) + " were right already" : ""));
    out.flush();
    return 0;
  }
}
