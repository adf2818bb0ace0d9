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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "info", description = "Shows what a delta says about itself.")
final class DeltaInfoCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DELTA", description = "The delta.")
  Path delta;

  @Spec CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    DeltaHeader header;
    try (InputStream in = Files.newInputStream(delta)) {
      header = DeltaHeader.read(in, delta.toString());
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println("delta    " + Size.bytes(Files.size(delta)));
    out.println("from     " + Size.bytes(header.sourceBytes()) + "  " + header.sourceDigest());
    out.println("to       " + Size.bytes(header.targetBytes()) + "  " + header.targetDigest());
    out.println("profile  " + header.profile().name().toLowerCase(Locale.ROOT));
    out.println("checked  every " + Size.bytes(header.stepBytes()));
    out.println(
        "needs    "
            + Size.bytes(header.allMemoryBytes())
            + " of memory, "
            + Size.bytes(header.scratchBytes())
            + " for temporary files");
    out.flush();
    return 0;
  }
}
