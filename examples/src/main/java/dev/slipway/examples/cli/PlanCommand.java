// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.build.ImageBuild;
import dev.slipway.build.StepReport;
import dev.slipway.disk.DiskImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
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
    name = "plan",
    description =
        "Shows what a build would do, and why. Writes no image, no manifest and no lock file.")
final class PlanCommand implements Callable<Integer> {
  @Parameters(paramLabel = "SPEC", description = "The specification, a YAML file.")
  Path specification;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "Where the image would go. Default: the current directory.")
  Path output = Path.of("");

  @Option(
      names = "--svg",
      paramLabel = "FILE",
      description = "Draw the partition map, as an SVG picture.")
  Path picture;

  @Mixin WorkOptions work;

  @Spec CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try (ConsoleProgress progress = ConsoleProgress.standard()) {
      ImageBuild.Plan plan = ImageBuild.read(specification, work.options(output)).plan(progress);
      progress.close();
      out.println(plan.title());
      for (StepReport step : plan.steps()) {
        out.println("  " + step);
      }
      plan.disk().ifPresent(disk -> out.print(disk.layout()));
      if (plan.disk().isEmpty()) {
        out.println(
            "The partition map is known when what goes into it has been made: after a build.");
      }
      if (picture != null) {
        draw(plan.disk());
      }
    }
    out.flush();
    return 0;
  }

  private void draw(Optional<DiskImage> disk) throws IOException {
    if (disk.isEmpty()) {
      throw new IOException(
          picture + ": there is nothing to draw before the specification was built once");
    }
    Files.writeString(picture, disk.get().svg());
  }
}
