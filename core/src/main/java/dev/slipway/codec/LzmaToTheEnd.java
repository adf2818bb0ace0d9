// SPDX-License-Identifier: Apache-2.0
package dev.slipway.codec;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Refuses what follows the end of an .lzma file. */
final class LzmaToTheEnd extends FilterInputStream {
  private final InputStream file;

  LzmaToTheEnd(InputStream decoder, InputStream file) {
    super(decoder);
    this.file = file;
  }

  @Override
  public int read() throws IOException {
    return atEnd(in.read());
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    return atEnd(in.read(target, offset, length));
  }

  private int atEnd(int result) throws IOException {
    if (result < 0 && file.read() >= 0) {
      throw new CorruptException("bytes after the end of the compressed data");
    }
    return result;
  }
}
