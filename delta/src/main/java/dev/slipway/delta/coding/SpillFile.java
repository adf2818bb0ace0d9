// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.coding;

import dev.slipway.io.BlockSource;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A temporary file that is written at its end and read anywhere; it is gone when closed. Written
 * through a buffer, which {@link #flush} empties; reading sees what was flushed.
 */
public final class SpillFile extends OutputStream implements BlockSource {
  private static final int BUFFER = 1 << 16;

  private final Path path;
  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
  private long flushed;

  private SpillFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Makes an empty file.
   *
   * @param directory where; it must exist
   */
  public static SpillFile in(Path directory) throws IOException {
    Path path = Files.createTempFile(directory, "slipway-", ".tmp");
    return new SpillFile(
        path,
        FileChannel.open(
            path,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE));
  }

  @Override
  public void write(int b) throws IOException {
    if (!buffer.hasRemaining()) {
      flush();
    }
    buffer.put((byte) b);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int at = offset;
    int end = offset + length;
    while (at < end) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      int count = Math.min(buffer.remaining(), end - at);
      buffer.put(bytes, at, count);
      at += count;
    }
  }

  @Override
  public void flush() throws IOException {
    buffer.flip();
    try {
      while (buffer.hasRemaining()) {
        flushed += channel.write(buffer, flushed);
      }
    } catch (IOException e) {
      throw new IOException(path + ": write at byte " + flushed + ": " + e.getMessage(), e);
    }
    buffer.clear();
  }

  /** How many bytes were written, flushed or not. */
  @Override
  public long size() {
    return flushed + buffer.position();
  }

  @Override
  public int read(long position, ByteBuffer target) throws IOException {
    return channel.read(target, position);
  }

  @Override
  public Optional<ByteBuffer> map(long position, int length) throws IOException {
    return Optional.of(channel.map(FileChannel.MapMode.READ_ONLY, position, length));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** Closes several. */
  static void closeAll(Iterable<? extends Closeable> files) throws IOException {
    IOException first = null;
    for (Closeable file : files) {
      try {
        file.close();
      } catch (IOException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
