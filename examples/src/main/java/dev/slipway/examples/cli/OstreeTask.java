// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.ostree.OstreeRepository;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** What all commands on a repository share. */
abstract class OstreeTask implements Callable<Integer> {
  @ParentCommand OstreeCommand ostree;

  @Spec CommandSpec spec;

  /** Does it, and prints results to a writer that is flushed afterwards. */
  abstract int run(PrintWriter out) throws IOException;

  @Override
  public final Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try {
      return run(out);
    } finally {
      out.flush();
    }
  }

  OstreeRepository open() throws IOException {
    return ostree.open();
  }
}
