// SPDX-License-Identifier: Apache-2.0
package dev.slipway.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every {@link BlockSource} keeps to. */
public interface BlockSourceContract {

  /** A source over exactly these bytes. */
  BlockSource open(byte[] content) throws IOException;

  /** Bytes of which no two stretches look alike, with zeros in the middle. */
  static byte[] sample(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    Arrays.fill(bytes, size / 3, size / 2, (byte) 0);
    return bytes;
  }

  @Test
  default void knowsItsSize() throws IOException {
    for (int size : new int[] {0, 1, 511, 512, 70_000}) {
      try (BlockSource source = open(sample(size))) {
        assertThat(source.size()).isEqualTo(size);
      }
    }
  }

  @Test
  default void readsAtAnyPosition() throws IOException {
    byte[] content = sample(70_000);
    var random = new Random(1);
    try (BlockSource source = open(content)) {
      for (int i = 0; i < 300; i++) {
        int from = random.nextInt(content.length);
        int length = random.nextInt(content.length - from + 1);
        assertThat(source.readFully(from, length))
            .isEqualTo(Arrays.copyOfRange(content, from, from + length));
      }
    }
  }

  @Test
  default void readsSomethingUnlessAtTheEnd() throws IOException {
    byte[] content = sample(1000);
    try (BlockSource source = open(content)) {
      ByteBuffer target = ByteBuffer.allocate(100);
      target.position(10).limit(60);
      int count = source.read(990, target);
      assertThat(count).isBetween(1, 10);
      assertThat(target.position()).isEqualTo(10 + count);
      assertThat(target.limit()).isEqualTo(60);
      assertThat(target.get(10)).isEqualTo(content[990]);
      assertThat(source.read(1000, ByteBuffer.allocate(1))).isEqualTo(-1);
      assertThat(source.read(1L << 40, ByteBuffer.allocate(1))).isEqualTo(-1);
      assertThat(source.read(0, ByteBuffer.allocate(0))).isZero();
    }
  }

  @Test
  default void readsIntoDirectBuffers() throws IOException {
    byte[] content = sample(5000);
    try (BlockSource source = open(content)) {
      ByteBuffer target = ByteBuffer.allocateDirect(5000);
      source.readFully(0, target);
      byte[] found = new byte[5000];
      target.flip().get(found);
      assertThat(found).isEqualTo(content);
    }
  }

  @Test
  default void refusesWhatIsNotThere() throws IOException {
    try (BlockSource source = open(sample(100))) {
      assertThatThrownBy(() -> source.readFully(90, 11)).isInstanceOf(EOFException.class);
      assertThatThrownBy(() -> source.read(-1, ByteBuffer.allocate(1)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> source.slice(90, 11)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  default void slicesStayInside() throws IOException {
    byte[] content = sample(1000);
    try (BlockSource source = open(content)) {
      BlockSource slice = source.slice(100, 200).slice(50, 100);
      assertThat(slice.size()).isEqualTo(100);
      assertThat(slice.readFully(0, 100)).isEqualTo(Arrays.copyOfRange(content, 150, 250));
      assertThat(slice.read(100, ByteBuffer.allocate(1))).isEqualTo(-1);
      slice.close();
      assertThat(source.readFully(0, 1000)).isEqualTo(content);
    }
  }

  @Test
  default void streamsInOrder() throws IOException {
    byte[] content = sample(70_000);
    try (BlockSource source = open(content);
        InputStream in = source.stream(10, 69_000)) {
      assertThat(in.read()).isEqualTo(content[10] & 0xff);
      in.skipNBytes(989);
      assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 1000, 69_010));
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  @Test
  default void threadsReadSideBySide() throws IOException {
    byte[] content = sample(70_000);
    try (BlockSource source = open(content)) {
      boolean equal =
          IntStream.range(0, 200)
              .parallel()
              .allMatch(
                  i -> {
                    int from = i * 331;
                    try {
                      byte[] found = source.readFully(from, 500);
                      return Arrays.equals(found, Arrays.copyOfRange(content, from, from + 500));
                    } catch (IOException e) {
                      throw new java.io.UncheckedIOException(e);
                    }
                  });
      assertThat(equal).isTrue();
    }
  }
}
