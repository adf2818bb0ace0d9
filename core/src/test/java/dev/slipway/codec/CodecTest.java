// SPDX-License-Identifier: Apache-2.0
package dev.slipway.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.FormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class CodecTest {
  static byte[] mixed(int size, int seed) {
    var random = new Random(seed);
    byte[] bytes = new byte[size];
    int at = 0;
    while (at < size) {
      int run = Math.min(size - at, 1 + random.nextInt(400));
      int kind = random.nextInt(4);
      for (int i = 0; i < run; i++, at++) {
        bytes[at] =
            switch (kind) {
              case 0 -> 0;
              case 1 -> (byte) random.nextInt();
              case 2 -> (byte) ('a' + random.nextInt(6));
              default -> at < 1000 ? 1 : bytes[at - 1 - seed % 900];
            };
      }
    }
    return bytes;
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void decodesWhatItEncodes(Codec codec) throws IOException {
    for (int size : new int[] {0, 1, 2, 3, 4, 5, 300, 65_535, 65_536, 262_144, 1_000_000}) {
      byte[] bytes = mixed(size, size + 1);
      byte[] packed = codec.encode(bytes);
      assertThat(codec.decode(packed, "t", size)).isEqualTo(bytes);
    }
  }

  @Test
  void jdkReadsOurGzip() throws IOException {
    for (int seed = 1; seed < 40; seed++) {
      byte[] bytes = mixed(seed * seed * 700, seed);
      byte[] packed = Codec.GZIP.encode(bytes);
      assertThat(new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes())
          .isEqualTo(bytes);
    }
  }

  @Test
  void limitsOutput() {
    byte[] packed = Codec.XZ.encode(new byte[1_000_000]);
    assertThatThrownBy(() -> Codec.XZ.decode(packed, "bomb.xz", 999_999))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("bomb.xz: unpacks to more than 999999 bytes");
  }

  @Test
  void rawLzmaRoundTrip() throws IOException {
    byte[] bytes = mixed(100_000, 3);
    byte[] raw = RawLzma.encode(bytes, RawLzma.GRUB_DICTIONARY_BYTES);
    assertThat(RawLzma.decode(raw, bytes.length, RawLzma.GRUB_DICTIONARY_BYTES, "core"))
        .isEqualTo(bytes);
    assertThat(raw.length).isLessThan(bytes.length);
    assertThat(Arrays.equals(raw, RawLzma.encode(bytes, RawLzma.GRUB_DICTIONARY_BYTES))).isTrue();
  }
}
