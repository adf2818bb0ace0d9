// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.delta.coding.Numbers;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.io.InputStream;

/** Adds differences that {@link DifferenceWriter} wrote to predicted bytes. */
final class DifferenceReader {
  private final InputStream in;
  private byte[] bytes = new byte[1 << 12];

  DifferenceReader(InputStream in) {
    this.in = in;
  }

  /** Adds the differences of an op, or of a part of one. */
  void addTo(byte[] target, int offset, int length) throws IOException {
    int at = offset;
    int end = offset + length;
    while (at < end) {
      at += (int) Numbers.read(in, end - at, "run of equal bytes");
      if (at == end) {
        return;
      }
      int count = (int) Numbers.read(in, end - at, "number of differences");
      if (count == 0) {
        throw new FormatException("number of differences: found 0, expected more");
      }
      if (bytes.length < count) {
        bytes = new byte[count];
      }
      in.readNBytes(bytes, 0, count);
      for (int i = 0; i < count; i++) {
        target[at++] += bytes[i];
      }
    }
  }
}
