// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.io.BlockSource;
import dev.slipway.testing.RequiresTool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What zlib writes, in gzip's wrapping, rebuilt from its plain text; Python's zlib is the judge.
 */
@RequiresTool(value = "python3", in = "python3")
class ZlibRebuildTest {
  /**
   * Compresses the start of standard input in several sizes, levels and sizes of tables, one member
   * behind the other; with a flush after each 20,000 bytes if wanted.
   */
  private static final String SCRIPT =
      """
      import sys, zlib
      sizes, levels, memories, flush = [list(map(int, a.split(','))) for a in sys.argv[1:]]
      plain = sys.stdin.buffer.read()
      for size in sizes:
        for level in levels:
          for memory in memories:
            c = zlib.compressobj(level, 8, 31, memory)
            step = 20000 if flush[0] else size + 1
            for at in range(0, size, step):
              sys.stdout.buffer.write(c.compress(plain[at:min(size, at + step)]))
              if flush[0]:
                sys.stdout.buffer.write(c.flush(flush[0]))
            sys.stdout.buffer.write(c.flush())
      """;

  private static final int SYNC_FLUSH = 2;

  @ParameterizedTest
  @EnumSource(Samples.class)
  void rebuildsEveryLevelWithBothSizesOfTables(Samples kind) throws Exception {
    byte[] plain = kind.bytes(120_000);
    byte[] packed = zlib(plain, "0,3,100,65300,120000", "1,2,3,4,5,6,7,8,9", "8,9", 0);
    assertThat(recipes(packed, plain)).hasSize(5 * 9 * 2).allMatch(recipe -> recipe.length < 20);
  }

  @Test
  void recordsWhereFlushesBreakTheRules() throws Exception {
    byte[] plain = Samples.TEXT.bytes(150_000);
    byte[] packed = zlib(plain, "150000", "1,6,9", "8", SYNC_FLUSH);
    assertThat(recipes(packed, plain))
        .hasSize(3)
        .allMatch(recipe -> recipe.length > 30 && recipe.length < 200);
  }

  @Test
  void recordsTheMatchesThatSmallerTablesMissed() throws Exception {
    byte[] plain = Samples.TEXT.bytes(150_000);
    byte[] packed = zlib(plain, "150000", "6", "5,6,7", 0);
    assertThat(recipes(packed, plain)).hasSize(3);
  }

  /** The recipes of all members, each tried. */
  private static List<byte[]> recipes(byte[] packed, byte[] plain) throws IOException {
    BlockSource source = BlockSource.bytes(packed);
    List<byte[]> recipes = new ArrayList<>();
    for (Member member : MemberFinder.standard().find(source)) {
      byte[] recipe =
          Recipe.of(source, member)
              .orElseThrow(() -> new AssertionError("no recipe for number " + recipes.size()));
      byte[] expected = source.readFully(member.offset(), (int) member.length());
      byte[] start = Arrays.copyOf(plain, (int) member.plainLength());
      assertThat(Compressed.rebuild(recipe, start, 10_007)).isEqualTo(expected);
      recipes.add(recipe);
    }
    return recipes;
  }

  private static byte[] zlib(byte[] plain, String sizes, String levels, String memories, int flush)
      throws Exception {
    return Compressed.filter(plain, "python3", "-c", SCRIPT, sizes, levels, memories, "" + flush);
  }
}
