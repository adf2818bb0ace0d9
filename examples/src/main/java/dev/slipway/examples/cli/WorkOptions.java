// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.apt.ArchiveOptions.ValidUntil;
import dev.slipway.build.BuildOptions;
import java.nio.file.Path;
import java.time.Instant;
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

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description =
          "Judge signatures and dates of archives as of this time, such as 2026-01-31T12:00:00Z, for a snapshot of then. Default: now.")
  Instant at;

  @Option(
      names = "--valid-until",
      paramLabel = "checked|ignored",
      description =
          "Refuse or take archives past their date. Default: as this machine's apt configuration says.")
  ValidUntil validUntil = ValidUntil.AS_CONFIGURED;

  BuildOptions options(Path output) {
    BuildOptions options =
        BuildOptions.of(output, store.directory())
            .withUpdate(update)
            .withOffline(offline)
            .withValidUntil(validUntil);
    options = jobs == null ? options : options.withJobs(jobs);
    return at == null ? options : options.withJudgedAt(at);
  }
}
