// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.testing.RequiresTool;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What GNU gzip writes, rebuilt from its plain text, with GNU gzip as the judge. */
@RequiresTool(value = "gzip", in = "gzip")
class GzipRebuildTest {
  /** Where GNU gzip's window fills, moves, or comes to its end; its blocks' limits. */
  private static final List<Integer> EDGES =
      List.of(
          0, 1, 2, 3, 4, 257, 258, 259, 32767, 32768, 32769, 65273, 65274, 65275, 65300, 65535,
          65536, 65537, 98041, 98042, 98304, 131072, 400_000);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9})
  void rebuildsEveryLevelOfEveryKindWithoutAdjustments(int level) throws Exception {
    for (Samples kind : Samples.values()) {
      byte[] packed = Compressed.filter(kind.bytes(300_000), "gzip", "-n", "-" + level);
      byte[] recipe = Compressed.recipe(packed).orElseThrow();
      assertThat(recipe).as(kind + " at level " + level).hasSize(3);
      assertThat(Compressed.rebuild(recipe, Compressed.plain(packed))).isEqualTo(packed);
    }
  }

  @ParameterizedTest
  @EnumSource(Samples.class)
  void rebuildsWhereTheWindowComesToItsEnd(Samples kind) throws Exception {
    for (int size : EDGES) {
      for (String level : new String[] {"-1", "-6", "-9"}) {
        byte[] packed = Compressed.filter(kind.bytes(size), "gzip", "-n", level);
        assertThat(Compressed.recipe(packed).orElseThrow())
            .as(kind + ", " + size + " bytes, " + level)
            .hasSize(3);
      }
    }
  }

  @Test
  void keepsNameAndTimeOfTheHeader() throws Exception {
    byte[] plain = Samples.TEXT.bytes(10_000);
    byte[] packed = Compressed.filter(plain, "gzip", "-n", "-9");
    byte[] named = new byte[packed.length + 4];
    System.arraycopy(packed, 0, named, 0, GzipHeader.FIXED_BYTES);
    named[3] = 1 << 3;
    named[4] = 77;
    named[10] = 'x';
    named[11] = '.';
    named[12] = 'c';
    System.arraycopy(packed, 10, named, 14, packed.length - 10);
    byte[] recipe = Compressed.recipe(named).orElseThrow();
    assertThat(recipe).hasSize(3 + 1 + 14);
    assertThat(Compressed.rebuild(recipe, plain)).isEqualTo(named);
  }

  @Test
  void givesTheSameBytesHoweverThePlainTextIsCut() throws Exception {
    byte[] plain = Samples.MIXED.bytes(200_001);
    byte[] packed = Compressed.filter(plain, "gzip", "-n", "-6");
    byte[] recipe = Compressed.recipe(packed).orElseThrow();
    for (int piece : new int[] {1, 7, 261, 262, 32768, 65536, 150_000}) {
      assertThat(Compressed.rebuild(recipe, plain, piece))
          .as("pieces of " + piece)
          .isEqualTo(packed);
    }
  }
}
