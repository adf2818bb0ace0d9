// SPDX-License-Identifier: Apache-2.0
package dev.slipway.io;

import java.nio.ByteBuffer;
import java.util.Objects;

/** A sink in memory: zeros until written. */
public final class MemoryBlockSink implements BlockSink {
  private final byte[] content;

  MemoryBlockSink(int size) {
    this.content = new byte[size];
  }

  @Override
  public void write(long position, ByteBuffer bytes) {
    Objects.checkFromIndexSize(position, bytes.remaining(), content.length);
    bytes.get(content, (int) position, bytes.remaining());
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}

  /** The bytes themselves, not a copy. */
  public byte[] bytes() {
    return content;
  }
}
