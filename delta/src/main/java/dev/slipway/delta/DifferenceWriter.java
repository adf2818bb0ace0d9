// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.coding.Numbers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Writes differences, most of which are zero: runs of zeros as their length, and what lies between
 * them, of which a short run of zeros may be part.
 *
 * <pre>
 *   differences of one op = { zeros  count  byte * count } until the op's length is reached
 * </pre>
 */
final class DifferenceWriter {
  /** A run of zeros that is shorter costs more than its bytes. */
  private static final int RUN_LEAST = 3;

  private static final byte[] ZEROS = new byte[Recital.PART];

  private final OutputStream out;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream(Recital.PART);

  DifferenceWriter(OutputStream out) {
    this.out = out;
  }

  /** Writes the differences of an op, or of a part of one whose length the reader knows. */
  void write(byte[] bytes, int length) throws IOException {
    written.reset();
    int at = 0;
    while (at < length) {
      int run = Arrays.mismatch(bytes, at, length, ZEROS, 0, length - at);
      Numbers.write(written, run < 0 ? length - at : run);
      if (run < 0) {
        break;
      }
      at += run;
      int from = at;
      int zeros = 0;
      while (at < length && zeros < RUN_LEAST) {
        zeros = bytes[at++] == 0 ? zeros + 1 : 0;
      }
      at -= zeros;
      Numbers.write(written, at - from);
      written.write(bytes, from, at - from);
    }
    written.writeTo(out);
  }
}
