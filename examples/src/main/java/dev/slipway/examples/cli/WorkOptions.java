// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.build.BuildOptions;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What commands that resolve and fetch packages share. */
final class WorkOptions {
  @Mixin StoreOptions store;

  @Option(names = "--update", description = "Take the newest packages and renew the lock file.")
  boolean update;

  @Option(
      names = "--offline",
      description = "Use what the store holds and leave the network alone.")
  boolean offline;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "How many things to do at once. Default: one for each processor.")
  Integer jobs;

  BuildOptions options(Path output) {
    BuildOptions options =
        BuildOptions.of(output, store.directory()).withUpdate(update).withOffline(offline);
    return jobs == null ? options : options.withJobs(jobs);
  }
}
