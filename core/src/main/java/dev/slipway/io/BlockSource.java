// SPDX-License-Identifier: Apache-2.0
package dev.slipway.io;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Bytes that can be read at any position: a disk, a partition, an image file, a blob. Safe for
 * concurrent reads.
 */
public interface BlockSource extends Closeable {

  /** The number of bytes. */
  long size();

  /**
   * Reads from an absolute position into the buffer's remaining space.
   *
   * @return how many bytes were read, at least one unless the buffer is full; -1 at or behind the
   *     end
   */
  int read(long position, ByteBuffer target) throws IOException;

  /** Fills the buffer from a position, or throws {@link EOFException} naming the place. */
  default void readFully(long position, ByteBuffer target) throws IOException {
    long at = position;
    while (target.hasRemaining()) {
      int count = read(at, target);
      if (count < 0) {
        throw new EOFException(
            "end of data at byte "
                + size()
                + ", wanted "
                + target.remaining()
                + " more bytes at byte "
                + at);
      }
      at += count;
    }
  }

  /** Reads exactly {@code length} bytes from a position. */
  default byte[] readFully(long position, int length) throws IOException {
    byte[] bytes = new byte[length];
    readFully(position, ByteBuffer.wrap(bytes));
    return bytes;
  }

  /**
   * The bytes as memory that takes no room in the heap, where this source has a way to give them:
   * files do, compositions do not. The view outlives the source; it is read-only.
   */
  default Optional<ByteBuffer> map(long position, int length) throws IOException {
    return Optional.empty();
  }

  /**
   * Says that a range will be read soon, forward and most likely to its end. A source that fetches
   * from far away need not guess then how much to ask for; to all others it means nothing.
   */
  default void willRead(long position, long length) {}

  /** A view of a part of this source. Closing the view leaves this source open. */
  default BlockSource slice(long offset, long length) {
    return new SlicedBlockSource(this, offset, length);
  }

  /** A stream over the bytes from {@code offset} on. Closing it leaves this source open. */
  default InputStream stream(long offset, long length) {
    return new BlockSourceStream(this, offset, length);
  }

  /** Opens a file or block device for reading. */
  static BlockSource file(Path path) throws IOException {
    return FileBlockSource.open(path);
  }

  /** A source over an array, which must not change afterwards. */
  static BlockSource bytes(byte[] content) {
    return new ByteArrayBlockSource(content);
  }
}
