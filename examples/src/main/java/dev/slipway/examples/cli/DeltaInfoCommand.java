// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.delta.DeltaHeader;
import dev.slipway.io.Size;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "info",
    description =
        "Shows what a delta says about itself: from what to what, and what applying needs.",
    footer = {"", "Example: slipway delta info 1.1.delta"})
final class DeltaInfoCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DELTA", description = "The delta.")
  Path delta;

  @Option(names = "--json", description = "Print JSON instead of text.")
  boolean json;

  @Spec CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    DeltaHeader header;
    try (InputStream in = Files.newInputStream(delta)) {
      header = DeltaHeader.read(in, delta.toString());
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      printJson(header, out);
    } else {
      print(header, out);
    }
    out.flush();
    return 0;
  }

  private void print(DeltaHeader header, PrintWriter out) throws IOException {
    out.println("delta    " + Size.bytes(Files.size(delta)));
    out.println("from     " + Size.bytes(header.sourceBytes()) + "  " + header.sourceDigest());
    out.println("to       " + Size.bytes(header.targetBytes()) + "  " + header.targetDigest());
    out.println("profile  " + profile(header));
    out.println("checked  every " + Size.bytes(header.stepBytes()));
    out.println(
        "needs    "
            + Size.bytes(header.allMemoryBytes())
            + " of memory, "
            + Size.bytes(header.scratchBytes())
            + " for temporary files");
  }

  private void printJson(DeltaHeader header, PrintWriter out) throws IOException {
    long size = Files.size(delta);
    JsonText.print(
        out,
        generator -> {
          generator.writeStartObject();
          generator.writeNumberField("deltaBytes", size);
          generator.writeNumberField("sourceBytes", header.sourceBytes());
          generator.writeStringField("sourceSha256", header.sourceDigest().toString());
          generator.writeNumberField("targetBytes", header.targetBytes());
          generator.writeStringField("targetSha256", header.targetDigest().toString());
          generator.writeStringField("profile", profile(header));
          generator.writeNumberField("stepBytes", header.stepBytes());
          generator.writeNumberField("memoryBytes", header.allMemoryBytes());
          generator.writeNumberField("scratchBytes", header.scratchBytes());
          generator.writeEndObject();
        });
  }

  private static String profile(DeltaHeader header) {
    return header.profile().name().toLowerCase(Locale.ROOT);
  }
}
