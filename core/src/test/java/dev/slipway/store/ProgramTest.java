// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramTest {
  @TempDir Path directory;

  @Test
  void anotherJarIsAnotherProgram() throws IOException {
    Path core = Files.writeString(directory.resolve("slipway-core.jar"), "one");
    Path more = Files.writeString(directory.resolve("slipway-more.jar"), "two");
    String id = Program.digest(List.of(core, more));
    assertThat(id).matches("[0-9a-f]{16}");
    assertThat(Program.digest(List.of(core))).isNotEqualTo(id);
    Files.writeString(more, "six");
    assertThat(Program.digest(List.of(core, more))).isNotEqualTo(id);
    Files.writeString(more, "two");
    assertThat(Program.digest(List.of(core, more))).isEqualTo(id);
  }

  @Test
  void classesInDirectoriesAreNotLookedInto() throws IOException {
    assertThat(Program.jars()).allMatch(Files::isRegularFile);
    assertThat(Program.id()).isEqualTo(Program.digest(Program.jars()));
    assertThat(Program.marks().split(" ").length).isGreaterThanOrEqualTo(3 * Program.jars().size());
  }
}
