// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * The {@code slipway} command on a machine in the field: what updates it, and nothing that builds
 * images. It needs the jars of {@link DeviceRuntime} alone, which a test shows by running it with
 * them.
 */
@Command(
    name = "slipway",
    description = "Updates this machine.",
    versionProvider = Version.class,
    subcommands = {
      InstallCommand.class,
      StatusCommand.class,
      MarkCommand.class,
      RollbackCommand.class,
      ResetCommand.class,
      FlashCommand.class,
      BundleCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Exit codes: 0 done, 1 failed, 2 wrong command line."})
public final class DeviceMain implements Runnable {
  @Mixin CommonOptions options = new CommonOptions();

  @Spec CommandSpec spec;

  private Interruption interruption;

  private DeviceMain() {}

  public static void main(String[] arguments) {
    var device = new DeviceMain();
    CommandLine line =
        new CommandLine(device)
            .setExecutionExceptionHandler((e, command, parsed) -> device.report(e, command))
            .setUsageHelpAutoWidth(false)
            .setCaseInsensitiveEnumValuesAllowed(true);
    device.interruption = Interruption.ofThisThread();
    int status = line.execute(arguments);
    device.interruption.over();
    System.exit(status);
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private int report(Exception thrown, CommandLine command) {
    Exception e = ErrorText.cause(thrown);
    if (interruption.asked()) {
      ErrorText.printStopped(e, command.getErr());
    } else {
      ErrorText.print(e, command.getErr(), options.debug);
    }
    return Main.FAILED;
  }
}
