// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.testing.RequiresTool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What xz writes, rebuilt from its plain text, with xz as the judge. */
@RequiresTool(value = "xz", in = "xz-utils")
class XzRebuildTest {

  @ParameterizedTest
  @EnumSource(Samples.class)
  void rebuildsEveryKindOfPlainText(Samples kind) throws Exception {
    for (int size : new int[] {1, 2, 5, 4096, 65_537, 200_000}) {
      requireRebuilt(kind.bytes(size), "-6");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-4",
        "-5",
        "-9",
        "-6e",
        "--check=none",
        "--check=sha256",
        "--check=crc32 --x86 --lzma2=preset=6,dict=32MiB", // the kernel's image
        "--check=crc32 --lzma2=dict=1MiB", // the kernel's modules
        "--block-size=30000 -T2",
        "--lzma2=preset=6,lc=1,lp=2,pb=0"
      })
  void rebuildsWhatTheseOptionsGive(String options) throws Exception {
    byte[] plain = Samples.MIXED.bytes(100_000);
    for (int at = 0; at + 5 < plain.length; at += 400) { // calls for the filter to find
      plain[at] = (byte) 0xe8;
      plain[at + 3] = 0;
      plain[at + 4] = (byte) (at % 3 - 1);
    }
    requireRebuilt(plain, options.split(" "));
  }

  @Test
  @Tag("slow")
  void rebuildsBeyondTheLimitsOfChunksAndOfTheDictionary() throws Exception {
    byte[] plain = Samples.MIXED.bytes(3_000_000);
    java.util.Arrays.fill(plain, 200_000, 2_500_000, (byte) 'z');
    requireRebuilt(plain, "-6");
    requireRebuilt(plain, "--lzma2=dict=64KiB");
  }

  @Test
  void leavesTheFastModeRaw() throws Exception {
    byte[] packed = Compressed.filter(Samples.TEXT.bytes(50_000), "xz", "-1", "-c");
    assertThat(Compressed.recipe(packed)).isEmpty();
  }

  private static void requireRebuilt(byte[] plain, String... options) throws Exception {
    String[] command = new String[options.length + 2];
    command[0] = "xz";
    command[1] = "-c";
    System.arraycopy(options, 0, command, 2, options.length);
    byte[] packed = Compressed.filter(plain, command);
    byte[] recipe =
        Compressed.recipe(packed)
            .orElseThrow(() -> new AssertionError(plain.length + ": " + String.join(" ", command)));
    assertThat(Compressed.rebuild(recipe, plain, 3001)).isEqualTo(packed);
  }
}
