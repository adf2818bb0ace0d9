// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.io.Size;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "runtime",
    description = {
      "Makes a directory with a small Java runtime and the commands that update a machine: DIR/bin/slipway install, status, mark, rollback, reset, flash and bundle.",
      "It runs wherever it is copied to, on Linux with the C library of the JDK it is made by; no Java has to be installed there."
    })
final class RuntimeCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "Where it goes; must not exist yet.")
  Path directory;

  @Option(
      names = "--jmods",
      paramLabel = "DIR",
      description =
          "The jmods of the machines' JDK, when their processor is another one; of the same version as the JDK that runs this.")
  Path modules;

  @Spec CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    long bytes = DeviceRuntime.write(directory, Optional.ofNullable(modules));
    PrintWriter out = spec.commandLine().getOut();
    out.println(directory + ": " + Size.bytes(bytes) + "; start " + directory + "/bin/slipway");
    out.flush();
    return 0;
  }
}
