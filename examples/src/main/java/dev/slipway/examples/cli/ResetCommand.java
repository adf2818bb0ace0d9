// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.update.RunningSystem;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "reset",
    description = {
      "Factory reset: removes everything that was changed on this machine, at its next start.",
      "The releases stay as they are. There is no way back."
    })
final class ResetCommand implements Callable<Integer> {
  @Option(names = "--yes", required = true, description = "Really.")
  boolean yes;

  @Override
  public Integer call() throws IOException {
    RunningSystem.find().askForReset();
    return 0;
  }
}
