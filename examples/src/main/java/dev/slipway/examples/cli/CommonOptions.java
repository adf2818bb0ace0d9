// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that every {@code slipway} command has. */
final class CommonOptions {
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
}
