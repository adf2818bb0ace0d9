// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import dev.slipway.io.BlockSource;
import dev.slipway.io.ByteSource;
import dev.slipway.io.RangeInputStream;
import dev.slipway.tree.Content;
import dev.slipway.tree.Content.Range;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Where the bytes of a file lie in its file system; what no part covers is a hole. */
final class FileMap implements ByteSource {
  /**
   * Bytes side by side.
   *
   * @param fileOffset where they start in the file
   * @param offset where they start in the file system
   */
  record Part(long fileOffset, long offset, long length) {
    long end() {
      return fileOffset + length;
    }
  }

  private final BlockSource in;
  private final long sizeBytes;
  private final List<Part> parts;

  /**
   * A map.
   *
   * @param parts in the order of the file, not overlapping, within its size
   */
  FileMap(BlockSource in, long sizeBytes, List<Part> parts) {
    this.in = in;
    this.sizeBytes = sizeBytes;
    this.parts = List.copyOf(parts);
  }

  List<Part> parts() {
    return parts;
  }

  Content content() {
    var data = new ArrayList<Range>(1);
    for (Part part : parts) {
      Range before = data.isEmpty() ? null : data.get(data.size() - 1);
      if (before != null && before.offset() + before.length() == part.fileOffset()) {
        data.set(data.size() - 1, new Range(before.offset(), before.length() + part.length()));
      } else {
        data.add(new Range(part.fileOffset(), part.length()));
      }
    }
    return Content.undigested(sizeBytes, data, this);
  }

  @Override
  public InputStream open() {
    return new Stream();
  }

  /** Reads through parts and holes; skipping costs nothing. */
  private final class Stream extends RangeInputStream {
    private int index;

    Stream() {
      super(0, sizeBytes);
    }

    @Override
    protected int readAt(long at, byte[] target, int offset, int length) throws IOException {
      while (index < parts.size() && parts.get(index).end() <= at) {
        index++;
      }
      Part part = index < parts.size() ? parts.get(index) : null;
      if (part == null || part.fileOffset() > at) {
        long end = part == null ? sizeBytes : part.fileOffset();
        int count = (int) Math.min(length, end - at);
        Arrays.fill(target, offset, offset + count, (byte) 0);
        return count;
      }
      int count = (int) Math.min(length, part.end() - at);
      long from = part.offset() + (at - part.fileOffset());
      in.readFully(from, ByteBuffer.wrap(target, offset, count));
      return count;
    }
  }
}
