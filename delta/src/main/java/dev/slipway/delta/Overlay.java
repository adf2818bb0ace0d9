// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.coding.SpillFile;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Something to write to over a source that stays as it is: reads as the source, and as zeros behind
 * its end, until other bytes are written. Only those take room, in a temporary file.
 */
final class Overlay implements BlockSource {
  private static final int PIECE = 1 << 16;

  private final BlockSource below;
  private final SpillFile kept;
  private final NavigableMap<Long, Run> runs = new TreeMap<>();

  /** Bytes that were written one behind the other, and where they lie in the file. */
  private record Run(long length, long keptAt) {}

  private Overlay(BlockSource below, SpillFile kept) {
    this.below = below;
    this.kept = kept;
  }

  /**
   * Nothing is written yet.
   *
   * @param below what is read; it stays open
   * @param scratch the directory for the temporary file
   */
  static Overlay over(BlockSource below, Path scratch) throws IOException {
    return new Overlay(below, SpillFile.in(scratch));
  }

  /** The way to write to it: forward, each byte once. */
  BlockSink sink() {
    return new BlockSink() {
      @Override
      public void write(long position, ByteBuffer bytes) throws IOException {
        Overlay.this.write(position, bytes);
      }

      @Override
      public void flush() {
        // nothing of it is to survive
      }

      @Override
      public void close() {}
    };
  }

  /** As large as anybody wants it. */
  @Override
  public long size() {
    return Long.MAX_VALUE;
  }

  private void write(long position, ByteBuffer bytes) throws IOException {
    Map.Entry<Long, Run> last = runs.lastEntry();
    long end = last == null ? 0 : last.getKey() + last.getValue().length;
    if (position < end) {
      throw new IllegalStateException("bug: written at " + position + ", before " + end);
    }
    int length = bytes.remaining();
    if (last != null && position == end) {
      Run run = last.getValue();
      runs.put(last.getKey(), new Run(run.length + length, run.keptAt));
    } else {
      runs.put(position, new Run(length, kept.size()));
    }
    byte[] piece = new byte[Math.min(length, PIECE)];
    while (bytes.hasRemaining()) {
      int count = Math.min(bytes.remaining(), piece.length);
      bytes.get(piece, 0, count);
      kept.write(piece, 0, count);
    }
    kept.flush();
  }

  @Override
  public int read(long position, ByteBuffer target) throws IOException {
    Map.Entry<Long, Run> before = runs.floorEntry(position);
    long in = before == null ? 0 : position - before.getKey();
    if (before != null && in < before.getValue().length) {
      Run run = before.getValue();
      return read(kept, run.keptAt + in, target, run.length - in);
    }
    Long next = runs.higherKey(position);
    long most = next == null ? Long.MAX_VALUE : next - position;
    if (position < below.size()) {
      return read(below, position, target, Math.min(most, below.size() - position));
    }
    int count = (int) Math.min(most, target.remaining());
    target.put(new byte[count]);
    return count;
  }

  private static int read(BlockSource source, long position, ByteBuffer target, long most)
      throws IOException {
    int limit = target.limit();
    target.limit(target.position() + (int) Math.min(target.remaining(), most));
    int count = source.read(position, target);
    target.limit(limit);
    return count;
  }

  @Override
  public void close() throws IOException {
    kept.close();
  }
}
