// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.build.BuildOptions;
import dev.slipway.build.BuildResult;
import dev.slipway.build.ImageBuild;
import dev.slipway.io.Size;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "build",
    description = {
      "Builds the image of a specification.",
      "Writes NAME-VERSION.img, its manifest NAME-VERSION.json, and the lock file, beside the specification and beside the image. What is there already and still right is used again."
    })
final class BuildCommand implements Callable<Integer> {
  @Parameters(paramLabel = "SPEC", description = "The specification, a YAML file.")
  Path specification;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "Where the image goes. Default: the current directory.")
  Path output = Path.of("");

  @Option(
      names = {"-v", "--verbose"},
      description = "Say of every step whether it was reused, or why not.")
  boolean verbose;

  @Mixin WorkOptions work;

  @Spec CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    BuildOptions options = work.options(output);
    PrintWriter out = spec.commandLine().getOut();
    Optional<BuildResult> unchanged = ImageBuild.unchanged(specification, options);
    if (unchanged.isPresent()) {
      out.println(unchanged.get().image() + ": nothing changed");
      out.flush();
      return 0;
    }
    BuildResult result;
    try (ConsoleProgress progress = ConsoleProgress.standard()) {
      result = ImageBuild.read(specification, options).run(progress);
    }
    if (verbose) {
      result.steps().forEach(step -> out.println("  " + step));
    }
    out.println(
        result.image()
            + ": "
            + Size.bytes(result.usedBytes())
            + " used in its slot, digest "
            + result.digest().hex().substring(0, 16));
    out.flush();
    return 0;
  }
}
