// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import dev.slipway.tree.TarEntries.Errors;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * The bytes of a tar archive: headers from a buffer, and as a stream the bytes stored for the
 * current entry. Long reads go past the buffer, straight into the reader's array.
 */
final class TarInput extends InputStream {
  static final int BLOCK_BYTES = 512;
  private static final int BUFFER_BYTES = 1 << 16;

  private final InputStream in;
  private final Errors errors;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int start;
  private int limit;

  /** Archive offset of {@code buffer[start]}. */
  private long position;

  /** What is left of the current entry's stored bytes, and of the zeros behind them. */
  private long left;

  private int padding;

  TarInput(InputStream in, Errors errors) {
    this.in = in;
    this.errors = errors;
  }

  long position() {
    return position;
  }

  /** The next block, or nothing when it is the zero block that ends the archive. */
  Optional<byte[]> header() throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    int count = fetch(block, 0, BLOCK_BYTES);
    if (count < BLOCK_BYTES) {
      throw errors.error(
          count == 0
              ? "the archive is cut off: it ends without a zero block"
              : "the archive is cut off within a header");
    }
    for (byte b : block) {
      if (b != 0) {
        return Optional.of(block);
      }
    }
    return Optional.empty();
  }

  /** Starts an entry of which so many bytes are stored. */
  void entry(long storedBytes) throws IOException {
    if (storedBytes > Long.MAX_VALUE - (BLOCK_BYTES - 1)) {
      throw errors.error("size: found " + storedBytes + ", more than any archive holds");
    }
    left = storedBytes;
    padding = (int) (-storedBytes & (BLOCK_BYTES - 1));
  }

  /** Goes to the end of the current entry. */
  void finishEntry() throws IOException {
    long rest = left + padding;
    left = 0;
    padding = 0;
    while (rest > 0) {
      if (start == limit && !fill()) {
        throw errors.error("the archive is cut off within the entry's content");
      }
      int step = (int) Math.min(rest, limit - start);
      start += step;
      position += step;
      rest -= step;
    }
  }

  byte[] readExactly(int length) throws IOException {
    byte[] bytes = readNBytes(length);
    if (bytes.length < length) {
      throw errors.error("the entry ends within its headers");
    }
    return bytes;
  }

  /** Reads what follows the end of the archive, which is of no interest, to the stream's end. */
  void drain() throws IOException {
    do {
      start = limit;
    } while (fill());
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
    if (left == 0) {
      return -1;
    }
    int count = some(target, offset, (int) Math.min(length, left));
    if (count < 0) {
      throw errors.error("the archive is cut off within the entry's content");
    }
    left -= count;
    return count;
  }

  private int fetch(byte[] target, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int count = some(target, offset + done, length - done);
      if (count < 0) {
        break;
      }
      done += count;
    }
    return done;
  }

  private int some(byte[] target, int offset, int length) throws IOException {
    int count;
    if (start == limit && length >= buffer.length) {
      count = in.read(target, offset, length);
      if (count < 0) {
        return -1;
      }
    } else {
      if (start == limit && !fill()) {
        return -1;
      }
      count = Math.min(length, limit - start);
      System.arraycopy(buffer, start, target, offset, count);
      start += count;
    }
    position += count;
    return count;
  }

  private boolean fill() throws IOException {
    start = 0;
    limit = 0;
    int count = in.read(buffer, 0, buffer.length);
    if (count <= 0) {
      Arrays.fill(buffer, (byte) 0);
      return false;
    }
    limit = count;
    return true;
  }
}
