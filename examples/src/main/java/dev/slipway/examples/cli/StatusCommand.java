// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.update.SystemDisk;
import dev.slipway.update.SystemStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "status",
    description = "Shows what the slots hold, which one runs, and which is started next.")
final class StatusCommand implements Callable<Integer> {
  @Mixin DiskArgument target;

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  @Spec CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    try (SystemDisk disk = target.open()) {
      SystemStatus status =
          SystemStatus.of(
              disk, target.running(), target.state(), target.reports(), target.changes());
      PrintWriter out = spec.commandLine().getOut();
      out.print(json ? status.json() : status.text());
      out.flush();
    }
    return 0;
  }
}
