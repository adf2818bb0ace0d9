// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

/**
 * The numbers of the deflate format.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1951">RFC 1951, sections 3.2.5 to 3.2.7</a>
 */
final class DeflateFormat {
  static final int MATCH_MIN = 3;
  static final int MATCH_MAX = 258;
  static final int WINDOW_BYTES = 1 << 15;

  static final int LITERAL_CODES = 286;
  static final int DISTANCE_CODES = 30;
  static final int LENGTH_CODES = 19;
  static final int END_OF_BLOCK = 256;
  static final int CODE_BITS_MAX = 15;
  static final int LENGTH_CODE_BITS_MAX = 7;

  /** In this order a header lists the lengths of the codes for lengths. */
  private static final byte[] LENGTH_CODE_ORDER = {
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
  };

  private static final int LENGTH_SYMBOLS = 29;

  private static final short[] LENGTH_BASE = new short[LENGTH_SYMBOLS];
  private static final byte[] LENGTH_EXTRA = new byte[LENGTH_SYMBOLS];
  private static final short[] DISTANCE_BASE = new short[DISTANCE_CODES];
  private static final byte[] DISTANCE_EXTRA = new byte[DISTANCE_CODES];

  /** By length less three. */
  private static final byte[] LENGTH_SYMBOL = new byte[256];

  /** By distance less one up to 256, then by its upper bits. */
  private static final byte[] DISTANCE_SYMBOL = new byte[512];

  static {
    int length = MATCH_MIN;
    for (int symbol = 0; symbol < LENGTH_SYMBOLS - 1; symbol++) {
      LENGTH_BASE[symbol] = (short) length;
      LENGTH_EXTRA[symbol] = (byte) (symbol < 8 ? 0 : symbol / 4 - 1);
      for (int i = 0; i < 1 << LENGTH_EXTRA[symbol]; i++) {
        LENGTH_SYMBOL[length++ - MATCH_MIN] = (byte) symbol;
      }
    }
    LENGTH_BASE[LENGTH_SYMBOLS - 1] = MATCH_MAX; // without extra bits, though 284 could say it too
    LENGTH_SYMBOL[MATCH_MAX - MATCH_MIN] = LENGTH_SYMBOLS - 1;
    int distance = 1;
    for (int symbol = 0; symbol < DISTANCE_CODES; symbol++) {
      DISTANCE_BASE[symbol] = (short) distance;
      DISTANCE_EXTRA[symbol] = (byte) (symbol < 4 ? 0 : symbol / 2 - 1);
      int end = distance + (1 << DISTANCE_EXTRA[symbol]);
      while (distance < end) {
        int step = distance <= 256 ? 1 : 128;
        DISTANCE_SYMBOL[distanceIndex(distance)] = (byte) symbol;
        distance += step;
      }
    }
  }

  private DeflateFormat() {}

  private static int distanceIndex(int distance) {
    return distance <= 256 ? distance - 1 : 256 + (distance - 1 >>> 7);
  }

  /** Which length code's length stands at a place of the header. */
  static int lengthCodeAt(int place) {
    return LENGTH_CODE_ORDER[place];
  }

  /** The symbol of a length, counted from 257 on: 0 to 28. */
  static int lengthSymbol(int length) {
    return LENGTH_SYMBOL[length - MATCH_MIN];
  }

  static int lengthBase(int symbol) {
    return LENGTH_BASE[symbol];
  }

  static int lengthExtraBits(int symbol) {
    return LENGTH_EXTRA[symbol];
  }

  static int lengthSymbols() {
    return LENGTH_SYMBOLS;
  }

  static int distanceSymbol(int distance) {
    return DISTANCE_SYMBOL[distanceIndex(distance)];
  }

  static int distanceBase(int symbol) {
    return DISTANCE_BASE[symbol];
  }

  static int distanceExtraBits(int symbol) {
    return DISTANCE_EXTRA[symbol];
  }

  /** The lengths of the fixed code for literals and lengths, all 288 of them. */
  static byte[] fixedLiteralLengths() {
    byte[] lengths = new byte[LITERAL_CODES + 2];
    for (int symbol = 0; symbol < lengths.length; symbol++) {
      lengths[symbol] = (byte) (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8);
    }
    return lengths;
  }

  /** The bits of each symbol of a canonical code, first bit lowest. */
  static int[] codes(byte[] lengths) {
    int[] count = new int[CODE_BITS_MAX + 2];
    for (byte length : lengths) {
      count[length]++;
    }
    count[0] = 0;
    int[] next = new int[CODE_BITS_MAX + 2];
    for (int bits = 1; bits <= CODE_BITS_MAX; bits++) {
      next[bits] = next[bits - 1] + count[bits - 1] << 1;
    }
    int[] codes = new int[lengths.length];
    for (int symbol = 0; symbol < lengths.length; symbol++) {
      int bits = lengths[symbol];
      if (bits > 0) {
        codes[symbol] = Integer.reverse(next[bits]++) >>> 32 - bits;
      }
    }
    return codes;
  }
}
