// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "delta",
    description = "Makes, applies and explains deltas between two images.",
    subcommands = {
      DeltaCreateCommand.class,
      DeltaApplyCommand.class,
      DeltaVerifyCommand.class,
      DeltaInfoCommand.class,
      DeltaExplainCommand.class
    })
final class DeltaCommand implements Runnable {
  @Spec CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
