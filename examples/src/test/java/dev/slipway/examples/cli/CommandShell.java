// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Gives {@code slipway} commands in tests, and keeps what the last one printed. */
final class CommandShell {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** The exit status of a command. */
  int run(String... words) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Main.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(words);
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }
}
