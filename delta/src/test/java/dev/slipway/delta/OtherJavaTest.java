// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.testing.JavaMachines;
import dev.slipway.testing.Tool;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever Java makes a delta: the same bytes. */
@Tag("slow")
class OtherJavaTest {
  @TempDir Path directory;

  @Test
  void java25MakesTheSameDeltas() throws Exception {
    Optional<Path> other = JavaMachines.version(25);
    Assumptions.assumeTrue(other.isPresent(), "no JDK 25 under /usr/lib/jvm");
    String made = deltas(JavaMachines.running());
    assertThat(made.lines()).hasSize(5 * Profile.values().length);
    assertThat(deltas(other.get())).isEqualTo(made);
  }

  private String deltas(Path java) throws Exception {
    Path executable = Tool.find("tar").orElseThrow();
    return Tool.output(MakeProcess.command(java, directory, executable).toArray(String[]::new))
        .lines()
        .filter(line -> line.matches("(FAST|BALANCED|MAX) .*"))
        .collect(Collectors.joining("\n"));
  }
}
