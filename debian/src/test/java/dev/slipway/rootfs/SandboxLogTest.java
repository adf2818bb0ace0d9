// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.progress.Task;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SandboxLogTest {
  private static SandboxLog log(Task task) {
    var log = new SandboxLog(task, () -> {});
    log.expect(List.of(SandboxCommand.of("only", "true")), true);
    return log;
  }

  @Test
  void marksThatTheSandboxNeverSetsAreOutput() throws Exception {
    var log = log(Task.NONE);
    var said = new StringBuilder("\001command 0\n");
    List<String> malformed =
        List.of(
            "\001",
            "\001 ",
            "\001command",
            "\001command x",
            "\001command 1",
            "\001command -1",
            "\001command 99999999999",
            "\001failed",
            "\001failed 0",
            "\001failed 7 1",
            "\001what");
    malformed.forEach(line -> said.append(line).append('\n'));
    said.append("\001alive\n\001collect\nlast\n");
    try (var reader = reader(said.toString(), log)) {
      reader.finish();
      reader.rethrow();
    }
    assertThat(log.hasFailed()).isFalse();
    assertThat(log.phase()).isEqualTo("packing what changed");
    assertThat(log.lastLines()).startsWith(malformed.toArray(String[]::new)).endsWith("last");
  }

  @Test
  void aFailingListenerDoesNotStopTheReader() throws Exception {
    Task failing =
        new Task() {
          @Override
          public void advance(long bytes) {}

          @Override
          public void note(String message) {
            throw new IllegalStateException("nobody listens");
          }
        };
    var log = log(failing);
    try (var reader = reader("\001command 0\nSetting up x\nlast\n\001failed 0 3\n", log)) {
      reader.finish();
      assertThatThrownBy(reader::rethrow).hasMessage("nobody listens");
    }
    assertThat(log.lastLines()).endsWith("last");
    assertThat(log.failure()).hasMessageStartingWith("only: failed with status 3");
  }

  private static SandboxLogReader reader(String said, SandboxLog log) {
    return SandboxLogReader.start(
        new ByteArrayInputStream(said.getBytes(StandardCharsets.UTF_8)), log);
  }
}
