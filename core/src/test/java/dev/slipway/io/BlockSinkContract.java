// SPDX-License-Identifier: Apache-2.0
package dev.slipway.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every {@link BlockSink} keeps to. */
public interface BlockSinkContract {

  /** A sink and a way to see what became of it. */
  interface Opened {
    BlockSink sink();

    /** All bytes, after the sink was closed. */
    byte[] content() throws IOException;
  }

  /** A new sink of this size. */
  Opened create(int size) throws IOException;

  @Test
  default void whatIsNotWrittenIsZero() throws IOException {
    Opened opened = create(100_000);
    try (BlockSink sink = opened.sink()) {
      sink.write(70_000, new byte[] {1, 2, 3});
    }
    byte[] expected = new byte[100_000];
    expected[70_000] = 1;
    expected[70_001] = 2;
    expected[70_002] = 3;
    assertThat(opened.content()).isEqualTo(expected);
  }

  @Test
  default void writesInAnyOrderAndTheLastWins() throws IOException {
    byte[] model = new byte[20_000];
    Opened opened = create(model.length);
    var random = new Random(7);
    try (BlockSink sink = opened.sink()) {
      for (int i = 0; i < 200; i++) {
        byte[] bytes = new byte[1 + random.nextInt(900)];
        random.nextBytes(bytes);
        int at = random.nextInt(model.length - bytes.length);
        sink.write(at, bytes);
        System.arraycopy(bytes, 0, model, at, bytes.length);
      }
      sink.flush();
    }
    assertThat(opened.content()).isEqualTo(model);
  }

  @Test
  default void takesExactlyTheRemainingBytes() throws IOException {
    Opened opened = create(10);
    try (BlockSink sink = opened.sink()) {
      for (ByteBuffer buffer :
          new ByteBuffer[] {ByteBuffer.allocate(9), ByteBuffer.allocateDirect(9)}) {
        for (int i = 0; i < 9; i++) {
          buffer.put(i, (byte) (i + 1));
        }
        buffer.position(3).limit(5);
        sink.write(buffer.isDirect() ? 8 : 0, buffer);
        assertThat(buffer.position()).isEqualTo(5);
        assertThat(buffer.limit()).isEqualTo(5);
      }
      sink.write(4, new byte[0]);
    }
    assertThat(opened.content()).containsExactly(4, 5, 0, 0, 0, 0, 0, 0, 4, 5);
  }

  @Test
  default void slicesWriteInsideOnly() throws IOException {
    Opened opened = create(100);
    try (BlockSink sink = opened.sink()) {
      BlockSink slice = sink.slice(10, 20).slice(5, 10);
      slice.write(0, new byte[] {9});
      slice.write(9, new byte[] {8});
      assertThatThrownBy(() -> slice.write(9, new byte[2]))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("leaves a window of 10 bytes");
      assertThatThrownBy(() -> slice.write(-1, new byte[1]))
          .isInstanceOf(IllegalStateException.class);
      slice.close();
      sink.write(99, new byte[] {7});
    }
    byte[] expected = new byte[100];
    expected[15] = 9;
    expected[24] = 8;
    expected[99] = 7;
    assertThat(opened.content()).isEqualTo(expected);
  }

  @Test
  default void refusesNegativePositions() throws IOException {
    try (BlockSink sink = create(10).sink()) {
      assertThatThrownBy(() -> sink.write(-1, new byte[1])).isInstanceOf(RuntimeException.class);
    }
  }
}
