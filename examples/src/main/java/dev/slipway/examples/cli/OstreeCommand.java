// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.ostree.OstreeRepository;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code slipway ostree}: what ostree's users know, done by Slipway. */
@Command(
    name = "ostree",
    description = "Makes, shows, serves and pulls ostree repositories.",
    subcommands = {
      OstreeUpkeep.Init.class,
      OstreeCommit.class,
      OstreeCheckout.class,
      OstreeLook.Refs.class,
      OstreeLook.Log.class,
      OstreeLook.Show.class,
      OstreeFiles.Ls.class,
      OstreeFiles.Cat.class,
      OstreeFiles.Diff.class,
      OstreeSign.Sign.class,
      OstreeSign.Verify.class,
      OstreeSign.Summary.class,
      OstreePull.class,
      OstreeRemote.class,
      OstreeServe.class,
      OstreeUpkeep.Fsck.class,
      OstreeUpkeep.Repair.class,
      OstreeUpkeep.Prune.class,
      OstreeDelta.class,
      OstreeAdmin.class
    },
    synopsisSubcommandLabel = "COMMAND")
final class OstreeCommand implements Runnable {
  @Option(
      names = "--repo",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      defaultValue = ".",
      description = "The repository. Default: the current directory.")
  Path repository;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      scope = ScopeType.INHERIT,
      description = "How many things to do at once. Default: one for each processor.")
  Integer jobs;

  @Spec CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  OstreeRepository open() throws IOException {
    return OstreeRepository.open(repository);
  }

  int threads() {
    return jobs == null ? Runtime.getRuntime().availableProcessors() : jobs;
  }
}
