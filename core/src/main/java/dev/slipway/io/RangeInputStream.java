// SPDX-License-Identifier: Apache-2.0
package dev.slipway.io;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** A stream over a range of bytes that are read by their position. */
public abstract class RangeInputStream extends InputStream {
  private final long end;
  private long position;

  /** Starts at {@code position} and ends before {@code end}. */
  protected RangeInputStream(long position, long end) {
    this.position = position;
    this.end = end;
  }

  /**
   * Reads bytes at a position within the range, of which at least {@code length}, itself at least
   * 1, are left.
   *
   * @return how many, at least one
   */
  protected abstract int readAt(long at, byte[] target, int offset, int length) throws IOException;

  /** Learns that so many bytes at a position will not be read. */
  protected void passOver(long at, long length) throws IOException {}

  @Override
  public final int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public final int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (position >= end) {
      return -1;
    }
    int count = readAt(position, target, offset, (int) Math.min(length, end - position));
    if (count > 0) {
      position += count;
    }
    return count;
  }

  @Override
  public final long skip(long count) throws IOException {
    long skipped = Math.max(0, Math.min(count, end - position));
    passOver(position, skipped);
    position += skipped;
    return skipped;
  }

  @Override
  public final int available() {
    return (int) Math.min(Integer.MAX_VALUE, end - position);
  }
}
