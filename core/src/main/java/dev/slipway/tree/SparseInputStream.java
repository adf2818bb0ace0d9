// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import dev.slipway.tree.Content.Range;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A file with holes, read as what it means: data where its ranges lie, zeros elsewhere. The data
 * itself is stored without the holes, range after range.
 */
public final class SparseInputStream extends InputStream {
  private final InputStream packed;
  private final List<Range> data;
  private final long sizeBytes;
  private long position;
  private int next;

  /**
   * Expands a stream.
   *
   * @param packed the data of all ranges, one directly after the other; closed with this stream
   * @param data the ranges, in order and within {@code sizeBytes}
   */
  public SparseInputStream(InputStream packed, List<Range> data, long sizeBytes) {
    this.packed = packed;
    this.data = data;
    this.sizeBytes = sizeBytes;
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
    if (position >= sizeBytes) {
      return -1;
    }
    int count = (int) Math.min(length, runBytes());
    if (inHole()) {
      Arrays.fill(target, offset, offset + count, (byte) 0);
    } else {
      count = packed.read(target, offset, count);
      if (count < 0) {
        throw new EOFException("data ends at byte " + position + " of " + sizeBytes);
      }
    }
    position += count;
    return count;
  }

  @Override
  public long skip(long count) throws IOException {
    long skipped = 0;
    while (skipped < count && position < sizeBytes) {
      long step = Math.min(count - skipped, runBytes());
      if (!inHole()) {
        packed.skipNBytes(step);
      }
      position += step;
      skipped += step;
    }
    return skipped;
  }

  /** How many bytes of the same sort follow, data or hole. */
  private long runBytes() {
    while (next < data.size() && position >= end(data.get(next))) {
      next++;
    }
    if (next == data.size()) {
      return sizeBytes - position;
    }
    Range range = data.get(next);
    return (position < range.offset() ? range.offset() : end(range)) - position;
  }

  private boolean inHole() {
    return next == data.size() || position < data.get(next).offset();
  }

  private static long end(Range range) {
    return range.offset() + range.length();
  }

  @Override
  public void close() throws IOException {
    packed.close();
  }
}
