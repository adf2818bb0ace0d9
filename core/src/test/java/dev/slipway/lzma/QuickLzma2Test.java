// SPDX-License-Identifier: Apache-2.0
package dev.slipway.lzma;

import static dev.slipway.lzma.Lzma2Bytes.concat;
import static dev.slipway.lzma.Lzma2Bytes.decompress;
import static dev.slipway.lzma.Lzma2Bytes.hex;
import static dev.slipway.lzma.Lzma2Bytes.noise;
import static dev.slipway.lzma.Lzma2Bytes.pieces;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.slipway.io.BlockSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickLzma2Test {
  private static final int SMALL = 1 << 12;

  @Test
  void nothingIsTheEndAlone() throws IOException {
    assertThat(hex(compress(new byte[0], text(SMALL)))).isEqualTo("00");
  }

  /** What does not get smaller is stored, by a chunk that starts the dictionary. */
  @Test
  void shortThingsAreStored() throws IOException {
    byte[] plain = "ab".getBytes(StandardCharsets.US_ASCII);
    assertThat(hex(compress(plain, text(SMALL)))).isEqualTo("01" + "0001" + "6162" + "00");
  }

  /** Zeros: one literal, then repeats of the last distance, of 273 bytes each. */
  @Test
  void zerosTakeOneChunk() throws IOException {
    byte[] packed = compress(new byte[1000], text(SMALL));
    assertThat(hex(packed)).startsWith("e0" + "03e7").endsWith("00");
    assertThat(packed[5]).as("properties: (pb * 5 + lp) * 9 + lc").isEqualTo((byte) 93);
    assertThat(packed.length).isLessThan(30);
    assertThat(decompress(packed, SMALL)).isEqualTo(new byte[1000]);
  }

  /** Chunks end by what is plain in them. */
  @Test
  void longMatchesEndAtTheChunksBorder() throws IOException {
    for (int size : new int[] {(1 << 21) - 274, (1 << 21) - 273, 1 << 21, (1 << 21) + 274}) {
      byte[] packed = compress(new byte[size], text(SMALL));
      assertThat(decompress(packed, SMALL)).isEqualTo(new byte[size]);
    }
  }

  /**
   * Chunks end by what is packed in them, in the middle of places that are passed without a look.
   */
  @Test
  void literalsFillChunks() throws IOException {
    for (int symbols : new int[] {60, 120, 200, 230}) {
      byte[] plain = noise(symbols);
      assertThat(decompress(compress(plain, text(1 << 20)), 1 << 20)).isEqualTo(plain);
    }
  }

  @Test
  void whatDecodersRefuseIsRefused() {
    assertThatThrownBy(() -> new Parameters(0, 3, 0, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("dictionary: found 0 bytes, expected 1 to 536870912");
    for (int[] bits : new int[][] {{3, 2, 0}, {0, 0, 5}, {-1, 0, 0}}) {
      assertThatThrownBy(() -> new Parameters(SMALL, bits[0], bits[1], bits[2]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("lc=" + bits[0]);
    }
  }

  @Test
  void randomBytesCostTheirFramesAlone() throws IOException {
    byte[] plain = new byte[200_000];
    new Random(1).nextBytes(plain);
    byte[] packed = compress(plain, text(1 << 18));
    assertThat(packed).hasSize(plain.length + 4 * 3 + 1);
    assertThat(decompress(packed, 1 << 18)).isEqualTo(plain);
  }

  /** Text, then random bytes, then the text again: the dictionary reaches over what is stored. */
  @Test
  void matchesReachOverStoredChunks() throws IOException {
    byte[] text = words(new Random(2), 150_000);
    byte[] noise = new byte[100_000];
    new Random(3).nextBytes(noise);
    byte[] plain = concat(text, noise, text);
    byte[] packed = compress(plain, text(1 << 20));
    assertThat(packed.length)
        .isLessThan(compress(text, text(1 << 20)).length + noise.length + 2000);
    assertThat(decompress(packed, 1 << 20)).isEqualTo(plain);
  }

  /** More than the buffer holds, so what was read is moved, and matches stay within reach. */
  @Test
  void matchesStayWithinTheDictionary() throws IOException {
    byte[] piece = words(new Random(4), 700_000);
    byte[] plain = concat(piece, piece, piece, piece, piece, piece, piece, piece);
    assertThat(decompress(compress(plain, text(SMALL)), SMALL)).isEqualTo(plain);
    int whole = 1 << 20;
    byte[] packed = compress(plain, text(whole));
    assertThat(decompress(packed, whole)).isEqualTo(plain);
    assertThat(packed.length).isLessThan(compress(piece, text(whole)).length + 7 * 2500);
  }

  @Provide
  Arbitrary<byte[]> bytes() {
    return pieces().list().ofMaxSize(12).map(QuickLzma2Test::repeated);
  }

  /** Every second piece is one of those before again. */
  private static byte[] repeated(List<byte[]> pieces) {
    byte[] all = new byte[0];
    for (int i = 0; i < pieces.size(); i++) {
      all = concat(all, pieces.get(i), pieces.get(i / 2));
    }
    return all;
  }

  @Property(tries = 200)
  void decodingGivesTheBytes(
      @ForAll("bytes") byte[] plain, @ForAll("parameters") Parameters parameters)
      throws IOException {
    byte[] packed = compress(plain, parameters);
    assertThat(decompress(packed, parameters.dictionaryBytes())).isEqualTo(plain);
    assertThat(packed.length).isLessThanOrEqualTo(plain.length + 3 + 1);
  }

  @Provide
  Arbitrary<Parameters> parameters() {
    return Arbitraries.of(
        text(SMALL),
        text(1 << 16),
        new Parameters(SMALL, 0, 0, 0),
        new Parameters(SMALL, 4, 0, 2),
        new Parameters(1 << 13, 0, 4, 4));
  }

  @Test
  void xzReadsIt(@TempDir Path directory) throws Exception {
    Path tool = Path.of("/usr/bin/xz");
    assumeThat(tool).as("xz-utils").exists();
    byte[] plain = words(new Random(5), 3_000_000);
    Path packed = directory.resolve("packed");
    Files.write(packed, compress(plain, text(1 << 20)));
    Path unpacked = directory.resolve("unpacked");
    int exit =
        new ProcessBuilder(
                tool.toString(), "-dc", "--format=raw", "--lzma2=dict=1MiB", packed.toString())
            .redirectOutput(unpacked.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
            .waitFor();
    assertThat(exit).isZero();
    assertThat(Files.readAllBytes(unpacked)).isEqualTo(plain);
  }

  private static Parameters text(int dictionary) {
    return new Parameters(dictionary, 3, 0, 2);
  }

  private static byte[] words(Random random, int length) {
    byte[] bytes = new byte[length];
    for (int at = 0; at < length; ) {
      var word = new Random(random.nextInt(5000));
      for (int i = 2 + word.nextInt(9); i > 0 && at < length; i--) {
        bytes[at++] = (byte) ('a' + word.nextInt(26));
      }
      if (at < length) {
        bytes[at++] = ' ';
      }
    }
    return bytes;
  }

  private static byte[] compress(byte[] plain, Parameters parameters) throws IOException {
    var out = new ByteArrayOutputStream();
    QuickLzma2.compress(BlockSource.bytes(plain), parameters, out);
    return out.toByteArray();
  }
}
