// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.fetch.FetchOptions;
import dev.slipway.fetch.Fetcher;
import dev.slipway.fetch.Proxies;
import dev.slipway.io.Size;
import dev.slipway.ostree.FsckReport;
import dev.slipway.ostree.OstreeRepository;
import dev.slipway.ostree.PruneOptions;
import dev.slipway.ostree.PruneReport;
import dev.slipway.ostree.RepairReport;
import dev.slipway.ostree.RepositoryMode;
import dev.slipway.ostree.object.ObjectName;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Commands that make a repository and keep it well. */
final class OstreeUpkeep {
  private OstreeUpkeep() {}

  @Command(name = "init", description = "Makes an empty repository.")
  static final class Init extends OstreeTask {
    @Option(
        names = "--mode",
        paramLabel = "MODE",
        defaultValue = "archive",
        description =
            "archive (to serve), bare (to boot from, as root), bare-user or bare-user-only."
                + " Default: ${DEFAULT-VALUE}.")
    String mode;

    @Override
    int run(PrintWriter out) throws IOException {
      OstreeRepository.init(ostree.repository, RepositoryMode.parse(mode));
      return 0;
    }
  }

  @Command(name = "fsck", description = "Reads everything and says what is damaged or missing.")
  static final class Fsck extends OstreeTask {
    @Option(
        names = "--delete",
        description =
            "Remove damaged objects and mark the commits that need them as partial, so that a"
                + " pull or repair brings them.")
    boolean delete;

    @Option(names = "--json", description = "Print JSON instead of text.")
    boolean json;

    @Override
    int run(PrintWriter out) throws IOException {
      OstreeRepository repository = open();
      FsckReport report;
      try (ConsoleProgress progress = ConsoleProgress.standard()) {
        report = repository.fsck(ostree.threads(), progress);
      }
      List<ObjectName> removed = delete ? repository.removeDamaged(report) : List.of();
      if (json) {
        printJson(report, removed, out);
        return report.isClean() ? 0 : Main.FAILED;
      }
      removed.forEach(name -> out.println("removed " + name));
      return tell(report, out);
    }

    private static void printJson(FsckReport report, List<ObjectName> removed, PrintWriter out)
        throws IOException {
      JsonText.print(
          out,
          generator -> {
            generator.writeStartObject();
            generator.writeNumberField("objects", report.objects());
            generator.writeNumberField("commits", report.commits());
            generator.writeNumberField("partial-commits", report.partialCommits());
            generator.writeObjectFieldStart("problems");
            for (var each : report.problems().entrySet()) {
              generator.writeStringField(each.getKey().toString(), each.getValue());
            }
            generator.writeEndObject();
            generator.writeObjectFieldStart("dead-refs");
            for (var each : report.deadRefs().entrySet()) {
              generator.writeStringField(each.getKey(), each.getValue());
            }
            generator.writeEndObject();
            generator.writeArrayFieldStart("removed");
            for (ObjectName each : removed) {
              generator.writeString(each.toString());
            }
            generator.writeEndArray();
            generator.writeEndObject();
          });
    }

    static int tell(FsckReport report, PrintWriter out) {
      report.problems().forEach((name, what) -> out.println(name + ": " + what));
      report.deadRefs().forEach((ref, what) -> out.println("refs/" + ref + ": " + what));
      int problems = report.problems().size() + report.deadRefs().size();
      out.println(
          report.objects()
              + " objects, "
              + report.commits()
              + " commits ("
              + report.partialCommits()
              + " partial), "
              + (report.isClean() ? "no problem" : problems + " problems"));
      return report.isClean() ? 0 : Main.FAILED;
    }
  }

  @Command(
      name = "repair",
      description = "Replaces damaged and missing objects by those of another repository.")
  static final class Repair extends OstreeTask {
    @Option(
        names = "--from",
        paramLabel = "DIR|URL",
        required = true,
        description = "The repository that has them, on this machine or on a web server.")
    String from;

    @Override
    int run(PrintWriter out) throws IOException {
      OstreeRepository repository = open();
      RepairReport report;
      try (ConsoleProgress progress = ConsoleProgress.standard()) {
        report =
            from.matches("https?://.*")
                ? repository.repair(
                    Fetcher.with(
                        FetchOptions.defaults().through(Proxies.ofEnvironment(System.getenv()))),
                    List.of(URI.create(from)),
                    ostree.threads(),
                    progress)
                : repository.repair(
                    OstreeRepository.open(Path.of(from)), ostree.threads(), progress);
      }
      report.repaired().forEach(name -> out.println("repaired " + name));
      return Fsck.tell(report.after(), out);
    }
  }

  @Command(name = "prune", description = "Removes what nothing leads to any more.")
  static final class Prune extends OstreeTask {
    @Option(names = "--no-prune", description = "Say only what would be removed.")
    boolean dryRun;

    @Option(names = "--refs-only", description = "Keep only what refs lead to.")
    boolean refsOnly;

    @Option(
        names = "--depth",
        paramLabel = "N",
        defaultValue = "-1",
        description = "How many parents of each kept commit stay. Default: all.")
    int depth;

    @Option(
        names = "--keep-younger-than",
        paramLabel = "DATE",
        description = "Remove earlier commits that no ref points at: @SECONDS or 2026-01-31.")
    String youngerThan;

    @Option(names = "--delete-commit", paramLabel = "COMMIT", description = "Remove one commit.")
    String deleteCommit;

    @Override
    int run(PrintWriter out) throws IOException {
      OstreeRepository repository = open();
      PruneOptions options =
          (refsOnly ? PruneOptions.keepingRefs() : PruneOptions.keepingAllCommits())
              .withDepth(depth);
      if (youngerThan != null) {
        options = options.youngerThan(Timestamps.parse(youngerThan));
      }
      if (deleteCommit != null) {
        options = options.without(repository.resolve(deleteCommit));
      }
      PruneReport report = repository.prune(dryRun ? options.asDryRun() : options);
      out.println("Total objects: " + report.objects());
      String what = dryRun ? "Would delete " : "Deleted ";
      out.println(
          report.removed() == 0
              ? "No unreachable objects"
              : what
                  + report.removed()
                  + " objects, "
                  + Size.bytes(report.bytesFreed())
                  + " freed");
      report.deltas().forEach(delta -> out.println("Deleted static delta " + delta));
      return 0;
    }
  }
}
