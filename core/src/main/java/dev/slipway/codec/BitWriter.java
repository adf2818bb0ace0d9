// SPDX-License-Identifier: Apache-2.0
package dev.slipway.codec;

import java.io.IOException;
import java.io.OutputStream;

/** Bits to bytes, the first bit lowest. */
final class BitWriter {
  private final OutputStream out;
  private final byte[] buffer = new byte[1 << 15];
  private int filled;
  private long pending;
  private int pendingBits;

  BitWriter(OutputStream out) {
    this.out = out;
  }

  /** Writes the low {@code count} bits of a value that has no others: at most 32. */
  void put(long value, int count) throws IOException {
    pending |= value << pendingBits;
    pendingBits += count;
    while (pendingBits >= 8) {
      if (filled == buffer.length) {
        flush();
      }
      buffer[filled++] = (byte) pending;
      pending >>>= 8;
      pendingBits -= 8;
    }
  }

  /** Fills the current byte with zeros. */
  void align() throws IOException {
    if (pendingBits > 0) {
      put(0, 8 - pendingBits);
    }
  }

  /** Writes whole bytes; the bits before them must be aligned. */
  void bytes(byte[] bytes, int offset, int length) throws IOException {
    flush();
    out.write(bytes, offset, length);
  }

  void finish() throws IOException {
    align();
    flush();
  }

  private void flush() throws IOException {
    out.write(buffer, 0, filled);
    filled = 0;
  }
}
