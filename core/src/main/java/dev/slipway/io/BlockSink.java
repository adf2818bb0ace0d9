// SPDX-License-Identifier: Apache-2.0
package dev.slipway.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Where the bytes of an image go: positioned writes into something that is zero to begin with.
 *
 * <p>A range that is never written <em>means zeros</em>, so holes stay holes. Writers go forward as
 * far as they can, which lets a sink hash or compress while it writes. Used by one thread at a
 * time.
 */
public interface BlockSink extends Closeable {

  /** Writes all remaining bytes of the buffer at an absolute position. */
  void write(long position, ByteBuffer bytes) throws IOException;

  /** Writes a whole array at an absolute position. */
  default void write(long position, byte[] bytes) throws IOException {
    write(position, ByteBuffer.wrap(bytes));
  }

  /** Makes everything written so far durable, as far as the target can. */
  void flush() throws IOException;

  /**
   * A view whose position 0 is {@code offset} here, and which refuses writes behind {@code length}.
   * Closing it flushes nothing and closes nothing.
   */
  default BlockSink slice(long offset, long length) {
    return new SlicedBlockSink(this, offset, length);
  }

  /** Creates a new sparse file of exactly {@code size} bytes; it must not exist yet. */
  static BlockSink createFile(Path path, long size) throws IOException {
    return FileBlockSink.create(path, size);
  }

  /**
   * Opens an existing file or device, whose old content is overwritten: skipped ranges are zeroed
   * by the caller's {@code writeTo}.
   */
  static BlockSink openFile(Path path) throws IOException {
    return FileBlockSink.open(path);
  }

  /**
   * Writes to an open channel, which is closed with the sink.
   *
   * @param name what errors call it
   */
  static BlockSink channel(FileChannel channel, Path name) {
    return new FileBlockSink(name, channel);
  }

  /** A sink in memory of a fixed size, for small images and tests. */
  static MemoryBlockSink inMemory(int size) {
    return new MemoryBlockSink(size);
  }
}
