// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.io.Size;
import dev.slipway.store.PruneReport;
import dev.slipway.store.Store;
import dev.slipway.store.StoreEntry;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "store", description = "Shows, checks or cleans the store.")
final class StoreCommand implements Runnable {
  private static final long DAY_SECONDS = 86_400;
  private static final int SHORT_DIGEST = 16;

  @Spec CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(name = "list", description = "Lists what the store holds, the most recently used first.")
  int list(@Mixin StoreOptions options) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try (Store store = Store.open(options.directory())) {
      List<StoreEntry> entries = store.list();
      long total = 0;
      for (StoreEntry entry : entries) {
        out.printf(
            Locale.ROOT,
            "%10s  %-6s  %s  %s  %s%n",
            Size.bytes(entry.size()),
            entry.kind().name().toLowerCase(Locale.ROOT),
            entry.lastUse().truncatedTo(ChronoUnit.SECONDS),
            entry.digest().hex().substring(0, SHORT_DIGEST),
            entry.label());
        total += entry.size();
      }
      out.println(entries.size() + " entries, " + Size.bytes(total) + " in " + options.directory());
    }
    out.flush();
    return 0;
  }

  @Command(
      name = "verify",
      description = "Reads everything and removes what is damaged; builds then get it anew.")
  int verify(@Mixin StoreOptions options) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try (Store store = Store.open(options.directory())) {
      int count = store.list().size();
      List<StoreEntry> damaged = store.verify();
      damaged.forEach(
          entry -> out.println("removed " + entry.digest().hex() + " " + entry.label()));
      out.println(count + " entries, " + damaged.size() + " of them damaged");
    }
    out.flush();
    return 0;
  }

  @Command(
      name = "prune",
      description =
          "Removes what has not been used for long, or what is more than the store may hold, the least recently used first.")
  int prune(
      @Mixin StoreOptions options,
      @Option(
              names = "--size",
              paramLabel = "SIZE",
              description =
                  "How much may stay, such as \"10 GiB\". Default: everything young enough.")
          String size,
      @Option(
              names = "--age",
              paramLabel = "DAYS",
              defaultValue = "30",
              description = "How many days something unused may stay. Default: ${DEFAULT-VALUE}.")
          long days)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    long most = size == null ? Long.MAX_VALUE : Size.parse(size).bytes();
    try (Store store = Store.open(options.directory())) {
      PruneReport report = store.prune(most, Duration.ofSeconds(days * DAY_SECONDS));
      out.println(report);
    }
    out.flush();
    return 0;
  }
}
