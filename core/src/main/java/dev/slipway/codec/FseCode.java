// SPDX-License-Identifier: Apache-2.0
package dev.slipway.codec;

import java.util.Arrays;

/**
 * A tabled asymmetric numeral code: symbols that occur so often, in a table of {@code 1 << log}
 * states. One instance is built again and again.
 *
 * <p>Coding goes from the last symbol to the first: {@link #start} makes a state of the last one,
 * for each before it {@link #bits} low bits of the state are sent and {@link #next} follows, and
 * the last state is sent whole.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8878">RFC 8878, section 4.1</a>
 */
final class FseCode {
  static final int LOG_MIN = 5;

  /** Share of a symbol that has less than one state of the table. */
  private static final int LESS_THAN_ONE = -1;

  /** Lengths of codes are reckoned in so many parts of a bit. */
  static final int PARTS_OF_BIT = 256;

  private static final int LOGARITHM_BITS = 10;
  private static final int[] LOGARITHMS = new int[1 + (1 << LOGARITHM_BITS)];

  static {
    for (int i = 1; i < LOGARITHMS.length; i++) {
      // strict: the same on every machine
      LOGARITHMS[i] = (int) StrictMath.round(PARTS_OF_BIT * StrictMath.log(i) / StrictMath.log(2));
    }
  }

  private final int[] shares;
  private final int[] deltaBits;
  private final int[] deltaState;
  private final int[] firstState;
  private final short[] states;
  private final byte[] spread;
  private int symbolCount;
  private int log;

  FseCode(int symbols, int logMax) {
    shares = new int[symbols];
    deltaBits = new int[symbols];
    deltaState = new int[symbols];
    firstState = new int[symbols + 1];
    states = new short[1 << logMax];
    spread = new byte[1 << logMax];
  }

  /** A code that both sides know. */
  static FseCode predefined(int log, int... shares) {
    var code = new FseCode(shares.length, log);
    System.arraycopy(shares, 0, code.shares, 0, shares.length);
    code.symbolCount = shares.length;
    code.log = log;
    code.build();
    return code;
  }

  int log() {
    return log;
  }

  /**
   * Becomes the code for symbols that occur so often, of which there are at least two.
   *
   * @param used one more than the highest symbol that occurs
   * @param total of all counts
   */
  void fit(int[] counts, int used, int total, int logMax) {
    symbolCount = used;
    int enough = Math.max(highBit(total - 1) - 2, 0);
    int least = Math.min(highBit(total) + 1, highBit(used - 1) + 2);
    log = Math.max(LOG_MIN, Math.min(logMax, Math.max(enough, least)));
    share(counts, total);
    build();
  }

  /** Shares out the states: one at least for each symbol that occurs. */
  private void share(int[] counts, int total) {
    int size = 1 << log;
    int left = size;
    int largest = 0;
    for (int symbol = 0; symbol < symbolCount; symbol++) {
      int share = 0;
      if (counts[symbol] > 0) {
        share = Math.max(1, (int) (((long) counts[symbol] * size + (total >> 1)) / total));
        if (counts[symbol] > counts[largest]) {
          largest = symbol;
        }
      }
      shares[symbol] = share;
      left -= share;
    }
    if (left > 0 || shares[largest] + left > shares[largest] / 2) {
      shares[largest] += left;
      return;
    }
    // many rare symbols were rounded up to one: those with more give back, in turns
    while (left < 0) {
      for (int symbol = 0; symbol < symbolCount && left < 0; symbol++) {
        int back = Math.min(-left, (shares[symbol] + 3) / 4);
        if (shares[symbol] > back) {
          shares[symbol] -= back;
          left += back;
        }
      }
    }
  }

  private void build() {
    int size = 1 << log;
    int last = size - 1;
    firstState[0] = 0;
    for (int symbol = 0; symbol < symbolCount; symbol++) {
      if (shares[symbol] == LESS_THAN_ONE) {
        spread[last--] = (byte) symbol;
      }
      firstState[symbol + 1] = firstState[symbol] + Math.abs(shares[symbol]);
    }
    int step = (size >> 1) + (size >> 3) + 3;
    int place = 0;
    for (int symbol = 0; symbol < symbolCount; symbol++) {
      for (int i = 0; i < shares[symbol]; i++) {
        spread[place] = (byte) symbol;
        do {
          place = place + step & size - 1;
        } while (place > last);
      }
    }
    int[] nextOf = Arrays.copyOf(firstState, symbolCount);
    for (int i = 0; i < size; i++) {
      states[nextOf[spread[i]]++] = (short) (size + i);
    }
    for (int symbol = 0; symbol < symbolCount; symbol++) {
      int share = Math.abs(shares[symbol]);
      if (share > 0) {
        int bits = share == 1 ? log : log - highBit(share - 1);
        deltaBits[symbol] = (bits << 16) - (share << bits);
        deltaState[symbol] = firstState[symbol] - share;
      }
    }
  }

  private static int highBit(int value) {
    return 31 - Integer.numberOfLeadingZeros(value);
  }

  /** The state that stands for a symbol behind which nothing comes. */
  int start(int symbol) {
    int bits = deltaBits[symbol] + (1 << 15) >> 16;
    int value = (bits << 16) - deltaBits[symbol];
    return states[(value >> bits) + deltaState[symbol]];
  }

  /** How many low bits of a state are sent when a symbol comes before it. */
  int bits(int state, int symbol) {
    return state + deltaBits[symbol] >> 16;
  }

  /** The state that stands for a symbol and what the state behind it stands for. */
  int next(int state, int bits, int symbol) {
    return states[(state >> bits) + deltaState[symbol]];
  }

  /** How long such symbols get, in parts of a bit; -1 when the code lacks one of them. */
  long length(int[] counts, int used) {
    long length = 0;
    for (int symbol = 0; symbol < used; symbol++) {
      if (counts[symbol] > 0) {
        if (symbol >= symbolCount || shares[symbol] == 0) {
          return -1;
        }
        int parts = log * PARTS_OF_BIT - LOGARITHMS[Math.abs(shares[symbol])];
        length += (long) counts[symbol] * parts;
      }
    }
    return length;
  }

  /**
   * Writes what a decoder needs to build the same code.
   *
   * @return the position behind it
   */
  int describe(byte[] out, int position) {
    int at = position;
    int pending = log - LOG_MIN;
    int pendingBits = 4;
    int left = (1 << log) + 1;
    int threshold = 1 << log;
    int width = log + 1;
    boolean zeroBefore = false;
    for (int symbol = 0; symbol < symbolCount && left > 1; ) {
      if (zeroBefore) {
        int from = symbol;
        while (shares[symbol] == 0) {
          symbol++;
        }
        for (; symbol - from >= 3; from += 3) {
          pending |= 3 << pendingBits;
          pendingBits += 2;
          at = whole(out, at, pending, pendingBits);
          pending >>>= pendingBits & ~7;
          pendingBits &= 7;
        }
        pending |= symbol - from << pendingBits;
        pendingBits += 2;
      }
      int share = shares[symbol++];
      // values that fit are sent in a bit less when the rest does not need it
      int small = 2 * threshold - 1 - left;
      left -= Math.abs(share);
      int value = share + 1;
      if (value >= threshold) {
        value += small;
      }
      pending |= value << pendingBits;
      pendingBits += width - (value < small ? 1 : 0);
      zeroBefore = share == 0;
      while (left < threshold) {
        width--;
        threshold >>= 1;
      }
      at = whole(out, at, pending, pendingBits);
      pending >>>= pendingBits & ~7;
      pendingBits &= 7;
    }
    if (pendingBits > 0) {
      out[at++] = (byte) pending;
    }
    return at;
  }

  private static int whole(byte[] out, int position, int pending, int bits) {
    int at = position;
    for (int shift = 0; shift + 8 <= bits; shift += 8) {
      out[at++] = (byte) (pending >>> shift);
    }
    return at;
  }
}
