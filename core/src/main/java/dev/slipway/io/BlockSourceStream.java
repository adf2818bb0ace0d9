// SPDX-License-Identifier: Apache-2.0
package dev.slipway.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/** Reads a range of a {@link BlockSource} in order. */
final class BlockSourceStream extends RangeInputStream {
  private final BlockSource source;

  BlockSourceStream(BlockSource source, long offset, long length) {
    super(offset, offset + length);
    Objects.checkFromIndexSize(offset, length, source.size());
    this.source = source;
  }

  @Override
  protected int readAt(long at, byte[] target, int offset, int length) throws IOException {
    return source.read(at, ByteBuffer.wrap(target, offset, length));
  }
}
