// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.progress.Task;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {
  private static final long MIB = 1 << 20;
  private static final long SECOND = 1_000_000_000L;

  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final AtomicLong clock = new AtomicLong();

  private ConsoleProgress console(boolean live) {
    var out = new PrintStream(shown, true, StandardCharsets.UTF_8);
    return new ConsoleProgress(out, live, clock::get);
  }

  /** What the live line shows now. */
  private String line() {
    String all = shown.toString(StandardCharsets.UTF_8);
    return all.substring(all.lastIndexOf("\033[K") + 3);
  }

  @Test
  void tellsBytesAndTimeLeft() {
    try (ConsoleProgress progress = console(true);
        Task task = progress.start("applying", 100 * MIB)) {
      assertThat(line()).isEqualTo("applying    0%  0.0 of 100.0 MiB");
      clock.set(SECOND);
      task.advance(10 * MIB);
      assertThat(line()).isEqualTo("applying   10%  10.0 of 100.0 MiB");
      clock.set(20 * SECOND);
      task.advance(10 * MIB);
      assertThat(line()).isEqualTo("applying   20%  20.0 of 100.0 MiB  1:20 left");
      clock.set(3000 * SECOND);
      task.advance(5 * MIB);
      assertThat(line()).isEqualTo("applying   25%  25.0 of 100.0 MiB  2:30 h left");
      task.advance(75 * MIB);
      clock.set(3001 * SECOND);
      task.advance(0);
      assertThat(line()).isEqualTo("applying  100%  100.0 of 100.0 MiB");
    }
    assertThat(line()).isEmpty();
  }

  @Test
  void printsOneLineForATaskWhereNobodyLooks() {
    try (ConsoleProgress progress = console(false);
        Task task = progress.start("applying", MIB)) {
      clock.set(60 * SECOND);
      task.advance(MIB / 2);
    }
    assertThat(shown.toString(StandardCharsets.UTF_8))
        .isEqualTo("applying" + System.lineSeparator());
  }
}
