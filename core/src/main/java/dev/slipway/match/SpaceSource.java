// SPDX-License-Identifier: Apache-2.0
package dev.slipway.match;

import dev.slipway.io.BlockSource;
import java.nio.ByteBuffer;

/** A range of a {@link ByteSpace} as a source. */
final class SpaceSource implements BlockSource {
  private final ByteSpace space;
  private final long start;
  private final long length;

  SpaceSource(ByteSpace space, long start, long length) {
    this.space = space;
    this.start = start;
    this.length = length;
  }

  @Override
  public long size() {
    return length;
  }

  @Override
  public int read(long position, ByteBuffer target) {
    if (position < 0) {
      throw new IllegalArgumentException("negative position: " + position);
    }
    if (!target.hasRemaining()) {
      return 0;
    }
    if (position >= length) {
      return -1;
    }
    int count = (int) Math.min(target.remaining(), length - position);
    return space.read(start + position, target, count);
  }

  @Override
  public void close() {}
}
