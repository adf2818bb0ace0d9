// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import dev.slipway.io.ByteSource;
import dev.slipway.tree.Content;
import dev.slipway.tree.Content.Range;
import dev.slipway.tree.SparseInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

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

  private static final class SliceStream extends InputStream {
    private final PackFile pack;
    private final long end;
    private long position;

    SliceStream(PackFile pack, long start, long end) {
      this.pack = pack;
      this.position = start;
      this.end = end;
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
      if (position >= end) {
        return -1;
      }
      int wanted = (int) Math.min(length, end - position);
      int count = pack.read(position, ByteBuffer.wrap(target, offset, wanted));
      if (count < 0) {
        throw new EOFException("the pack ends at byte " + position + ", expected " + end);
      }
      position += count;
      return count;
    }

    @Override
    public long skip(long count) {
      long skipped = Math.max(0, Math.min(count, end - position));
      position += skipped;
      return skipped;
    }

    @Override
    public int available() {
      return (int) Math.min(Integer.MAX_VALUE, end - position);
    }
  }
}
