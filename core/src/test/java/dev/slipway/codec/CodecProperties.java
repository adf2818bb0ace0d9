// SPDX-License-Identifier: Apache-2.0
package dev.slipway.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class CodecProperties {

  @Property(tries = 300)
  void everyCodecRoundTrips(@ForAll Codec codec, @ForAll byte[] bytes) throws IOException {
    assertThat(codec.decode(codec.encode(bytes), "t", bytes.length)).isEqualTo(bytes);
  }

  @Property(tries = 100)
  void blocksOfZstdComeBack(@ForAll int seed, @ForAll @IntRange(max = 300_000) int size)
      throws IOException {
    byte[] bytes = CodecTest.mixed(size, seed);
    byte[] packed = BlockCodec.ZSTD.encode(bytes, 0, size, size);
    byte[] back = new byte[size];
    assertThat(BlockCodec.ZSTD.decode(packed, 0, packed.length, back, "t")).isEqualTo(size);
    assertThat(back).isEqualTo(bytes);
  }

  /** Sizes and writes around the window's edges, with matches as far back as they reach. */
  @Property(tries = 60)
  void jdkReadsOurDeflateHoweverItIsWritten(
      @ForAll long seed, @ForAll @IntRange(max = 700_000) int size) throws IOException {
    byte[] bytes = CodecTest.mixed(size, (int) seed);
    var random = new Random(seed);
    for (int i = 0; i < 20 && size > 70_000; i++) {
      int distance = 32_760 + random.nextInt(12);
      int at = distance + random.nextInt(size - distance - 600);
      System.arraycopy(bytes, at - distance, bytes, at, 300 + random.nextInt(300));
    }
    byte[] packed = Codec.GZIP.encode(bytes);
    assertThat(new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes())
        .isEqualTo(bytes);
    var out = new ByteArrayOutputStream();
    try (OutputStream encoder = Codec.GZIP.encode(out)) {
      for (int at = 0; at < size; ) {
        int step = Math.min(size - at, 1 + random.nextInt(100_000));
        encoder.write(bytes, at, step);
        at += step;
      }
    }
    assertThat(out.toByteArray()).isEqualTo(packed);
  }

  /** Counts that make a plain Huffman code longer than deflate allows. */
  @Property(tries = 200)
  void codesAreCompleteAndNoLongerThanAllowed(
      @ForAll @IntRange(min = 2, max = 40) int symbols,
      @ForAll @IntRange(min = 7, max = 15) int maxBits) {
    int[] counts = new int[symbols];
    long before = 1;
    long count = 1;
    for (int i = 0; i < symbols; i++) {
      counts[i] = (int) Math.min(count, 1 << 30);
      long next = before + count;
      before = count;
      count = next;
    }
    HuffmanCode code = HuffmanCode.ofCounts(counts, maxBits);
    long room = 0;
    for (int i = 0; i < symbols; i++) {
      assertThat(code.length(i)).isBetween(1, maxBits);
      room += 1L << (maxBits - code.length(i));
    }
    assertThat(room).isEqualTo(1L << maxBits);
  }
}
