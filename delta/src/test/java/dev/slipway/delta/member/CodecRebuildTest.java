// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.codec.BlockCodec;
import dev.slipway.codec.Codec;
import dev.slipway.io.FormatException;
import org.junit.jupiter.api.Test;
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

  /** The blocks of our squashfs, of its tables as well as of files. */
  @ParameterizedTest
  @EnumSource(
      value = BlockCodec.class,
      names = {"ZLIB", "XZ", "ZSTD"})
  void rebuildsTheBlocksOfAFileSystem(BlockCodec codec) throws Exception {
    for (int size : new int[] {2, 8192, 100_000, 131_072}) {
      for (Samples kind : Samples.values()) {
        byte[] plain = kind.bytes(size);
        byte[] packed = codec.encode(plain, 0, size, 131_072);
        byte[] recipe =
            Compressed.recipe(packed)
                .orElseThrow(() -> new AssertionError(codec + ", " + size + " of " + kind));
        assertThat(recipe).hasSizeLessThan(32);
        assertThat(Compressed.rebuild(recipe, plain, 4096)).isEqualTo(packed);
      }
    }
  }

  @Test
  void refusesABlockThatIsTooLarge() {
    byte[] recipe = {0x13, 3};
    assertThatThrownBy(() -> Compressed.rebuild(recipe, new byte[(1 << 20) + 1]))
        .isInstanceOf(FormatException.class)
        .hasMessage("recipe: a block of more than 1048576 bytes for ZLIB");
  }

  @Test
  void refusesADictionaryThatNoBlockHas() {
    assertThatThrownBy(() -> Rebuild.memoryBytes(new byte[] {0x13, 4, 30}))
        .isInstanceOf(FormatException.class)
        .hasMessage("recipe: dictionary: found 2^30, expected 2^12 to 2^20");
    assertThatThrownBy(() -> Rebuild.memoryBytes(new byte[] {0x13, 9}))
        .hasMessage("recipe: encoder: 9 is unknown");
  }
}
