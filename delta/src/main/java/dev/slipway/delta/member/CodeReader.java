// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import java.io.IOException;
import java.util.Arrays;

/** Reads the header of a dynamic block: {@link BlockHeader} read backwards. */
final class CodeReader {
  private final BitSource in;

  CodeReader(BitSource in) {
    this.in = in;
  }

  GivenCodes read() throws IOException {
    var recorded = new RecordedBits();
    int literals = recorded.take(5) + 257;
    int distances = recorded.take(5) + 1;
    int lengthCodes = recorded.take(4) + 4;
    if (literals > DeflateFormat.LITERAL_CODES || distances > DeflateFormat.DISTANCE_CODES) {
      throw in.failure("a header of " + literals + " and " + distances + " codes");
    }
    byte[] runLengths = new byte[DeflateFormat.LENGTH_CODES];
    for (int place = 0; place < lengthCodes; place++) {
      runLengths[DeflateFormat.lengthCodeAt(place)] = (byte) recorded.take(3);
    }
    var runs = new PrefixDecoder(runLengths, in);
    byte[] all = new byte[literals + distances];
    int at = 0;
    while (at < all.length) {
      int symbol = recorded.take(runs);
      if (symbol < 16) {
        all[at++] = (byte) symbol;
        continue;
      }
      if (symbol == 16 && at == 0) {
        throw in.failure("the first code's length repeats none");
      }
      int count =
          switch (symbol) {
            case 16 -> 3 + recorded.take(2);
            case 17 -> 3 + recorded.take(3);
            default -> 11 + recorded.take(7);
          };
      if (count > all.length - at) {
        throw in.failure("more codes than the header announces");
      }
      Arrays.fill(all, at, at + count, symbol == 16 ? all[at - 1] : 0);
      at += count;
    }
    byte[] literalLengths =
        Arrays.copyOf(Arrays.copyOf(all, literals), DeflateFormat.LITERAL_CODES);
    byte[] distanceLengths =
        Arrays.copyOf(Arrays.copyOfRange(all, literals, all.length), DeflateFormat.DISTANCE_CODES);
    return new GivenCodes(recorded.bytes(), recorded.count, literalLengths, distanceLengths);
  }

  /** Takes bits and keeps them. */
  private final class RecordedBits {
    private byte[] bits = new byte[64];
    private int count;

    int take(int bitCount) throws IOException {
      int value = in.take(bitCount);
      keep(value, bitCount);
      return value;
    }

    int take(PrefixDecoder decoder) throws IOException {
      int ahead = in.peek(DeflateFormat.CODE_BITS_MAX);
      long before = in.position();
      int symbol = decoder.next();
      keep(ahead, (int) (in.position() - before));
      return symbol;
    }

    private void keep(int value, int bitCount) {
      for (int i = 0; i < bitCount; i++, count++) {
        if (count >>> 3 == bits.length) {
          bits = Arrays.copyOf(bits, 2 * bits.length);
        }
        bits[count >>> 3] |= (byte) ((value >>> i & 1) << (count & 7));
      }
    }

    byte[] bytes() {
      return Arrays.copyOf(bits, count + 7 >>> 3);
    }
  }
}
