// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.coding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.delta.coding.LaneOptions.Effort;
import dev.slipway.io.FormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredRunTest {
  private static final int LANES = 8;
  private static final int LANE = 4;
  private static final int DICTIONARY = 1 << 20;

  @TempDir Path directory;

  @Test
  void aRunHasOneHeader() {
    byte[] chunks = HexFormat.of().parseHex("010001aabb" + "020000cc");
    byte[] run = StoredRun.joined(chunks);
    assertThat(run).asHexString().isEqualToIgnoringCase("01000002" + "aabbcc");
    assertThat(StoredRun.chunks(run)).asHexString().isEqualToIgnoringCase("010002" + "aabbcc");
  }

  @Test
  void aLongRunIsCutIntoChunks() {
    byte[] run = new byte[StoredRun.HEADER + Lzma2.STORED_MAX + 1];
    run[0] = 1;
    run[1] = 1;
    run[run.length - 1] = 7;
    assertThat(StoredRun.dataBytes(run)).isEqualTo(Lzma2.STORED_MAX + 1);
    byte[] chunks = StoredRun.chunks(run);
    assertThat(Arrays.copyOf(chunks, 3)).asHexString().isEqualToIgnoringCase("01ffff");
    assertThat(Arrays.copyOfRange(chunks, 3 + Lzma2.STORED_MAX, chunks.length))
        .asHexString()
        .isEqualToIgnoringCase("020000" + "07");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 65_535, 65_536, 65_537, 524_287, 524_288, 524_289, 3_000_000})
  void whatCannotBeCompressedCostsLittle(int size) throws IOException {
    byte[] plain = noise(size);
    int frames = 1 + size / (StoredRun.SIZE_MAX - Lzma2.STORED_MAX);
    for (Effort effort : Effort.values()) {
      byte[] lanes = written(plain, effort);
      assertThat(lanes).as("%s", effort).hasSizeLessThan(size + 9 * frames + 2);
      assertThat(read(lanes, size)).isEqualTo(plain);
    }
  }

  @Test
  void textBetweenNoiseIsCompressedStill() throws IOException {
    byte[] plain = noise(1_000_000);
    Arrays.fill(plain, 300_000, 600_000, (byte) 'a');
    byte[] lanes = written(plain, Effort.NORMAL);
    assertThat(lanes).hasSizeLessThan(800_000);
    assertThat(read(lanes, plain.length)).isEqualTo(plain);
  }

  @Test
  void aRunLargerThanAllowedIsRefusedBeforeItIsRead() {
    byte[] lanes = HexFormat.of().parseHex("04" + "01" + "080000");
    assertThatThrownBy(() -> read(lanes, 1))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("524289 stored bytes: more than 524288");
  }

  private byte[] written(byte[] plain, Effort effort) throws IOException {
    var options = new LaneOptions(DICTIONARY, 3, 2, effort);
    try (var writer = new LaneWriter(Collections.nCopies(LANES, options), directory)) {
      writer.lane(LANE).write(plain);
      writer.compress(Runnable::run);
      var out = new ByteArrayOutputStream();
      writer.writeTo(out);
      return out.toByteArray();
    }
  }

  private static byte[] read(byte[] lanes, int size) throws IOException {
    int[] dictionaries = new int[LANES];
    Arrays.fill(dictionaries, DICTIONARY);
    var reader = new LaneReader(new ByteArrayInputStream(lanes), dictionaries, "delta", 0);
    byte[] plain = reader.lane(LANE).readNBytes(size);
    reader.expectEnd();
    return plain;
  }

  private static byte[] noise(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }
}
