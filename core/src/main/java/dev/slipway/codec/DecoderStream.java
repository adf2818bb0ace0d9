// SPDX-License-Identifier: Apache-2.0
package dev.slipway.codec;

import dev.slipway.io.FormatException;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.UnsupportedOptionsException;

/**
 * Guards a decoder: its output is counted, and whatever it throws over bad input, runtime
 * exceptions included, becomes a {@link FormatException} that names the source. Errors of the
 * compressed stream itself (a disk or a network that fails) pass as they are.
 */
final class DecoderStream extends InputStream {

  /** Opens a decoder over a stream. */
  @FunctionalInterface
  interface Opener {
    InputStream open(InputStream in) throws IOException;
  }

  private final String source;
  private final long maxBytes;
  private final Compressed compressed;
  private final InputStream decoder;
  private long count;

  private DecoderStream(String source, long maxBytes, Compressed compressed, InputStream decoder) {
    this.source = source;
    this.maxBytes = maxBytes;
    this.compressed = compressed;
    this.decoder = decoder;
  }

  static InputStream open(InputStream in, String source, long maxBytes, Opener opener)
      throws IOException {
    var compressed = new Compressed(in);
    try {
      return new DecoderStream(source, maxBytes, compressed, opener.open(compressed));
    } catch (IOException | RuntimeException e) {
      throw failure(e, source, 0, compressed);
    }
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
    int got;
    try {
      got = decoder.read(target, offset, length);
    } catch (IOException | RuntimeException e) {
      throw failure(e, source, count, compressed);
    }
    if (got > 0) {
      count += got;
      if (count > maxBytes) {
        throw new FormatException(
            source
                + ": unpacks to more than "
                + maxBytes
                + " bytes ("
                + compressed.position
                + " packed bytes read); is it what you expect? Raise the limit if so");
      }
    }
    return got;
  }

  private static IOException failure(
      Exception e, String source, long count, Compressed compressed) {
    if (e == compressed.failure) {
      return (IOException) e;
    }
    boolean early = e instanceof EOFException;
    String reason = early ? "the compressed data ends early" : reason(e);
    return new FormatException(
        source
            + ": at about byte "
            + compressed.position
            + " (byte "
            + count
            + " of the unpacked data): "
            + reason,
        e);
  }

  private static String reason(Exception e) {
    if (e instanceof CorruptException) {
      return e.getMessage();
    }
    String detail = e.getMessage() == null ? "" : " (" + e.getMessage() + ")";
    boolean refused = e instanceof MemoryLimitException || e instanceof UnsupportedOptionsException;
    return (refused ? "the compressed data cannot be read here" : "the compressed data is damaged")
        + detail;
  }

  @Override
  public void close() throws IOException {
    decoder.close();
    compressed.close();
  }

  /** Counts what the decoder takes and remembers whether the stream itself failed. */
  private static final class Compressed extends FilterInputStream {
    private long position;
    private IOException failure;

    Compressed(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      try {
        int value = in.read();
        position += value < 0 ? 0 : 1;
        return value;
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      try {
        int got = in.read(target, offset, length);
        position += Math.max(0, got);
        return got;
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }

    @Override
    public long skip(long wanted) throws IOException {
      try {
        long skipped = in.skip(wanted);
        position += skipped;
        return skipped;
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
