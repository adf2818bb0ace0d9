// SPDX-License-Identifier: Apache-2.0
package dev.slipway.codec;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads gzip.
 *
 * <pre>
 * member:  1f 8b 08 FLG  MTIME(4) XFL OS  [EXTRA] [NAME] [COMMENT] [HCRC(2)]  deflate  CRC32(4) ISIZE(4)
 * file:    member+ zeros*
 * </pre>
 *
 * <p>The JDK's own class asks {@code available()} whether another member follows, which misses
 * members on streams that cannot tell. Zeros after the last member are padding, as for gzip itself;
 * anything else is refused.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1952">RFC 1952</a>
 */
final class GzipInputStream extends InputStream {
  private static final int FLAG_HCRC = 1 << 1;
  private static final int FLAG_EXTRA = 1 << 2;
  private static final int FLAG_NAME = 1 << 3;
  private static final int FLAG_COMMENT = 1 << 4;
  private static final int FLAGS_RESERVED = 0b1110_0000;

  private final InputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final CRC32 headerCrc = new CRC32();
  private final byte[] buffer = new byte[1 << 15];
  private int start;
  private int limit;
  private boolean ended;

  GzipInputStream(InputStream in) throws IOException {
    this.in = in;
    readHeader(nextByte());
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    while (!ended) {
      int count = inflate(target, offset, length);
      if (count > 0) {
        crc.update(target, offset, count);
        return count;
      }
      if (inflater.finished()) {
        start = limit - inflater.getRemaining();
        readTrailer();
        startNextMember();
      } else if (inflater.needsDictionary()) {
        throw new CorruptException("the compressed data wants a dictionary");
      } else {
        start = limit;
        if (!fill()) {
          throw new EOFException();
        }
        inflater.setInput(buffer, start, limit - start);
      }
    }
    return -1;
  }

  private int inflate(byte[] target, int offset, int length) throws IOException {
    try {
      return inflater.inflate(target, offset, length);
    } catch (DataFormatException e) {
      throw new CorruptException("the compressed data is damaged (" + e.getMessage() + ")");
    }
  }

  private void startNextMember() throws IOException {
    int first = 0;
    while (first == 0) {
      if (start == limit && !fill()) {
        ended = true;
        return;
      }
      first = buffer[start++] & 0xff;
    }
    inflater.reset();
    crc.reset();
    readHeader(first);
  }

  private void readHeader(int first) throws IOException {
    headerCrc.reset();
    headerCrc.update(first);
    int second = headerByte();
    if (first != 0x1f || second != 0x8b) {
      throw new CorruptException(
          String.format("not gzip: found %02x %02x, expected 1f 8b", first, second));
    }
    int method = headerByte();
    int flags = headerByte();
    if (method != 8 || (flags & FLAGS_RESERVED) != 0) {
      throw new CorruptException("gzip method " + method + ", flags " + flags + " are unknown");
    }
    skipHeader(6);
    if ((flags & FLAG_EXTRA) != 0) {
      int length = headerByte();
      skipHeader(length | headerByte() << 8);
    }
    if ((flags & FLAG_NAME) != 0) {
      skipText();
    }
    if ((flags & FLAG_COMMENT) != 0) {
      skipText();
    }
    if ((flags & FLAG_HCRC) != 0) {
      int expected = (int) headerCrc.getValue() & 0xffff;
      requireEqual("header checksum", nextByte() | nextByte() << 8, expected);
    }
    inflater.setInput(buffer, start, limit - start);
  }

  private void skipHeader(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      headerByte();
    }
  }

  private void skipText() throws IOException {
    while (headerByte() != 0) {
      // the text is of no interest
    }
  }

  private int headerByte() throws IOException {
    int value = nextByte();
    headerCrc.update(value);
    return value;
  }

  private void readTrailer() throws IOException {
    requireEqual("checksum", nextInt(), crc.getValue());
    requireEqual("size", nextInt(), inflater.getBytesWritten() & 0xffff_ffffL);
  }

  private static void requireEqual(String field, long found, long expected) throws IOException {
    if (found != expected) {
      throw new CorruptException(
          String.format("%s: found 0x%x, expected 0x%x", field, found, expected));
    }
  }

  private long nextInt() throws IOException {
    return nextByte() | nextByte() << 8 | nextByte() << 16 | (long) nextByte() << 24;
  }

  private int nextByte() throws IOException {
    if (start == limit && !fill()) {
      throw new EOFException();
    }
    return buffer[start++] & 0xff;
  }

  private boolean fill() throws IOException {
    start = 0;
    limit = Math.max(0, in.read(buffer, 0, buffer.length));
    return limit > 0;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
