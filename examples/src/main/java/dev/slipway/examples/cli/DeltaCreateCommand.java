// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.delta.BlockDelta;
import dev.slipway.delta.DeltaOptions;
import dev.slipway.delta.Profile;
import dev.slipway.disk.RecognisedImage;
import dev.slipway.io.BlockSource;
import dev.slipway.io.Size;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "create",
    description = "Makes the delta that turns one image into another.",
    footer = {
      "",
      "Example: slipway delta create 1.0.img 1.1.img -o 1.1.delta --profile max --report why.html"
    })
final class DeltaCreateCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "OLD",
      description =
          "The image that machines have; DISK#PARTITION takes what a partition of a disk image holds.")
  String from;

  @Parameters(paramLabel = "NEW", description = "The image they should have, likewise.")
  String to;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "The delta.")
  Path output;

  @Option(
      names = "--profile",
      paramLabel = "P",
      defaultValue = "balanced",
      description = "How much work to put in: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  Profile profile;

  @Option(
      names = "--report",
      paramLabel = "FILE.html",
      description = "Write a page that shows which files cost how much, and why.")
  Path report;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      defaultValue = "512M",
      description =
          "What the tables of the search may take beside the encoders. Default: ${DEFAULT-VALUE}.")
  String memory;

  @Option(
      names = "--dictionary",
      paramLabel = "SIZE",
      defaultValue = "16M",
      description = "What the device's decoder must hold. Default: ${DEFAULT-VALUE}.")
  String dictionary;

  @Option(
      names = "--scratch",
      paramLabel = "DIR",
      description = "Where temporary files go. Default: beside the delta.")
  Path scratch;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "How many things to do at once. Default: one for each processor.")
  Integer jobs;

  @Spec CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Path directory =
        scratch == null ? output.toAbsolutePath().getParent() : scratch.toAbsolutePath();
    Size tables = tables(Size.parse(memory), Runtime.getRuntime().maxMemory());
    int threads = jobs == null ? Runtime.getRuntime().availableProcessors() : jobs;
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    var opened = new ArrayList<BlockSource>();
    try (ConsoleProgress progress = ConsoleProgress.standard()) {
      BlockSource old = ImageArgument.open(from, opened);
      BlockSource made = ImageArgument.open(to, opened);
      DeltaOptions options =
          DeltaOptions.of(directory)
              .withProfile(profile)
              .withMemory(tables)
              .withDictionary(Size.parse(dictionary))
              .withExecutor(executor);
      try (BlockDelta delta = BlockDelta.between(Volume.of(old), wanted(made), options, progress)) {
        delta.write(output);
        if (report != null) {
          Files.writeString(report, delta.report().html());
        }
      }
    } finally {
      executor.shutdownNow();
      for (BlockSource source : opened) {
        source.close();
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(output + ": " + Size.bytes(Files.size(output)));
    out.flush();
    return 0;
  }

  /** What is asked for, if the heap can give it and a quarter for all else. */
  static Size tables(Size asked, long heapBytes) {
    if (asked.bytes() > heapBytes / 4 * 3) {
      throw new IllegalArgumentException(
          "--memory "
              + asked
              + ": Java may use "
              + Size.bytes(heapBytes)
              + ", and a quarter of that is needed for all else; allow less, or give Java more:"
              + " SLIPWAY_JAVA_OPTIONS=-Xmx"
              + (asked.bytes() / 3 * 4 / Size.mib(1).bytes() + 1)
              + "m");
    }
    return asked;
  }

  /** Only a report needs to know the files, and finding them takes reading all of them. */
  private Volume wanted(BlockSource made) throws IOException {
    return report == null ? Volume.of(made) : RecognisedImage.of(made, to);
  }
}
