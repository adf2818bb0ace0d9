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
    name = "verify",
    description =
        "Tells whether a delta fits an image, by making the new image and checking all of it."
            + " Nothing of it is kept: only blocks that differ from the old image take room"
            + " meanwhile.",
    footer = {"", "Example: slipway delta verify 1.0.img 1.1.delta"})
final class DeltaVerifyCommand implements Callable<Integer> {
  @Parameters(paramLabel = "OLD", description = "The image, or block device, that is there.")
  Path from;

  @Parameters(paramLabel = "DELTA", description = "The delta.")
  Path delta;

  @Option(
      names = "--scratch",
      paramLabel = "DIR",
      description = "Where temporary files go. Default: beside the delta.")
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
    Path directory = scratch != null ? scratch : delta.toAbsolutePath().getParent();
    Applied applied;
    try (ConsoleProgress progress = ConsoleProgress.standard();
        BlockSource source = BlockSource.file(from);
        InputStream in = Files.newInputStream(delta);
        Destination nowhere = Destination.trial(source, directory)) {
      applied =
          new DeltaApplier(source, directory, Size.parse(memory))
              .apply(in, delta.toString(), nowhere, progress);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        delta
            + ": fits "
            + from
            + ": it makes "
            + Size.bytes(applied.targetBytes())
            + ", of which "
            + Size.bytes(applied.writtenBytes())
            + " are not in the same place already");
    out.flush();
    return 0;
  }
}
