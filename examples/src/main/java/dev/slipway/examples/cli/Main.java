// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.spec.SpecException;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code slipway} command. */
@Command(
    name = "slipway",
    description = "Builds bootable Debian disk images from a specification.",
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Exit codes: 0 done, 1 failed, 2 wrong command line, 3 wrong specification."})
public final class Main implements Runnable {
  static final int FAILED = 1;
  static final int WRONG_SPECIFICATION = 3;

  /** All subcommands in the order of the help, by the names that their annotations give them. */
  private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("build", BuildCommand.class);
    COMMANDS.put("plan", PlanCommand.class);
    COMMANDS.put("rootfs", RootfsCommand.class);
    COMMANDS.put("inspect", InspectCommand.class);
    COMMANDS.put("boot", BootCommand.class);
    COMMANDS.put("store", StoreCommand.class);
    COMMANDS.put("delta", DeltaCommand.class);
    COMMANDS.put("ostree", OstreeCommand.class);
    COMMANDS.put("bundle", BundleCommand.class);
    COMMANDS.put("keys", KeysCommand.class);
    COMMANDS.put("install", InstallCommand.class);
    COMMANDS.put("status", StatusCommand.class);
    COMMANDS.put("mark", MarkCommand.class);
    COMMANDS.put("rollback", RollbackCommand.class);
    COMMANDS.put("reset", ResetCommand.class);
    COMMANDS.put("flash", FlashCommand.class);
    COMMANDS.put("runtime", RuntimeCommand.class);
  }

  @Mixin CommonOptions options = new CommonOptions();

  @Spec CommandSpec spec;

  private final BooleanSupplier stopping;

  Main() {
    this(() -> false);
  }

  private Main(BooleanSupplier stopping) {
    this.stopping = stopping;
  }

  public static void main(String[] arguments) {
    var interruption = Interruption.ofThisThread();
    int status = run(interruption::asked, arguments);
    interruption.over();
    System.exit(status);
  }

  /** Runs a command line and returns its exit code. */
  static int run(String... arguments) {
    return run(() -> false, arguments);
  }

  private static int run(BooleanSupplier stopping, String... arguments) {
    Class<?> wanted = arguments.length == 0 ? null : COMMANDS.get(arguments[0]);
    Collection<Class<?>> commands = wanted == null ? COMMANDS.values() : List.of(wanted);
    return commandLine(stopping, commands).execute(arguments);
  }

  /** The command, ready to be given words. */
  static CommandLine commandLine() {
    return commandLine(() -> false, COMMANDS.values());
  }

  /**
   * Knows only some subcommands: looking through the annotations of all takes a third of a start.
   */
  private static CommandLine commandLine(BooleanSupplier stopping, Collection<Class<?>> commands) {
    var main = new Main(stopping);
    CommandLine line = new CommandLine(main);
    commands.forEach(line::addSubcommand);
    line.setExecutionExceptionHandler((e, command, parsed) -> main.report(e, command));
    line.setUsageHelpAutoWidth(false);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    return line;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  int report(Exception thrown, CommandLine command) {
    Exception e = ErrorText.cause(thrown);
    PrintWriter err = command.getErr();
    if (stopping.getAsBoolean()) {
      ErrorText.printStopped(e, err);
      return FAILED;
    }
    if (e instanceof SpecException wrong) {
      wrong.problems().forEach(err::println);
      int count = wrong.problems().size();
      err.println(
          "slipway: the specification has " + (count == 1 ? "a problem" : count + " problems"));
      if (options.debug) {
        e.printStackTrace(err);
      }
      err.flush();
      return WRONG_SPECIFICATION;
    }
    ErrorText.print(e, err, options.debug);
    return FAILED;
  }

  /** The version of the jar, for {@code --version} and for manifests. */
  static List<String> versionLines() {
    return List.of("slipway " + dev.slipway.build.Tool.VERSION);
  }
}
