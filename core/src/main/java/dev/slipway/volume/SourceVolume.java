// SPDX-License-Identifier: Apache-2.0
package dev.slipway.volume;

import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Bytes that exist, with the files known to lie in them. Zeros become holes when it is written. */
record SourceVolume(BlockSource source, List<Extent> extents) implements Volume {
  /** The grain of holes: what file systems allocate at least. */
  private static final int BLOCK_BYTES = 4096;

  private static final int BUFFER_BYTES = 1 << 20;
  private static final byte[] ZEROS = new byte[BLOCK_BYTES];

  @Override
  public long size() {
    return source.size();
  }

  @Override
  public void writeTo(BlockSink sink, Progress progress) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (Task task = progress.start("writing", size())) {
      for (long at = 0; at < size(); ) {
        int count = (int) Math.min(buffer.length, size() - at);
        source.readFully(at, ByteBuffer.wrap(buffer, 0, count));
        writeData(sink, at, buffer, count);
        task.advance(count);
        at += count;
      }
    }
  }

  /** Writes runs of blocks that are not zero. */
  private static void writeData(BlockSink sink, long at, byte[] buffer, int count)
      throws IOException {
    int start = 0;
    for (int block = 0; block < count; block += BLOCK_BYTES) {
      int end = Math.min(count, block + BLOCK_BYTES);
      if (Arrays.equals(buffer, block, end, ZEROS, 0, end - block)) {
        if (start < block) {
          sink.write(at + start, ByteBuffer.wrap(buffer, start, block - start));
        }
        start = end;
      }
    }
    if (start < count) {
      sink.write(at + start, ByteBuffer.wrap(buffer, start, count - start));
    }
  }

  @Override
  public BlockSource open() {
    return source.slice(0, source.size());
  }

  @Override
  public long dataBytes() {
    return source.size();
  }
}
