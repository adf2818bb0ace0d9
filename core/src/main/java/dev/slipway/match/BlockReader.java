// SPDX-License-Identifier: Apache-2.0
package dev.slipway.match;

import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads of blocks that mostly go forward: the longer they do, the more is read ahead.
 *
 * <p>Not mapped: each block is looked at once, and the pages of a mapping would count as this
 * process's memory until the end.
 */
final class BlockReader {
  private static final int LEAST = 4 * BlockIndex.BLOCK;
  private static final int MOST = 64 * BlockIndex.BLOCK;

  private final BlockSource source;
  private final byte[] buffer = new byte[MOST];
  private long start;
  private int length;
  private int ahead = LEAST;

  BlockReader(BlockSource source) {
    this.source = source;
  }

  /** How many whole blocks there are. */
  long blocks() {
    return source.size() / BlockIndex.BLOCK;
  }

  /** Reads a block, and tells where in {@link #bytes} it lies. */
  int seek(long block) throws IOException {
    long offset = block * BlockIndex.BLOCK;
    if (offset < start || offset + BlockIndex.BLOCK > start + length) {
      ahead = offset == start + length ? Math.min(2 * ahead, MOST) : LEAST;
      start = offset;
      length = (int) Math.min(ahead, source.size() - offset);
      source.readFully(start, ByteBuffer.wrap(buffer, 0, length));
    }
    return (int) (offset - start);
  }

  /** What was read last, of which only the block sought is of interest. */
  byte[] bytes() {
    return buffer;
  }
}
