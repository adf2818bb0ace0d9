// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.build.ImageBuild;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "rootfs",
    description = {
      "Makes only the configured root file system of a specification's packages.",
      "What the specification adds to the packages, and the arrangement for slots, are left out."
    })
final class RootfsCommand implements Callable<Integer> {
  @Parameters(paramLabel = "SPEC", description = "The specification, a YAML file.")
  Path specification;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE.tar|DIR",
      description = "A tar archive to write, or a new directory, which needs root.")
  Path output;

  @Mixin WorkOptions work;

  @Spec CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try (ConsoleProgress progress = ConsoleProgress.standard()) {
      int entries =
          ImageBuild.read(specification, work.options(Path.of(""))).writeRootfs(output, progress);
      progress.close();
      out.println(output + ": " + entries + " entries");
    }
    out.flush();
    return 0;
  }
}
