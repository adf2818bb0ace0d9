// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.coding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.delta.coding.LaneOptions.Effort;
import dev.slipway.io.FormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two lanes: one of noise, most of which is wanted before a few words of the other, and words. */
class LaneReaderTest {
  private static final int NOISE = 0;
  private static final int WORDS = 1;
  private static final int DICTIONARY = 1 << 20;
  private static final int NOISE_BYTES = 6 << 20;
  private static final byte[] TEXT = "what is wanted".getBytes(StandardCharsets.US_ASCII);

  private byte[] written;

  @BeforeEach
  void write(@TempDir Path scratch) throws IOException {
    var out = new ByteArrayOutputStream();
    var options = new LaneOptions(DICTIONARY, 3, 0, Effort.FAST);
    try (var writer = new LaneWriter(Collections.nCopies(2, options), scratch)) {
      byte[] noise = new byte[NOISE_BYTES];
      new Random(3).nextBytes(noise);
      writer.at(0);
      writer.lane(NOISE).write(noise, 0, NOISE_BYTES - 1);
      writer.at(1);
      writer.lane(WORDS).write(TEXT);
      writer.at(2);
      writer.lane(NOISE).write(noise, NOISE_BYTES - 1, 1);
      writer.compress(Runnable::run);
      writer.writeTo(out);
    }
    written = out.toByteArray();
  }

  @Test
  void whatLiesTooFarAheadIsRefused() {
    LaneReader reader = reader();
    assertThatThrownBy(() -> reader.lane(WORDS).readNBytes(TEXT.length))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("bytes ahead of their use");
  }

  @Test
  void aLaneThatIsLeftOutIsPassedOverAndCounted() throws IOException {
    LaneReader reader = reader();
    reader.leaveOut(NOISE);
    assertThat(reader.lane(WORDS).readNBytes(TEXT.length)).isEqualTo(TEXT);
    reader.expectEnd();
    assertThat(reader.compressedBytes(NOISE)).isGreaterThan(NOISE_BYTES);
    assertThat(reader.position()).isEqualTo(written.length);
  }

  @Test
  void whatIsLeftOutIsCheckedAllTheSame() {
    written[written.length / 2]++;
    LaneReader reader = reader();
    reader.leaveOut(NOISE);
    assertThatThrownBy(() -> reader.lane(WORDS).readNBytes(TEXT.length))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("checksum");
  }

  @Test
  void whatNobodyReadsIsTooMuch() {
    LaneReader reader = reader();
    reader.leaveOut(WORDS);
    assertThatThrownBy(reader::expectEnd)
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("data behind the end");
  }

  private LaneReader reader() {
    return new LaneReader(
        new ByteArrayInputStream(written), new int[] {DICTIONARY, DICTIONARY}, "delta", 0);
  }
}
