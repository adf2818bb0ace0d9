// SPDX-License-Identifier: Apache-2.0
package dev.slipway.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** Reads a range of a {@link BlockSource} in order. */
final class BlockSourceStream extends InputStream {
  private final BlockSource source;
  private final long end;
  private long position;

  BlockSourceStream(BlockSource source, long offset, long length) {
    Objects.checkFromIndexSize(offset, length, source.size());
    this.source = source;
    this.position = offset;
    this.end = offset + length;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (position >= end) {
      return -1;
    }
    int wanted = (int) Math.min(length, end - position);
    int count = source.read(position, ByteBuffer.wrap(target, offset, wanted));
    if (count > 0) {
      position += count;
    }
    return count;
  }

  @Override
  public long skip(long count) {
    long skipped = Math.max(0, Math.min(count, end - position));
    position += skipped;
    return skipped;
  }

  @Override
  public int available() {
    return (int) Math.min(Integer.MAX_VALUE, end - position);
  }
}
