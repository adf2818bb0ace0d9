// SPDX-License-Identifier: Apache-2.0
package dev.slipway.codec;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.zip.CRC32;

/** Writes one gzip member without name and time, deflated by our own encoder. */
final class GzipOutputStream extends OutputStream {
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};

  private final OutputStream out;
  private final CRC32 crc = new CRC32();
  private final Deflate deflate;
  private long size;
  private boolean closed;

  GzipOutputStream(OutputStream out) throws IOException {
    this.out = out;
    out.write(HEADER);
    deflate = new Deflate(out);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    crc.update(bytes, offset, length);
    size += length;
    deflate.write(bytes, offset, length);
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (out) {
      deflate.finish();
      writeInt((int) crc.getValue());
      writeInt((int) size);
    }
  }

  private void writeInt(int value) throws IOException {
    for (int shift = 0; shift < 32; shift += 8) {
      out.write(value >>> shift);
    }
  }
}
