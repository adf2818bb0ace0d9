// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.disk.DiskImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README shows code that compiles, word for word, and that works. */
class ReadmeTest {
  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

  @Test
  void showsTheSamplesAsTheyAreCompiled() throws IOException {
    String readme = Files.readString(HOME.resolve("README.md"));
    String program =
        Files.readString(
            HOME.resolve("examples/src/main/java/dev/slipway/examples/EmbeddedImage.java"));
    Matcher sample =
        Pattern.compile("// sample: \\w+\n(.*?)\n *// end\n", Pattern.DOTALL).matcher(program);
    int found = 0;
    while (sample.find()) {
      assertThat(readme).contains(sample.group(1).stripIndent());
      found++;
    }
    assertThat(found).isEqualTo(2);
  }

  @Test
  void theDiskOfTheSampleIsWritten(@TempDir Path work) throws IOException {
    DiskImage disk = EmbeddedImage.notes(work.resolve("notes.img"));
    assertThat(Files.size(work.resolve("notes.img"))).isEqualTo(disk.size());
  }
}
