// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import dev.slipway.io.RangeInputStream;
import dev.slipway.tree.Content.Range;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;

/**
 * A file with holes, read as what it means: data where its ranges lie, zeros elsewhere. The data
 * itself is stored without the holes, range after range.
 */
public final class SparseInputStream extends RangeInputStream {
  private final InputStream packed;
  private final List<Range> data;
  private final long sizeBytes;
  private int next;

  /**
   * Expands a stream.
   *
   * @param packed the data of all ranges, one directly after the other; closed with this stream
   * @param data the ranges, in order and within {@code sizeBytes}
   */
  public SparseInputStream(InputStream packed, List<Range> data, long sizeBytes) {
    super(0, sizeBytes);
    this.packed = packed;
    this.data = data;
    this.sizeBytes = sizeBytes;
  }

  @Override
  protected int readAt(long at, byte[] target, int offset, int length) throws IOException {
    int count = (int) Math.min(length, runBytes(at));
    if (inHole(at)) {
      Arrays.fill(target, offset, offset + count, (byte) 0);
      return count;
    }
    count = packed.read(target, offset, count);
    if (count < 0) {
      throw new EOFException("data ends at byte " + at + " of " + sizeBytes);
    }
    return count;
  }

  @Override
  protected void passOver(long from, long length) throws IOException {
    for (long at = from; at < from + length; ) {
      long step = Math.min(from + length - at, runBytes(at));
      if (!inHole(at)) {
        packed.skipNBytes(step);
      }
      at += step;
    }
  }

  /** How many bytes of the same sort follow, data or hole. */
  private long runBytes(long at) {
    while (next < data.size() && at >= end(data.get(next))) {
      next++;
    }
    if (next == data.size()) {
      return sizeBytes - at;
    }
    Range range = data.get(next);
    return (at < range.offset() ? range.offset() : end(range)) - at;
  }

  private boolean inHole(long at) {
    return next == data.size() || at < data.get(next).offset();
  }

  private static long end(Range range) {
    return range.offset() + range.length();
  }

  @Override
  public void close() throws IOException {
    packed.close();
  }
}
