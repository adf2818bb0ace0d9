// SPDX-License-Identifier: Apache-2.0
package dev.slipway.io;

import java.nio.ByteBuffer;
import java.util.Optional;

/** A source in memory. */
final class ByteArrayBlockSource implements BlockSource {
  private final byte[] content;

  ByteArrayBlockSource(byte[] content) {
    this.content = content;
  }

  @Override
  public long size() {
    return content.length;
  }

  @Override
  public int read(long position, ByteBuffer target) {
    if (position < 0) {
      throw new IllegalArgumentException("negative position: " + position);
    }
    if (!target.hasRemaining()) {
      return 0;
    }
    if (position >= content.length) {
      return -1;
    }
    int count = (int) Math.min(target.remaining(), content.length - position);
    target.put(content, (int) position, count);
    return count;
  }

  @Override
  public Optional<ByteBuffer> map(long position, int length) {
    return Optional.of(ByteBuffer.wrap(content).slice((int) position, length).asReadOnlyBuffer());
  }

  @Override
  public void close() {}
}
