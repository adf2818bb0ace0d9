// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream that asks a pace before it goes on. */
final class PacedStream extends FilterInputStream {
  /** So that a slow pace is smooth. */
  private static final int PIECE_BYTES = 1 << 16;

  private final Pace pace;

  PacedStream(InputStream in, Pace pace) {
    super(in);
    this.pace = pace;
  }

  @Override
  public int read() throws IOException {
    pace.take(1);
    return super.read();
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = super.read(bytes, offset, Math.min(length, PIECE_BYTES));
    if (count > 0) {
      pace.take(count);
    }
    return count;
  }
}
