// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.BitSink;
import java.io.IOException;

/**
 * The codes of a dynamic block as they were sent, because no rule gives them.
 *
 * @param header the header's bits after the block's type, first bit lowest
 * @param headerBits how many they are
 */
record GivenCodes(byte[] header, int headerBits, byte[] literalLengths, byte[] distanceLengths) {

  void send(BitSink out) throws IOException {
    int left = headerBits;
    for (byte piece : header) {
      int bits = Math.min(left, Byte.SIZE);
      out.put(piece & (1 << bits) - 1, bits);
      left -= bits;
    }
  }
}
