// SPDX-License-Identifier: Apache-2.0
package dev.slipway.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZstdEncoderTest {
  private final ZstdEncoder encoder = new ZstdEncoder();

  @Test
  void theSmallestFramesAreWhatTheSpecificationSays() {
    assertThat(HexFormat.of().formatHex(encoder.encode(new byte[0], 0, 0)))
        .isEqualTo("28b52ffd" + "20" + "00" + "010000");
    assertThat(HexFormat.of().formatHex(encoder.encode(new byte[] {7}, 0, 1)))
        .isEqualTo("28b52ffd" + "20" + "01" + "090000" + "07");
    assertThat(HexFormat.of().formatHex(encoder.encode(new byte[1000], 0, 1000)))
        .isEqualTo("28b52ffd" + "60" + "e802" + "431f00" + "00");
  }

  @Test
  void everyKindOfBytesComesBackWhateverItsSize() throws Exception {
    var random = new Random(5);
    for (byte[] kind : kinds(300_000)) {
      for (int size : List.of(2, 3, 8, 9, 63, 64, 65, 255, 256, 257, 1023, 1024, 65_791, 65_792)) {
        requireBack(kind, random.nextInt(1000), size);
      }
      for (int round = 0; round < 100; round++) {
        requireBack(kind, random.nextInt(1000), random.nextInt(5000));
      }
      for (int size : List.of(131_071, 131_072, 131_073, 262_144, 262_145, 299_000)) {
        requireBack(kind, random.nextInt(1000), size);
      }
    }
  }

  private void requireBack(byte[] bytes, int offset, int size) throws Exception {
    byte[] packed = encoder.encode(bytes, offset, size);
    byte[] back = new byte[size];
    int count = BlockCodec.ZSTD.decode(packed, 0, packed.length, back, "packed");
    assertThat(count).isEqualTo(size);
    assertThat(back).isEqualTo(Arrays.copyOfRange(bytes, offset, offset + size));
  }

  @Test
  void whatWasCompressedBeforeDoesNotShow() {
    for (byte[] kind : kinds(140_000)) {
      assertThat(encoder.encode(kind, 0, kind.length))
          .isEqualTo(new ZstdEncoder().encode(kind, 0, kind.length));
    }
  }

  @Test
  void textIsAboutAsSmallAsTheThirdLevelOfZstdMakesIt() {
    byte[] text = text(131_072, 40);
    int library = new io.airlift.compress.zstd.ZstdCompressor().maxCompressedLength(text.length);
    byte[] other = new byte[library];
    int otherSize =
        new io.airlift.compress.zstd.ZstdCompressor()
            .compress(text, 0, text.length, other, 0, other.length);
    assertThat(encoder.encode(text, 0, text.length).length).isLessThan(otherSize * 101 / 100);
  }

  @Test
  @RequiresTool(value = "zstd", in = "zstd")
  void zstdReadsAllOfIt(@TempDir Path temp) throws Exception {
    Path packed = temp.resolve("packed.zst");
    var frames = new ByteArrayOutputStream();
    var whole = new ByteArrayOutputStream();
    for (byte[] kind : kinds(200_000)) {
      frames.write(encoder.encode(kind, 0, kind.length));
      whole.write(kind);
    }
    Files.write(packed, frames.toByteArray());
    Tool.output("zstd", "-q", "-d", packed.toString());
    assertThat(temp.resolve("packed")).hasBinaryContent(whole.toByteArray());
  }

  private static List<byte[]> kinds(int size) {
    var random = new Random(3);
    byte[] noise = new byte[size];
    random.nextBytes(noise);
    byte[] few = new byte[size];
    byte[] skewed = new byte[size];
    byte[] runs = new byte[size];
    byte[] steps = new byte[size];
    byte[] half = noise.clone();
    for (int i = 0; i < size; i++) {
      few[i] = (byte) random.nextInt(3);
      skewed[i] = (byte) Math.min(255, (int) (-20 * Math.log(1 - random.nextDouble())));
      runs[i] = i > 0 && random.nextInt(300) > 0 ? runs[i - 1] : (byte) random.nextInt(256);
      steps[i] = (byte) (i >>> 8 ^ i * 3);
    }
    System.arraycopy(noise, 0, half, size / 2, size / 2);
    var all = new ArrayList<>(List.of(noise, few, skewed, runs, steps, half));
    all.add(text(size, 40));
    all.add(text(size, 5000));
    return all;
  }

  /** Words that repeat. */
  private static byte[] text(int size, int words) {
    var random = new Random(9);
    var vocabulary = new String[words];
    for (int i = 0; i < words; i++) {
      var word = new StringBuilder();
      for (int letters = 2 + random.nextInt(9); letters > 0; letters--) {
        word.append((char) ('a' + random.nextInt(26) * random.nextInt(26) / 26));
      }
      vocabulary[i] = word.append(' ').toString();
    }
    var text = new StringBuilder();
    while (text.length() < size) {
      text.append(vocabulary[(int) (words * random.nextDouble() * random.nextDouble())]);
    }
    return text.substring(0, size).getBytes(StandardCharsets.US_ASCII);
  }
}
