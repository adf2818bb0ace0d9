// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree.object;

import dev.slipway.io.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Opens raw deflate, and holds it to the size that was announced. */
final class ContentInflater extends InputStream {
  private static final int CHUNK_BYTES = 1 << 16;

  private final InputStream in;
  private final String source;
  private final long sizeBytes;
  private final Inflater inflater = new Inflater(true);
  private final byte[] chunk = new byte[CHUNK_BYTES];
  private long given;
  private boolean ended;
  private boolean closed;

  ContentInflater(InputStream in, long sizeBytes, String source) {
    this.in = in;
    this.sizeBytes = sizeBytes;
    this.source = source;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (closed) {
      throw new IOException("closed");
    }
    if (length == 0) {
      return 0;
    }
    if (ended) {
      return -1;
    }
    int count = inflate(target, offset, length);
    if (count > 0) {
      given += count;
      if (given > sizeBytes) {
        throw new FormatException(source + ": more content than the " + sizeBytes + " bytes said");
      }
      return count;
    }
    if (given < sizeBytes) {
      throw new FormatException(source + ": " + given + " bytes of content, expected " + sizeBytes);
    }
    if (inflater.getRemaining() > 0 || in.read() >= 0) {
      throw new FormatException(source + ": bytes behind the compressed content");
    }
    ended = true;
    return -1;
  }

  /** Gives 0 at the end only. */
  private int inflate(byte[] target, int offset, int length) throws IOException {
    try {
      while (true) {
        int count = inflater.inflate(target, offset, length);
        if (count > 0 || inflater.finished()) {
          return count;
        }
        if (inflater.needsDictionary()) {
          throw new FormatException(source + ": compressed with a dictionary");
        }
        int more = in.read(chunk);
        if (more < 0) {
          throw new FormatException(
              source + ": ends amid its compressed content, after " + given + " bytes of it");
        }
        inflater.setInput(chunk, 0, more);
      }
    } catch (DataFormatException e) {
      throw new FormatException(
          source + ": content after " + given + " bytes: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      inflater.end();
      in.close();
    }
  }
}
