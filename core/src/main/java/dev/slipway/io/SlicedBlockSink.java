// SPDX-License-Identifier: Apache-2.0
package dev.slipway.io;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A window onto another sink: a partition of a disk. */
final class SlicedBlockSink implements BlockSink {
  private final BlockSink whole;
  private final long offset;
  private final long length;

  SlicedBlockSink(BlockSink whole, long offset, long length) {
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException(
          "offset and length must not be negative: " + offset + ", " + length);
    }
    this.whole = whole;
    this.offset = offset;
    this.length = length;
  }

  @Override
  public void write(long position, ByteBuffer bytes) throws IOException {
    if (position < 0 || bytes.remaining() > length - position) {
      throw new IllegalStateException(
          "bug: write of "
              + bytes.remaining()
              + " bytes at byte "
              + position
              + " leaves a window of "
              + length
              + " bytes");
    }
    whole.write(offset + position, bytes);
  }

  @Override
  public void flush() throws IOException {
    whole.flush();
  }

  @Override
  public void close() {}
}
