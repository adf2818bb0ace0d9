// SPDX-License-Identifier: Apache-2.0
package dev.slipway.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;

/** A window onto another source, which stays open when the window is closed. */
final class SlicedBlockSource implements BlockSource {
  private final BlockSource whole;
  private final long offset;
  private final long length;

  SlicedBlockSource(BlockSource whole, long offset, long length) {
    Objects.checkFromIndexSize(offset, length, whole.size());
    this.whole = whole;
    this.offset = offset;
    this.length = length;
  }

  @Override
  public long size() {
    return length;
  }

  @Override
  public int read(long position, ByteBuffer target) throws IOException {
    if (position < 0) {
      throw new IllegalArgumentException("negative position: " + position);
    }
    if (!target.hasRemaining()) {
      return 0;
    }
    if (position >= length) {
      return -1;
    }
    int limit = target.limit();
    int wanted = (int) Math.min(target.remaining(), length - position);
    try {
      target.limit(target.position() + wanted);
      return whole.read(offset + position, target);
    } finally {
      target.limit(limit);
    }
  }

  @Override
  public Optional<ByteBuffer> map(long position, int count) throws IOException {
    Objects.checkFromIndexSize(position, count, length);
    return whole.map(offset + position, count);
  }

  @Override
  public void willRead(long position, long count) {
    Objects.checkFromIndexSize(position, count, length);
    whole.willRead(offset + position, count);
  }

  @Override
  public void close() {}
}
