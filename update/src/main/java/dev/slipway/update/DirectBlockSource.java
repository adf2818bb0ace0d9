// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import com.sun.nio.file.ExtendedOpenOption;
import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Reads past the page cache, so that what is verified is what the device keeps and not what was
 * written a moment ago. What cannot be read so (file systems of some kinds) is read as usual; those
 * who rely on it say so.
 */
final class DirectBlockSource implements BlockSource {
  /** Multiples of what any disk asks for; large, because each read goes to the device. */
  private static final int ALIGNMENT = 4096;

  private static final int WINDOW = 1 << 20;

  private final FileChannel channel;
  private final long size;
  private final ByteBuffer window =
      ByteBuffer.allocateDirect(WINDOW + ALIGNMENT).alignedSlice(ALIGNMENT);

  private DirectBlockSource(FileChannel channel, long size) {
    this.channel = channel;
    this.size = size;
  }

  /** Reads directly if that can be done: then it is one of this class, else another. */
  static BlockSource open(Path path) throws IOException {
    long size;
    try (BlockSource plain = BlockSource.file(path)) {
      size = plain.size();
    }
    FileChannel channel;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ, ExtendedOpenOption.DIRECT);
    } catch (IOException | UnsupportedOperationException e) {
      return BlockSource.file(path);
    }
    return new DirectBlockSource(channel, size);
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public synchronized int read(long position, ByteBuffer target) throws IOException {
    if (!target.hasRemaining()) {
      return 0;
    }
    if (position >= size) {
      return -1;
    }
    long start = position / ALIGNMENT * ALIGNMENT;
    long wanted = Math.min(position - start + target.remaining(), WINDOW);
    window.clear().limit((int) ((wanted + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT));
    int got = 0;
    while (window.hasRemaining() && start + got < size) {
      int count = channel.read(window, start + got);
      if (count <= 0) {
        break;
      }
      got += count;
      if (got % ALIGNMENT != 0) {
        break; // the end of a file
      }
    }
    int skip = (int) (position - start);
    int count = Math.min(got - skip, target.remaining());
    if (count <= 0) {
      return -1;
    }
    target.put(window.slice(skip, count));
    return count;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
