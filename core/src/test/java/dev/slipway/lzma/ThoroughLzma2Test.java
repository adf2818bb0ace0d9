// SPDX-License-Identifier: Apache-2.0
package dev.slipway.lzma;

import static dev.slipway.lzma.Lzma2Bytes.concat;
import static dev.slipway.lzma.Lzma2Bytes.decompress;
import static dev.slipway.lzma.Lzma2Bytes.hex;
import static dev.slipway.lzma.Lzma2Bytes.noise;
import static dev.slipway.lzma.Lzma2Bytes.pieces;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.BasicArrayCache;
import org.tukaani.xz.FinishableWrapperOutputStream;
import org.tukaani.xz.LZMA2Options;

class ThoroughLzma2Test {
  private static final int SMALL = 1 << 12;
  private static final Parameters PATCHES = new Parameters(8 << 20, 3, 0, 0);

  @Test
  void nothingIsTheEndAlone() throws IOException {
    assertThat(hex(compress(new byte[0], PATCHES))).isEqualTo("00");
  }

  /** What does not get smaller is stored, by a chunk that starts the dictionary. */
  @Test
  void shortThingsAreStored() throws IOException {
    byte[] plain = "ab".getBytes(StandardCharsets.US_ASCII);
    assertThat(hex(compress(plain, PATCHES))).isEqualTo("01" + "0001" + "6162" + "00");
  }

  @Test
  void zerosTakeOneChunk() throws IOException {
    byte[] packed = compress(new byte[1000], new Parameters(SMALL, 3, 0, 2));
    assertThat(hex(packed)).startsWith("e0" + "03e7").endsWith("00");
    assertThat(packed[5]).as("properties: (pb * 5 + lp) * 9 + lc").isEqualTo((byte) 93);
    assertThat(packed.length).isLessThan(30);
    assertThat(decompress(packed, SMALL)).isEqualTo(new byte[1000]);
  }

  @Test
  void longMatchesEndAtTheChunksBorder() throws IOException {
    for (int size : new int[] {(1 << 21) - 1, 1 << 21, (1 << 21) + 1, (1 << 22) + 274}) {
      byte[] packed = compress(new byte[size], PATCHES);
      assertThat(decompress(packed, PATCHES.dictionaryBytes())).isEqualTo(new byte[size]);
    }
  }

  @Test
  void chunksEndInTheMiddleOfAPlan() throws IOException {
    for (int values : new int[] {60, 120, 200, 230}) {
      byte[] plain = noise(values);
      byte[] packed = compress(plain, PATCHES);
      assertThat(decompress(packed, PATCHES.dictionaryBytes())).isEqualTo(plain);
      assertThat(packed.length).isLessThan(plain.length);
    }
  }

  /** They look as if they could get smaller, but with so many models they do not. */
  @Test
  void chunksAreStoredInTheMiddleOfAPlan() throws IOException {
    var manyModels = new Parameters(8 << 20, 0, 4, 4);
    byte[] plain = noise(236);
    byte[] packed = compress(plain, manyModels);
    assertThat(packed[0]).isEqualTo((byte) 1);
    assertThat(packed.length).isBetween(plain.length, plain.length + 20);
    assertThat(decompress(packed, manyModels.dictionaryBytes())).isEqualTo(plain);
  }

  @Test
  void randomBytesCostTheirFramesAlone() throws IOException {
    byte[] plain = new byte[200_000];
    new Random(1).nextBytes(plain);
    byte[] packed = compress(plain, PATCHES);
    assertThat(packed).hasSize(plain.length + 4 * 3 + 1);
    assertThat(decompress(packed, PATCHES.dictionaryBytes())).isEqualTo(plain);
  }

  /** More than the buffer holds, so what was read is moved, and matches stay within reach. */
  @Test
  void matchesStayWithinTheDictionary() throws IOException {
    byte[] piece = differences(new Random(4), 700_000);
    byte[] plain = concat(piece, piece, piece, piece, piece, piece, piece, piece);
    assertThat(decompress(compress(plain, new Parameters(SMALL, 3, 0, 0)), SMALL)).isEqualTo(plain);
    var whole = new Parameters(1 << 20, 3, 0, 0);
    byte[] packed = compress(plain, whole);
    assertThat(decompress(packed, 1 << 20)).isEqualTo(plain);
    assertThat(packed.length).isLessThan(compress(piece, whole).length + 7 * 2500);
  }

  /** The buffer is exactly full, and behind the last match there is nothing to compare with. */
  @Test
  void aMatchMayEndWhereTheBufferEnds() throws IOException {
    byte[] plain = new byte[SMALL + 2 * CheapestPath.MOST + (1 << 20) + ThoroughLzma2.ORIGIN];
    new Random(7).nextBytes(plain);
    System.arraycopy(plain, plain.length - 150, plain, plain.length - 100, 100);
    byte[] packed = compress(plain, new Parameters(SMALL, 3, 0, 0));
    assertThat(decompress(packed, SMALL)).isEqualTo(plain);
  }

  @Test
  void patchesAreAsSmallAsByTheLibrarysHashChains() throws IOException {
    byte[] plain = differences(new Random(5), 1_000_000);
    byte[] packed = compress(plain, PATCHES);
    assertThat(decompress(packed, PATCHES.dictionaryBytes())).isEqualTo(plain);
    var options = new LZMA2Options(8);
    options.setPb(0);
    options.setNiceLen(LZMA2Options.NICE_LEN_MAX);
    options.setMatchFinder(LZMA2Options.MF_HC4);
    options.setDepthLimit(16);
    var library = new ByteArrayOutputStream();
    try (OutputStream out =
        options.getOutputStream(
            new FinishableWrapperOutputStream(library), BasicArrayCache.getInstance())) {
      out.write(plain);
    }
    assertThat((double) packed.length / library.size()).isLessThan(1);
  }

  @Test
  void writesMayBeCutAnywhere() throws IOException {
    byte[] plain = differences(new Random(6), 100_000);
    var out = new ByteArrayOutputStream();
    try (var encoder = new ThoroughLzma2(out, PATCHES, plain.length)) {
      for (int at = 0, count = 1; at < plain.length; at += count, count = count * 3 % 1000 + 1) {
        encoder.write(plain, at, Math.min(count, plain.length - at));
      }
    }
    assertThat(out.toByteArray()).isEqualTo(compress(plain, PATCHES));
  }

  @Test
  void moreThanWasAnnouncedIsRefused() throws IOException {
    var encoder = new ThoroughLzma2(new ByteArrayOutputStream(), PATCHES, 10);
    assertThatThrownBy(() -> encoder.write(new byte[100_000]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("announced");
  }

  @Provide
  Arbitrary<byte[]> bytes() {
    return pieces().list().ofMaxSize(12).map(ThoroughLzma2Test::repeated);
  }

  /** Every second piece is one of those before again, with as many zeros behind. */
  private static byte[] repeated(List<byte[]> pieces) {
    byte[] all = new byte[0];
    for (int i = 0; i < pieces.size(); i++) {
      byte[] again = pieces.get(i / 2);
      all = concat(all, pieces.get(i), again, new byte[again.length]);
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
        PATCHES,
        new Parameters(1 << 16, 3, 0, 2),
        new Parameters(SMALL, 0, 0, 0),
        new Parameters(SMALL, 4, 0, 2),
        new Parameters(1 << 13, 0, 4, 4));
  }

  /** What is left of two versions of a program: zeros, and changed addresses here and there. */
  static byte[] differences(Random random, int length) {
    byte[] bytes = new byte[length];
    byte[][] changes = new byte[200][];
    for (int i = 0; i < changes.length; i++) {
      changes[i] = new byte[1 + random.nextInt(4)];
      random.nextBytes(changes[i]);
    }
    for (int at = 0; at < length; at += 1 + (int) (60 * -Math.log(random.nextDouble()))) {
      byte[] change = changes[random.nextInt(random.nextInt(changes.length) + 1)];
      System.arraycopy(change, 0, bytes, at, Math.min(change.length, length - at));
    }
    return bytes;
  }

  private static byte[] compress(byte[] plain, Parameters parameters) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var encoder = new ThoroughLzma2(out, parameters, plain.length)) {
      encoder.write(plain);
    }
    return out.toByteArray();
  }
}
