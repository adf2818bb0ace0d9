// SPDX-License-Identifier: Apache-2.0
package dev.slipway.io;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Bits to bytes, the first bit lowest, as deflate (RFC 1951, section 3.1.1) wants them. Nothing
 * reaches the stream behind it for certain before {@link #finish}.
 */
public final class BitSink {
  private final OutputStream out;
  private final byte[] buffer = new byte[1 << 13];
  private int filled;
  private long pending;
  private int pendingBits;

  public BitSink(OutputStream out) {
    this.out = out;
  }

  /** Writes the low {@code count} bits of a value that has no others: at most 48. */
  public void put(long value, int count) throws IOException {
    if (pendingBits + count > 64) {
      drain();
    }
    pending |= value << pendingBits;
    pendingBits += count;
  }

  private void drain() throws IOException {
    if (filled + 8 > buffer.length) {
      flush();
    }
    while (pendingBits >= 8) {
      buffer[filled++] = (byte) pending;
      pending >>>= 8;
      pendingBits -= 8;
    }
  }

  /** Fills the current byte with zeros. */
  public void align() throws IOException {
    put(0, -pendingBits & 7);
    drain();
  }

  /** Writes whole bytes; the bits before them must be aligned. */
  public void bytes(byte[] bytes, int offset, int length) throws IOException {
    drain();
    flush();
    out.write(bytes, offset, length);
  }

  /** Passes everything on, the last byte filled with zeros. */
  public void finish() throws IOException {
    align();
    flush();
  }

  private void flush() throws IOException {
    out.write(buffer, 0, filled);
    filled = 0;
  }
}
