// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import dev.slipway.io.ByteSource;
import dev.slipway.io.RangeInputStream;
import dev.slipway.tree.Content;
import dev.slipway.tree.Content.Range;
import dev.slipway.tree.SparseInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A content inside a pack.
 *
 * @param storedBytes how many bytes it takes there, holes left out
 * @param sizeBytes how many bytes it has
 * @param data where its data lies when it has holes; null when it has none
 */
record PackSlice(PackFile pack, long offset, long storedBytes, long sizeBytes, List<Range> data)
    implements ByteSource {

  /** The slice of a content that starts at an offset and whose data lies in the given ranges. */
  static PackSlice of(PackFile pack, long offset, long storedBytes, long size, List<Range> data) {
    boolean whole = data.size() == 1 && data.get(0).length() == size;
    return new PackSlice(pack, offset, storedBytes, size, whole ? null : List.copyOf(data));
  }

  /** Whether this is stored with the given ranges. */
  boolean holds(Content content) {
    List<Range> ranges = data == null ? List.of(new Range(0, sizeBytes)) : data;
    return sizeBytes == content.sizeBytes() && ranges.equals(content.data());
  }

  @Override
  public InputStream open() {
    InputStream stored = new SliceStream(pack, offset, offset + storedBytes);
    return data == null ? stored : new SparseInputStream(stored, data, sizeBytes);
  }

  private static final class SliceStream extends RangeInputStream {
    private final PackFile pack;

    SliceStream(PackFile pack, long start, long end) {
      super(start, end);
      this.pack = pack;
    }

    @Override
    protected int readAt(long at, byte[] target, int offset, int length) throws IOException {
      int count = pack.read(at, ByteBuffer.wrap(target, offset, length));
      if (count < 0) {
        throw new EOFException("the pack ends at byte " + at + ", expected more");
      }
      return count;
    }
  }
}
