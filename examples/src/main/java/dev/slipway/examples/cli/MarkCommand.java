// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.bootconfig.Slot;
import dev.slipway.update.SystemDisk;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "mark",
    description = {
      "Tells the boot loader whether a slot works.",
      "Machines do this by themselves after their health checks."
    })
final class MarkCommand implements Callable<Integer> {
  private enum Verdict {
    GOOD,
    BAD
  }

  @Parameters(paramLabel = "good|bad", description = "good: it works. bad: never start it again.")
  Verdict verdict;

  @Option(
      names = "--slot",
      paramLabel = "A|B",
      description = "Which one. Default: the one that runs; with --disk, the one started next.")
  Slot slot;

  @Mixin DiskArgument target;

  @Override
  public Integer call() throws IOException {
    try (SystemDisk disk = target.open()) {
      var running = target.running();
      disk.changeState(
          state -> {
            Slot which = slot != null ? slot : running.or(state::next).orElse(Slot.A);
            return verdict == Verdict.GOOD ? state.good(which) : state.bad(which);
          });
    }
    return 0;
  }
}
