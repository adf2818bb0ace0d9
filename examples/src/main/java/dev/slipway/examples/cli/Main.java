// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.build.BuildException;
import dev.slipway.spec.SpecException;
import dev.slipway.update.CancelledException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code slipway} command. */
@Command(
    name = "slipway",
    description = "Builds bootable Debian disk images from a specification.",
    versionProvider = Version.class,
    subcommands = {
      BuildCommand.class,
      PlanCommand.class,
      RootfsCommand.class,
      InspectCommand.class,
      BootCommand.class,
      StoreCommand.class,
      DeltaCommand.class,
      OstreeCommand.class,
      BundleCommand.class,
      KeysCommand.class,
      InstallCommand.class,
      StatusCommand.class,
      MarkCommand.class,
      RollbackCommand.class,
      ResetCommand.class,
      FlashCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Exit codes: 0 done, 1 failed, 2 wrong command line, 3 wrong specification."})
public final class Main implements Runnable {
  static final int FAILED = 1;
  static final int WRONG_SPECIFICATION = 3;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  boolean help;

  @Option(names = "--version", versionHelp = true, description = "Show the version.")
  boolean version;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show where in the program an error came from.")
  boolean debug;

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
    return commandLine(stopping).execute(arguments);
  }

  /** The command, ready to be given words. */
  static CommandLine commandLine() {
    return commandLine(() -> false);
  }

  private static CommandLine commandLine(BooleanSupplier stopping) {
    var main = new Main(stopping);
    CommandLine line = new CommandLine(main);
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
    Exception e = cause(thrown);
    PrintWriter err = command.getErr();
    if (stopping.getAsBoolean()) {
      err.println(
          "slipway: "
              + (e instanceof CancelledException
                  ? e.getMessage()
                  : "stopped; what was there before is unchanged"));
      err.flush();
      return FAILED;
    }
    if (e instanceof SpecException wrong) {
      wrong.problems().forEach(err::println);
      int count = wrong.problems().size();
      err.println(
          "slipway: the specification has " + (count == 1 ? "a problem" : count + " problems"));
    } else {
      err.println("slipway: " + sentence(e));
    }
    if (debug) {
      e.printStackTrace(err);
    } else if (isSurprising(e)) {
      err.println("slipway: this looks like a mistake in slipway; --debug shows where it happened");
    }
    err.flush();
    return e instanceof SpecException ? WRONG_SPECIFICATION : FAILED;
  }

  /** The error that streams and lambdas could not throw themselves. */
  private static Exception cause(Exception e) {
    return e instanceof UncheckedIOException wrapped ? wrapped.getCause() : e;
  }

  /** What went wrong in words; file system errors say nothing but a path by themselves. */
  private static String sentence(Exception e) {
    if (e instanceof NoSuchFileException missing) {
      return missing.getFile()
          + ": "
          + (missing.getReason() == null ? "no such file" : missing.getReason());
    }
    if (e instanceof AccessDeniedException denied) {
      return denied.getFile() + ": permission denied";
    }
    if (e instanceof FileSystemException problem && problem.getReason() != null) {
      return problem.getFile() + ": " + problem.getReason();
    }
    if (e instanceof FileAlreadyExistsException there) {
      return there.getFile() + ": is there already; remove it or name another place";
    }
    if (e instanceof DirectoryNotEmptyException full) {
      return full.getFile() + ": the directory is not empty";
    }
    if (e instanceof FileSystemException problem && problem.getFile() != null) {
      return problem.getFile() + ": cannot be used (" + e.getClass().getSimpleName() + ")";
    }
    String message = e.getMessage();
    if (isSurprising(e) || message == null || message.isBlank()) {
      return e.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }
    return message;
  }

  private static boolean isSurprising(Exception e) {
    return !(e instanceof IOException
        || e instanceof IllegalArgumentException
        || e instanceof BuildException);
  }

  /** The version of the jar, for {@code --version} and for manifests. */
  static List<String> versionLines() {
    return List.of("slipway " + dev.slipway.build.Tool.VERSION);
  }
}
