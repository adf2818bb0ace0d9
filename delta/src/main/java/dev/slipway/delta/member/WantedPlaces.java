// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Where a member may start that reaches into something wanted: there itself, and before it as far
 * back as one file may go on. All file systems and archives fill a file's last block with zeros, so
 * a block that ends with some of them ends a file; compressed data has hardly ever so many.
 *
 * <p>Asked for rising places only.
 */
final class WantedPlaces {
  private static final int BLOCK = 4096;
  private static final int PART = 16 * BLOCK;
  private static final int ZEROS = 32;
  private static final byte[] ZERO_BYTES = new byte[ZEROS];

  private final BlockSource source;
  private final List<ByteRange> wanted;
  private final byte[] part = new byte[PART];
  private int next;
  private long start = -1;

  WantedPlaces(BlockSource source, List<ByteRange> wanted) {
    this.source = source;
    this.wanted = wanted;
  }

  /** The first place from here on where a member may start; {@link Long#MAX_VALUE} for none. */
  long next(long place) throws IOException {
    while (next < wanted.size() && wanted.get(next).end() <= place) {
      next++;
      start = -1;
    }
    if (next == wanted.size()) {
      return Long.MAX_VALUE;
    }
    if (start < 0) {
      start = fileStart(place, wanted.get(next).offset());
    }
    return Math.max(place, start);
  }

  /**
   * Up to where members may start that reach into the same wanted range as one that starts here.
   */
  long end(long place) throws IOException {
    return next(place) == Long.MAX_VALUE ? place : wanted.get(next).end();
  }

  /** Goes back from a place, at most to another, to where the file may have started. */
  private long fileStart(long least, long place) throws IOException {
    long at = place;
    while (at > least) {
      long from = Math.max(least, (at - 1) / PART * PART);
      int length = (int) (at - from);
      source.readFully(from, ByteBuffer.wrap(part, 0, length));
      for (long end = at / BLOCK * BLOCK; end - ZEROS >= from; end -= BLOCK) {
        int last = (int) (end - from);
        if (Arrays.equals(part, last - ZEROS, last, ZERO_BYTES, 0, ZEROS)) {
          return end;
        }
      }
      at = from;
    }
    return least;
  }
}
