// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.io.BlockSource;
import dev.slipway.match.Alignment;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the machine has installed, as far as it is for x86-64. */
final class InstalledLibrariesTest {
  private static final Path LIBRARIES = Path.of("/usr/lib/x86_64-linux-gnu");

  private static Path library(String name) {
    Path path = LIBRARIES.resolve(name);
    assumeTrue(Files.isRegularFile(path), path + " is not installed");
    return path;
  }

  @Test
  void librariesThatHaveNothingInCommonDoNoHarm() throws IOException {
    byte[] old = Files.readAllBytes(library("libz.so.1"));
    byte[] now = Files.readAllBytes(library("libm.so.6"));
    var alignments = new ArrayList<Alignment>();
    for (int at = 0; at + 5000 < Math.min(old.length, now.length); at += 5000) {
      alignments.add(new Alignment(at, old.length - 5000 - at, 4900));
    }
    CodeModel model = CodeModel.of(CodeContext.NONE);
    BlockSource source = BlockSource.bytes(old);
    byte[] side = model.describe(source, BlockSource.bytes(now), alignments);
    CodePredictor predictor = model.predictor(source, alignments, side);
    var whole = new byte[now.length];
    predictor.predict(0, whole, 0, whole.length);
    var pieces = new byte[now.length];
    for (int at = 0; at < pieces.length; at += 333) {
      predictor.predict(at, pieces, at, Math.min(333, pieces.length - at));
    }
    assertThat(Arrays.mismatch(whole, pieces)).isEqualTo(-1);
  }

  @Test
  @RequiresTool(value = "objdump", in = "binutils")
  void instructionsAreAsLongAsObjdumpFinds() throws IOException, InterruptedException {
    Path path = library("libc.so.6");
    byte[] file = Files.readAllBytes(path);
    ElfHeaders headers = ElfHeaders.read(new PagedBytes(BlockSource.bytes(file)));
    Section text = headers.sections.get(headers.find(".text"));
    List<Long> starts = starts(path, text.address() + 200_000);
    assertThat(starts).hasSizeGreaterThan(10_000);
    var instruction = new X86Instruction();
    int wrong = 0;
    for (int i = 0; i + 1 < starts.size(); i++) {
      int offset = (int) (text.offset() + starts.get(i) - text.address());
      instruction.decode(file, offset);
      wrong += instruction.length == starts.get(i + 1) - starts.get(i) ? 0 : 1;
    }
    assertThat(wrong).isLessThan(starts.size() / 1000);
  }

  /** The addresses of instructions that objdump lists in {@code .text} up to an address. */
  private static List<Long> starts(Path path, long stop) throws IOException, InterruptedException {
    String listing =
        Tool.output(
            "objdump", "-d", "-w", "-j", ".text", "--stop-address=" + stop, path.toString());
    var starts = new ArrayList<Long>();
    for (String line : listing.split("\n")) {
      int colon = line.indexOf(":\t");
      if (colon > 0) {
        starts.add(Long.parseLong(line.substring(0, colon).strip(), 16));
      }
    }
    return starts;
  }
}
