// SPDX-License-Identifier: Apache-2.0
package dev.slipway.volume;

import dev.slipway.io.BlockSink;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Gathers pieces that lie side by side into large writes. The end of a file's last block, up to the
 * next piece, is written as zeros: thousands of small files become a few hundred writes.
 */
final class GatheringWriter {
  private static final int BUFFER_BYTES = 1 << 20;

  /** Gaps from this size on stay holes. */
  private static final int GAP_BYTES = 4096;

  private final BlockSink sink;
  private final byte[] buffer = new byte[BUFFER_BYTES];

  /** Where the first byte of the buffer belongs. */
  private long start;

  private int filled;

  GatheringWriter(BlockSink sink) {
    this.sink = sink;
  }

  /** Goes on at a position, which is not before the last one. */
  void moveTo(long position) throws IOException {
    long gap = position - (start + filled);
    if (filled > 0 && gap < GAP_BYTES && gap < buffer.length - filled) {
      Arrays.fill(buffer, filled, filled + (int) gap, (byte) 0);
      filled += (int) gap;
    } else {
      flush();
      start = position;
    }
  }

  /** Takes some bytes of a stream, at most {@code limit}; -1 at its end. */
  int fill(InputStream in, long limit) throws IOException {
    if (filled == buffer.length) {
      flush();
    }
    int count = in.read(buffer, filled, (int) Math.min(limit, buffer.length - filled));
    filled += Math.max(0, count);
    return count;
  }

  void flush() throws IOException {
    if (filled > 0) {
      sink.write(start, ByteBuffer.wrap(buffer, 0, filled));
      start += filled;
      filled = 0;
    }
  }
}
