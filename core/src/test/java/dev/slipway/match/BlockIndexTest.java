// SPDX-License-Identifier: Apache-2.0
package dev.slipway.match;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockIndexTest {
  private static final int BLOCK = BlockIndex.BLOCK;
  private static final long NEW = ByteSpace.base(2);

  private final Random random = new Random(7);

  @Test
  void aBlockThatLiesWhereItLayIsPreferred() throws IOException {
    byte[] old = blocks(0, 1, 0);
    assertThat(copies(old, blocks(2, 3, 0))).containsExactly(copy(2, 2, 1));
  }

  @Test
  void theBlockBehindTheLastOneIsPreferredToTheFirstOfItsContent() throws IOException {
    byte[] old = blocks(0, 1, 0);
    assertThat(copies(old, blocks(2, 2, 2, 1, 0))).containsExactly(copy(3, 1, 2));
  }

  @Test
  void zerosAndARestAreNobodysBlocks() throws IOException {
    byte[] old = new byte[2 * BLOCK];
    assertThat(copies(old, old)).isEmpty();
    byte[] rest = Arrays.copyOf(blocks(1), BLOCK - 1);
    assertThat(copies(rest, rest)).isEmpty();
    assertThat(copies(new byte[0], new byte[0])).isEmpty();
  }

  /** More blocks than are read at once, in an order that goes back and forth. */
  @Test
  void everyBlockOfAShuffledSourceIsFound() throws IOException {
    int count = 1000;
    int[] contents = new int[count];
    Arrays.setAll(contents, i -> i);
    byte[] old = blocks(contents);
    for (int i = count - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int kept = contents[i];
      contents[i] = contents[other];
      contents[other] = kept;
    }
    var found = new ArrayList<Integer>();
    for (Alignment copy : copies(old, blocks(contents))) {
      for (long at = 0; at < copy.length(); at += BLOCK) {
        assertThat(copy.newOffset() + at).isEqualTo(NEW + (long) found.size() * BLOCK);
        found.add((int) ((copy.newOffset() + at + copy.shift()) / BLOCK));
      }
    }
    assertThat(found).containsExactly(Arrays.stream(contents).boxed().toArray(Integer[]::new));
  }

  private static List<Alignment> copies(byte[] old, byte[] made) throws IOException {
    return BlockIndex.of(BlockSource.bytes(old)).copies(BlockSource.bytes(made), 0, NEW);
  }

  private static Alignment copy(int to, int from, int count) {
    return new Alignment(NEW + (long) to * BLOCK, (long) from * BLOCK, (long) count * BLOCK);
  }

  /** Blocks of which equal numbers have equal contents. */
  private static byte[] blocks(int... contents) {
    byte[] bytes = new byte[contents.length * BLOCK];
    for (int i = 0; i < contents.length; i++) {
      byte[] content = new byte[BLOCK];
      new Random(contents[i]).nextBytes(content);
      System.arraycopy(content, 0, bytes, i * BLOCK, BLOCK);
    }
    return bytes;
  }
}
