// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.fetch.FetchOptions;
import dev.slipway.fetch.Fetcher;
import dev.slipway.fetch.Proxies;
import dev.slipway.ostree.OstreeRepository;
import dev.slipway.ostree.PullOptions;
import dev.slipway.ostree.PullReport;
import dev.slipway.ostree.Remote;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "pull",
    description =
        "Copies commits from a remote of the configuration, or from a repository on this machine.")
final class OstreePull extends OstreeTask {
  @Parameters(
      index = "0",
      paramLabel = "REMOTE|DIR",
      description = "A remote's name, or a directory with a slash in its path.")
  String remote;

  @Parameters(
      index = "1..*",
      paramLabel = "REF",
      description = "Refs or checksums. Default: all refs of the summary.")
  List<String> refs = List.of();

  @Option(names = "--mirror", description = "Keep the remote's refs as the repository's own.")
  boolean mirror;

  @Option(
      names = "--depth",
      paramLabel = "N",
      defaultValue = "0",
      description = "How many parents come along; -1 for all. Default: ${DEFAULT-VALUE}.")
  int depth;

  @Option(
      names = "--remote",
      paramLabel = "NAME",
      description = "The remote's name under which refs of a directory are kept.")
  String localName;

  @Override
  int run(PrintWriter out) throws IOException {
    OstreeRepository repository = open();
    PullOptions options = PullOptions.of(refs).withDepth(depth);
    options = mirror ? options.asMirror() : options;
    PullReport report;
    try (ConsoleProgress progress = ConsoleProgress.standard()) {
      if (remote.contains("/") && !remote.contains("://")) {
        if (localName == null && !mirror) {
          options = options.asMirror(); // as pull-local does: refs of no remote
        }
        report =
            repository.pullLocal(
                localName == null ? "local" : localName,
                OstreeRepository.open(Path.of(remote)),
                options,
                ostree.threads(),
                progress);
      } else {
        Remote configured = repository.remote(remote, Clock.systemUTC().instant());
        options = options.verifying(configured.commits(), configured.summary());
        report = pull(repository, configured.addresses(), options, progress);
      }
    }
    out.println(
        report.metadataFetched()
            + " metadata, "
            + report.contentsFetched()
            + " content objects fetched");
    return 0;
  }

  private PullReport pull(
      OstreeRepository repository,
      List<URI> addresses,
      PullOptions options,
      ConsoleProgress progress)
      throws IOException {
    FetchOptions transport =
        FetchOptions.defaults().through(Proxies.ofEnvironment(System.getenv()));
    return repository.pull(remote, Fetcher.with(transport), addresses, options, progress);
  }
}
