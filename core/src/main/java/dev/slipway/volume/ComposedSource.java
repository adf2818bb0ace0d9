// SPDX-License-Identifier: Apache-2.0
package dev.slipway.volume;

import dev.slipway.io.BlockSource;
import dev.slipway.volume.ComposedVolume.Piece;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Random reads of a composed volume. The stream of the piece last read stays open, so that reading
 * forward opens each piece once.
 */
final class ComposedSource implements BlockSource {
  private final long size;
  private final List<Piece> pieces;

  private Piece current;
  private InputStream stream;
  private long streamAt;

  ComposedSource(long size, List<Piece> pieces) {
    this.size = size;
    this.pieces = pieces;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public synchronized int read(long position, ByteBuffer target) throws IOException {
    if (position < 0) {
      throw new IllegalArgumentException("negative position: " + position);
    }
    if (!target.hasRemaining()) {
      return 0;
    }
    if (position >= size) {
      return -1;
    }
    int index = firstEndingAfter(position);
    if (index == pieces.size() || pieces.get(index).offset() > position) {
      long next = index == pieces.size() ? size : pieces.get(index).offset();
      int zeros = (int) Math.min(Math.min(target.remaining(), next - position), 1 << 20);
      target.put(new byte[zeros]);
      return zeros;
    }
    Piece piece = pieces.get(index);
    long within = position - piece.offset();
    int wanted = (int) Math.min(Math.min(target.remaining(), piece.length() - within), 1 << 20);
    target.put(take(piece, within, wanted));
    return wanted;
  }

  private byte[] take(Piece piece, long within, int wanted) throws IOException {
    byte[] bytes = new byte[wanted];
    boolean whole = false;
    try {
      seek(piece, within);
      if (stream.readNBytes(bytes, 0, wanted) < wanted) {
        throw new EOFException(
            "data of the piece at byte "
                + piece.offset()
                + " ended early; did it change while it was read?");
      }
      streamAt += wanted;
      whole = true;
      return bytes;
    } finally {
      if (!whole) {
        close(); // where the stream stands is not known any more
      }
    }
  }

  private void seek(Piece piece, long within) throws IOException {
    if (current != piece || streamAt > within) {
      close();
      stream = piece.source().open();
      current = piece;
      streamAt = 0;
      stream.skipNBytes(piece.skip());
    }
    stream.skipNBytes(within - streamAt);
    streamAt = within;
  }

  private int firstEndingAfter(long position) {
    int low = 0;
    int high = pieces.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      Piece piece = pieces.get(middle);
      if (piece.offset() + piece.length() > position) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  @Override
  public synchronized void close() throws IOException {
    if (stream != null) {
      stream.close();
      stream = null;
      current = null;
    }
  }
}
