// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.delta.DeltaApplier;
import dev.slipway.delta.Destination;
import dev.slipway.io.BlockSource;
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
    description = "Tells whether a delta fits an image, by applying it to a temporary file.")
final class DeltaVerifyCommand implements Callable<Integer> {
  @Parameters(paramLabel = "OLD", description = "The image, or block device, that is there.")
  Path from;

  @Parameters(paramLabel = "DELTA", description = "The delta.")
  Path delta;

  @Option(
      names = "--scratch",
      paramLabel = "DIR",
      description =
          "Where the temporary file goes; it is as large as the new image. Default: beside the delta.")
  Path scratch;

  @Spec CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Path directory = scratch != null ? scratch : delta.toAbsolutePath().getParent();
    Path trial = Files.createTempDirectory(directory, "slipway-verify-");
    try (ConsoleProgress progress = ConsoleProgress.standard();
        BlockSource source = BlockSource.file(from);
        InputStream in = Files.newInputStream(delta);
        Destination destination = Destination.file(trial.resolve("new"))) {
      DeltaApplier.of(source, trial).apply(in, delta.toString(), destination, progress);
    } finally {
      try (var files = Files.list(trial)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(trial);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(delta + ": fits " + from);
    out.flush();
    return 0;
  }
}
