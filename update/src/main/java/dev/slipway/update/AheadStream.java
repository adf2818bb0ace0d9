// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.work.Uninterrupted;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Reads a stream ahead in a thread of its own, so that bytes are fetched and unpacked while those
 * before them are compared and written. What goes wrong there is thrown here, in its place.
 */
final class AheadStream extends InputStream {
  private static final int PIECE_BYTES = 1 << 17;

  /** A little more than a thread takes a turn for. */
  private static final int PIECES = 8;

  /** What the thread hands over: bytes, the end (no bytes), or why there are no more. */
  private record Piece(byte[] bytes, int length, Throwable problem) {}

  private final InputStream in;
  private final BlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(PIECES);
  private final Thread reader = new Thread(this::readAll, "reading ahead");

  /** Null before the first read. */
  private Piece piece;

  private int offset;

  /** Starts to read; the stream is closed with this one. */
  AheadStream(InputStream in) {
    this.in = in;
    reader.setDaemon(true);
    reader.start();
  }

  private void readAll() {
    try {
      Piece next;
      do {
        next = next();
        pieces.put(next);
      } while (next.length() > 0);
    } catch (InterruptedException e) {
      // closed
    }
  }

  private Piece next() {
    try {
      byte[] bytes = new byte[PIECE_BYTES];
      return new Piece(bytes, in.readNBytes(bytes, 0, bytes.length), null);
    } catch (IOException | RuntimeException | Error e) {
      return new Piece(new byte[0], 0, e);
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int at, int length) throws IOException {
    Objects.checkFromIndexSize(at, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (piece == null || (offset == piece.length() && piece.length() > 0)) {
      take();
    }
    if (piece.problem() instanceof IOException e) {
      throw e;
    } else if (piece.problem() instanceof RuntimeException e) {
      throw e;
    } else if (piece.problem() instanceof Error e) {
      throw e;
    } else if (piece.length() == 0) {
      return -1;
    }
    int count = Math.min(length, piece.length() - offset);
    System.arraycopy(piece.bytes(), offset, target, at, count);
    offset += count;
    return count;
  }

  private void take() throws IOException {
    try {
      piece = pieces.take();
      offset = 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while reading");
    }
  }

  /** Stops reading ahead, and waits until that has ended. */
  @Override
  public void close() throws IOException {
    reader.interrupt();
    Uninterrupted.join(reader);
    in.close();
  }
}
