// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.delta.DeltaReport;
import dev.slipway.disk.RecognisedImage;
import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "explain",
    description = "Shows which parts of a delta cost how much, and why.",
    footer = {"", "Example: slipway delta explain 1.1.delta --image 1.1.img --report why.html"})
final class DeltaExplainCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DELTA", description = "The delta.")
  Path delta;

  @Option(
      names = "--image",
      paramLabel = "NEW",
      description =
          "The image that the delta makes, as for delta create: the files in it give the parts their names."
              + " Without it they go by their positions.")
  String image;

  @Option(names = "--json", description = "Print JSON instead of text.")
  boolean json;

  @Option(
      names = "--report",
      paramLabel = "FILE.html",
      description = "Write a page with a map of the cost as well.")
  Path report;

  @Spec CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    DeltaReport explained = explained();
    if (report != null) {
      Files.writeString(report, explained.html());
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println((json ? explained.json() : explained.text()).stripTrailing());
    out.flush();
    return 0;
  }

  private DeltaReport explained() throws IOException {
    try (InputStream in = Files.newInputStream(delta)) {
      if (image == null) {
        return DeltaReport.of(in, delta.toString());
      }
      var opened = new ArrayList<BlockSource>();
      try {
        BlockSource source = ImageArgument.open(image, opened);
        return DeltaReport.of(in, delta.toString(), RecognisedImage.of(source, image));
      } finally {
        for (BlockSource source : opened) {
          source.close();
        }
      }
    }
  }
}
