// SPDX-License-Identifier: Apache-2.0
package dev.slipway.match;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.io.BlockSource;
import dev.slipway.match.Matching.Range;
import dev.slipway.match.Matching.Sampled;
import dev.slipway.match.Matching.Thoroughness;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MatchingTest {
  private static final long NEW = ByteSpace.base(1);

  private final Random random = new Random(11);

  @Test
  void countsBytesThatDiffer() {
    assertThat(ByteSpace.differingBytes(0)).isZero();
    assertThat(ByteSpace.differingBytes(0x8000_0001_0000_00ffL)).isEqualTo(3);
    assertThat(ByteSpace.differingBytes(-1)).isEqualTo(8);
  }

  @Test
  void equalBlocksAreFoundWhereTheyMoved() throws IOException {
    byte[] old = bytes(10 * BlockIndex.BLOCK);
    byte[] made = bytes(10 * BlockIndex.BLOCK);
    System.arraycopy(old, 2 * BlockIndex.BLOCK, made, 5 * BlockIndex.BLOCK, 3 * BlockIndex.BLOCK);
    Arrays.fill(made, 0, BlockIndex.BLOCK, (byte) 0);
    assertThat(
            BlockIndex.of(BlockSource.bytes(old), 1 << 20)
                .compare(BlockSource.bytes(made), 0, NEW)
                .copies())
        .containsExactly(
            new Alignment(NEW + 5 * BlockIndex.BLOCK, 2 * BlockIndex.BLOCK, 3 * BlockIndex.BLOCK));
  }

  @Test
  void alignsWhatWasMovedAndTouched() throws IOException {
    byte[] old = bytes(50_000);
    byte[] made = new byte[40_100];
    System.arraycopy(old, 5_000, made, 100, 40_000);
    for (int i = 150; i < made.length; i += 90) {
      made[i]++;
    }
    for (Thoroughness thoroughness : Thoroughness.values()) {
      List<Alignment> found = align(old, made, thoroughness, Matching.NONE, Matching.NONE);
      assertThat(found).as("%s", thoroughness).hasSize(1);
      assertThat(found.get(0).shift()).isEqualTo(4_900 - NEW);
      assertThat(found.get(0).length()).isBetween(39_900L, 40_010L);
    }
  }

  @Test
  void hintsServeWhereNoSeedIsWhole() throws IOException {
    byte[] old = bytes(4_000);
    byte[] made = old.clone();
    for (int i = 0; i < made.length; i += 10) {
      made[i]++;
    }
    assertThat(align(old, made, Thoroughness.MAX, -NEW, Matching.NONE))
        .containsExactly(new Alignment(NEW + 1, 1, 3_999));
    assertThat(align(old, made, Thoroughness.MAX, Matching.NONE, -NEW)).hasSize(1);
    assertThat(align(old, made, Thoroughness.MAX, -NEW, -NEW)).hasSize(1);
    assertThat(align(old, made, Thoroughness.MAX, Matching.NONE, Matching.NONE)).isEmpty();
  }

  @Test
  void cutsOutWhatDoesNotAgree() throws IOException {
    byte[] old = bytes(6_000);
    byte[] made = old.clone();
    random.nextBytes(made);
    System.arraycopy(old, 0, made, 0, 2_000);
    System.arraycopy(old, 4_000, made, 4_000, 2_000);
    List<Alignment> found = align(old, made, Thoroughness.MAX, -NEW, -NEW);
    assertThat(found).hasSize(2);
    assertThat(found.get(0).length()).isBetween(2_000L, 2_010L);
    assertThat(found.get(1).newOffset()).isBetween(NEW + 3_990, NEW + 4_000);
  }

  private static List<Alignment> align(
      byte[] old, byte[] made, Thoroughness thoroughness, long before, long after)
      throws IOException {
    Matching matching =
        Matching.over(
            space(old, made), 2, List.of(new Sampled(0, old.length, false)), 1 << 20, thoroughness);
    var range = new Range(NEW, NEW + made.length, before, after, new long[] {old.length, 0});
    return matching.align(List.of(range), Runnable::run).get(0);
  }

  private static ByteSpace space(byte[] old, byte[] made) throws IOException {
    return ByteSpace.of(List.of(BlockSource.bytes(old), BlockSource.bytes(made)));
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
