// SPDX-License-Identifier: Apache-2.0
package dev.slipway.lzma;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import org.tukaani.xz.LZMA2InputStream;

/** What the encoders are given in tests, and what the library's decoder makes of theirs. */
final class Lzma2Bytes {
  private Lzma2Bytes() {}

  /** Of so many values, all as likely. */
  static byte[] noise(int values) {
    byte[] plain = new byte[300_000];
    var random = new Random(values);
    for (int i = 0; i < plain.length; i++) {
      plain[i] = (byte) random.nextInt(values);
    }
    return plain;
  }

  /** Short pieces, each with few values or many. */
  static Arbitrary<byte[]> pieces() {
    return Arbitraries.integers()
        .between(1, 256)
        .flatMap(
            values ->
                Arbitraries.bytes()
                    .map(b -> (byte) ((b & 0xff) % values))
                    .array(byte[].class)
                    .ofMaxSize(600));
  }

  static byte[] concat(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    Arrays.stream(parts).forEach(out::writeBytes);
    return out.toByteArray();
  }

  /** Decodes all there is. */
  static byte[] decompress(byte[] packed, int dictionary) throws IOException {
    var in = new ByteArrayInputStream(packed);
    byte[] plain = new LZMA2InputStream(in, dictionary).readAllBytes();
    assertThat(in.available()).isZero();
    return plain;
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
