// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import dev.slipway.io.BlockSource;
import dev.slipway.match.Alignment;
import java.io.IOException;
import java.util.List;

/**
 * Predicts the bytes of a new file from those of the old one: what is aligned is copied, and in the
 * copy every reference that the models know is set to where its target went.
 *
 * <p>What is predicted for a byte never depends on what was asked before, nor in which pieces. An
 * object keeps caches, so one thread uses it at a time.
 */
public final class CodePredictor {
  private final PagedBytes file;
  private final long[] newOffsets;
  private final long[] oldOffsets;
  private final long[] lengths;
  private final FileModel model; // null: only copies
  private final long memoryBytes;

  CodePredictor(BlockSource oldFile, PagedBytes file, List<Alignment> alignments, FileModel model) {
    this.file = file;
    this.model = model;
    int count = alignments.size();
    newOffsets = new long[count];
    oldOffsets = new long[count];
    lengths = new long[count];
    int i = 0;
    for (Alignment a : alignments) {
      newOffsets[i] = a.newOffset();
      oldOffsets[i] = a.oldOffset();
      lengths[i++] = a.length();
    }
    memoryBytes =
        Math.min(PagedBytes.CACHE_BYTES, oldFile.size())
            + 24L * count
            + (model == null ? 0 : model.memoryBytes());
  }

  /**
   * Predicts the new bytes {@code [newOffset, newOffset + length)}. Bytes that no alignment covers
   * are left in the buffer as they are.
   */
  public void predict(long newOffset, byte[] buffer, int offset, int length) throws IOException {
    var window = model == null ? null : new Window(buffer, offset, newOffset, length);
    long end = newOffset + length;
    for (int i = first(newOffset); i < newOffsets.length && newOffsets[i] < end; i++) {
      long from = Math.max(newOffset, newOffsets[i]);
      long to = Math.min(end, newOffsets[i] + lengths[i]);
      long shift = newOffsets[i] - oldOffsets[i];
      int at = offset + (int) (from - newOffset);
      int count = (int) (to - from);
      file.copy(from - shift, buffer, at, count);
      if (window != null) {
        window.within(oldOffsets[i], oldOffsets[i] + lengths[i], shift);
        window.limit(from, to);
        model.fields(from - shift, to - shift, window);
        model.headers().fill(from, buffer, at, count);
      }
    }
  }

  /** The number of the first alignment that ends behind a place. */
  private int first(long newOffset) {
    int low = 0;
    int high = newOffsets.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (newOffsets[middle] + lengths[middle] <= newOffset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** What this object keeps in memory, at most, beside the buffers it is given. */
  public long memoryBytes() {
    return memoryBytes;
  }

  /** Puts fields into the part of the buffer that one alignment covers. */
  private final class Window extends MappedFields {
    private final byte[] buffer;
    private final int offset;
    private final long start;
    private long from;
    private long to;

    Window(byte[] buffer, int offset, long start, int length) {
      super(model.map(), model.disabled());
      this.buffer = buffer;
      this.offset = offset;
      this.start = start;
    }

    void limit(long newFrom, long newTo) {
      this.from = newFrom;
      this.to = newTo;
    }

    @Override
    void field(FieldKind kind, long newPosition, int bytes, long value, long target) {
      for (int k = 0; k < bytes; k++) {
        long at = newPosition + k;
        if (at >= from && at < to) {
          buffer[offset + (int) (at - start)] = (byte) (value >>> 8 * k);
        }
      }
    }
  }
}
