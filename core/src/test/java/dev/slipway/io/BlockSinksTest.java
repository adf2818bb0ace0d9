// SPDX-License-Identifier: Apache-2.0
package dev.slipway.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.slipway.testing.Tool;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The foundation's sinks, each held to the contract. */
final class BlockSinksTest {

  @Nested
  final class InMemory implements BlockSinkContract {
    @Override
    public Opened create(int size) {
      MemoryBlockSink memory = BlockSink.inMemory(size);
      return opened(memory, memory::bytes);
    }
  }

  @Nested
  final class NewFile implements BlockSinkContract {
    @TempDir Path directory;

    @Override
    public Opened create(int size) throws IOException {
      Path file = directory.resolve("image");
      return opened(BlockSink.createFile(file, size), () -> Files.readAllBytes(file));
    }

    @Test
    void mustNotExistYet() throws IOException {
      Path file = Files.createFile(directory.resolve("image"));
      assertThatThrownBy(() -> BlockSink.createFile(file, 5))
          .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void leavesNothingWhereTheSizeIsTooLarge() {
      Path file = directory.resolve("image");
      Throwable failure = catchThrowable(() -> BlockSink.createFile(file, Long.MAX_VALUE).close());
      assumeThat(failure).as("a file system with files of 8 EiB").isNotNull();
      assertThat(failure).isInstanceOf(IOException.class).hasMessageStartingWith(file + ": ");
      assertThat(file).doesNotExist();
    }

    @Test
    void holesTakeNoRoom() throws Exception {
      Path file = directory.resolve("image");
      try (BlockSink sink = BlockSink.createFile(file, 1L << 33)) {
        sink.write(1L << 32, new byte[] {1});
      }
      assertThat(Files.size(file)).isEqualTo(1L << 33);
      String[] usage = Tool.output("du", "--block-size=1", file.toString()).split("\\s");
      assertThat(Long.parseLong(usage[0])).isLessThan(1 << 20);
    }
  }

  @Nested
  final class ExistingFile implements BlockSinkContract {
    @TempDir Path directory;

    @Override
    public Opened create(int size) throws IOException {
      Path file = Files.write(directory.resolve("image"), new byte[size]);
      return opened(BlockSink.openFile(file), () -> Files.readAllBytes(file));
    }
  }

  @Nested
  final class Sliced implements BlockSinkContract {
    @Override
    public Opened create(int size) {
      MemoryBlockSink memory = BlockSink.inMemory(size + 30);
      return opened(
          memory.slice(20, size), () -> Arrays.copyOfRange(memory.bytes(), 20, 20 + size));
    }
  }

  private interface Bytes {
    byte[] read() throws IOException;
  }

  private static BlockSinkContract.Opened opened(BlockSink sink, Bytes bytes) {
    return new BlockSinkContract.Opened() {
      @Override
      public BlockSink sink() {
        return sink;
      }

      @Override
      public byte[] content() throws IOException {
        return bytes.read();
      }
    };
  }
}
