// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.codec.Codec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What our own builder compresses can always be rebuilt. */
class CodecRebuildTest {

  @ParameterizedTest
  @EnumSource(
      value = Codec.class,
      names = {"GZIP", "XZ", "ZSTD"})
  void rebuildsWhatOurEncodersWrite(Codec codec) throws Exception {
    for (int size : new int[] {1, 1000, 300_000}) {
      for (Samples kind : Samples.values()) {
        byte[] plain = kind.bytes(size);
        byte[] packed = codec.encode(plain);
        byte[] recipe = Compressed.recipe(packed).orElseThrow();
        assertThat(Compressed.plain(packed)).isEqualTo(plain);
        assertThat(Compressed.rebuild(recipe, plain, 4096)).isEqualTo(packed);
      }
    }
  }
}
