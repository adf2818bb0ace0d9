// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.ostree.CheckoutOptions;
import dev.slipway.ostree.OstreeRepository;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "checkout", description = "Lays a commit down in a new directory.")
final class OstreeCheckout extends OstreeTask {
  @Parameters(index = "0", paramLabel = "COMMIT", description = "A ref or checksum.")
  String commit;

  @Parameters(index = "1", paramLabel = "DIR", description = "Must not exist.")
  Path target;

  @Option(
      names = {"-U", "--user-mode"},
      description = "Leave out owners and attributes, which only root can write.")
  boolean userMode;

  @Option(
      names = {"-H", "--require-hardlinks"},
      description = "Make files names of the repository's objects, where its mode allows that.")
  boolean hardLinks;

  @Option(
      names = "--subpath",
      paramLabel = "PATH",
      defaultValue = "/",
      description = "A directory within the commit.")
  String subpath;

  @Override
  int run(PrintWriter out) throws IOException {
    OstreeRepository repository = open();
    CheckoutOptions options =
        new CheckoutOptions(userMode, hardLinks, TreePath.of(subpath), ostree.threads());
    try (ConsoleProgress progress = ConsoleProgress.standard()) {
      repository.checkout(repository.resolve(commit), target, options, progress);
    }
    return 0;
  }
}
