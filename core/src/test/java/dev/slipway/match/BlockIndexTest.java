// SPDX-License-Identifier: Apache-2.0
package dev.slipway.match;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BlockIndexTest {
  private static final int BLOCK = BlockIndex.BLOCK;
  private static final long NEW = ByteSpace.base(2);
  private static final long AMPLE = 1 << 20;

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

  @Test
  void whatIsKnownNeedNotBeLookedAt() throws IOException {
    byte[] old = blocks(1, 2, 3);
    byte[] made = blocks(1, 2, 3, 4, 5, 6);
    Arrays.fill(made, 4 * BLOCK, 6 * BLOCK, (byte) 0);
    Sameness known = compare(old, made, AMPLE);
    assertThat(known.copied(NEW + 5, -NEW)).isEqualTo(3 * BLOCK - 5);
    assertThat(known.copied(NEW + 5, 1 - NEW)).isZero();
    assertThat(known.copied(NEW + 3 * BLOCK, -NEW)).isZero();
    assertThat(known.zeros(NEW + 4 * BLOCK - 1)).isZero();
    assertThat(known.zeros(NEW + 5 * BLOCK + 1)).isEqualTo(BLOCK - 1);
    BlockSource none = BlockSource.bytes(new byte[0]);
    List<BlockSource> sources = List.of(BlockSource.bytes(old), none, BlockSource.bytes(made));
    ByteSpace plain = ByteSpace.of(sources);
    ByteSpace knowing = plain.knowing(known);
    for (int at : new int[] {0, 1, BLOCK, 3 * BLOCK - 1, 3 * BLOCK, 4 * BLOCK, 5 * BLOCK + 7}) {
      long most = Math.min(made.length - at, Math.max(0, old.length - at));
      assertThat(knowing.same(NEW + at, at, most)).isEqualTo(plain.same(NEW + at, at, most));
      assertThat(knowing.zeros(NEW + at, made.length - at))
          .isEqualTo(plain.zeros(NEW + at, made.length - at));
    }
  }

  /** A table of 12 KiB has room for every second of a thousand blocks, the least one for seven. */
  @Test
  void withLittleMemoryWhatMovedIsFoundFromTheNextIndexedBlockOn() throws IOException {
    int[] contents = IntStream.range(0, 1000).toArray();
    byte[] old = blocks(contents);
    byte[] moved = Arrays.copyOfRange(old, 501 * BLOCK, old.length);
    assertThat(compare(old, moved, AMPLE).copies()).containsExactly(copy(0, 501, 499));
    assertThat(compare(old, moved, 12 << 10).copies()).containsExactly(copy(1, 502, 498));
    assertThat(compare(old, moved, 0).copies()).containsExactly(copy(11, 512, 488));
    assertThat(compare(old, old, 0).copies()).containsExactly(copy(0, 0, 1000));
  }

  private static List<Alignment> copies(byte[] old, byte[] made) throws IOException {
    return compare(old, made, AMPLE).copies();
  }

  private static Sameness compare(byte[] old, byte[] made, long memoryBytes) throws IOException {
    return BlockIndex.of(BlockSource.bytes(old), memoryBytes)
        .compare(BlockSource.bytes(made), 0, NEW);
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
