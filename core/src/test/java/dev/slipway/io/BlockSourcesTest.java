// SPDX-License-Identifier: Apache-2.0
package dev.slipway.io;

import dev.slipway.volume.ComposedVolume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The foundation's sources, each held to the contract. */
final class BlockSourcesTest {

  @Nested
  final class InMemory implements BlockSourceContract {
    @Override
    public BlockSource open(byte[] content) {
      return BlockSource.bytes(content);
    }
  }

  @Nested
  final class OfFile implements BlockSourceContract {
    @TempDir Path directory;

    @Override
    public BlockSource open(byte[] content) throws IOException {
      return BlockSource.file(Files.write(directory.resolve("file" + content.length), content));
    }
  }

  @Nested
  final class Sliced implements BlockSourceContract {
    @Override
    public BlockSource open(byte[] content) {
      byte[] more = new byte[content.length + 20];
      Arrays.fill(more, (byte) 0x55);
      System.arraycopy(content, 0, more, 10, content.length);
      return BlockSource.bytes(more).slice(10, content.length);
    }
  }

  /** Shows that nobody counts on more than one byte a read. */
  @Nested
  final class OneByteAtATime implements BlockSourceContract {
    @Override
    public BlockSource open(byte[] content) {
      BlockSource whole = BlockSource.bytes(content);
      return new BlockSource() {
        @Override
        public long size() {
          return whole.size();
        }

        @Override
        public int read(long position, ByteBuffer target) throws IOException {
          if (!target.hasRemaining()) {
            return whole.read(position, target);
          }
          ByteBuffer one = target.slice(target.position(), 1);
          int count = whole.read(position, one);
          target.position(target.position() + Math.max(0, count));
          return count;
        }

        @Override
        public void close() {}
      };
    }
  }

  /** A volume of pieces with a hole, as file systems are. */
  @Nested
  final class Composed implements BlockSourceContract {
    @Override
    public BlockSource open(byte[] content) {
      int third = content.length / 3;
      int half = content.length / 2;
      return ComposedVolume.build(
              content.length,
              v ->
                  v.source(
                          half,
                          BlockSource.bytes(Arrays.copyOfRange(content, half, content.length)))
                      .bytes(0, Arrays.copyOfRange(content, 0, third)))
          .open();
    }
  }
}
