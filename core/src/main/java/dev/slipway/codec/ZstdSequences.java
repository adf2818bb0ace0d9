// SPDX-License-Identifier: Apache-2.0
package dev.slipway.codec;

import java.util.Arrays;

/**
 * Writes the sequences of a block: how many literals, how far back, how much. Each of the three has
 * a code: the one that everybody knows, one of its own, or a single symbol.
 *
 * <pre>
 * count(1 to 3)  modes: literals(2) distances(2) matches(2) zero(2)  codes, in this order
 * bits, from the last sequence to the first
 * </pre>
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8878">RFC 8878, section 3.1.1.3.2</a>
 */
final class ZstdSequences {
  private static final int PREDEFINED = 0;
  private static final int SINGLE = 1;
  private static final int OWN = 2;

  private static final FseCode KNOWN_LITERALS =
      FseCode.predefined(
          6, 4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1,
          1, 1, 1, -1, -1, -1, -1);
  private static final FseCode KNOWN_MATCHES =
      FseCode.predefined(
          6, 1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
          1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1);
  private static final FseCode KNOWN_DISTANCES =
      FseCode.predefined(
          5, 1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1,
          -1);

  private static final int MATCH_MIN = 3;

  /** From which length on each symbol with extra bits stands, and how many it has. */
  private static final int[] LITERAL_BASES = {
    16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768,
    65536
  };

  private static final int[] LITERAL_BITS = {
    1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
  };
  private static final int FIRST_LITERAL_RANGE = 16;

  /** Of matches, less {@link #MATCH_MIN}. */
  private static final int[] MATCH_BASES = {
    32, 34, 36, 38, 40, 44, 48, 56, 64, 80, 96, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768,
    65536
  };

  private static final int[] MATCH_BITS = {
    1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
  };
  private static final int FIRST_MATCH_RANGE = 32;

  private static final int[] LITERAL_EXTRA = extra(FIRST_LITERAL_RANGE, LITERAL_BITS);
  private static final int[] MATCH_EXTRA = extra(FIRST_MATCH_RANGE, MATCH_BITS);

  /** Symbols of short lengths; longer ones have one for each power of two. */
  private static final byte[] LITERAL_SYMBOLS = symbols(64, FIRST_LITERAL_RANGE, LITERAL_BASES);

  private static final byte[] MATCH_SYMBOLS = symbols(128, FIRST_MATCH_RANGE, MATCH_BASES);

  private final Field literals = new Field(LITERAL_EXTRA.length, 9, KNOWN_LITERALS);
  private final Field distances = new Field(32, 8, KNOWN_DISTANCES);
  private final Field matches = new Field(MATCH_EXTRA.length, 9, KNOWN_MATCHES);

  private static int[] extra(int first, int[] bits) {
    int[] all = new int[first + bits.length];
    System.arraycopy(bits, 0, all, first, bits.length);
    return all;
  }

  private static byte[] symbols(int count, int first, int[] bases) {
    byte[] symbols = new byte[count];
    for (int length = 0, range = -1; length < count; length++) {
      if (range + 1 < bases.length && length == bases[range + 1]) {
        range++;
      }
      symbols[length] = (byte) (range < 0 ? length : first + range);
    }
    return symbols;
  }

  /** One of the three things that a sequence says. */
  private static final class Field {
    final byte[] symbols = new byte[ZstdMatches.COUNT_MAX];
    final int[] counts;
    private final FseCode own;
    private final FseCode known;
    private final int logMax;
    private final byte[] description = new byte[64];
    int mode;
    FseCode code;

    Field(int symbolCount, int logMax, FseCode known) {
      this.counts = new int[symbolCount];
      this.own = new FseCode(symbolCount, logMax);
      this.known = known;
      this.logMax = logMax;
    }

    void count(int sequences) {
      Arrays.fill(counts, 0);
      for (int i = 0; i < sequences; i++) {
        counts[symbols[i]]++;
      }
    }

    /** Takes the code by which it becomes shortest, and writes what describes it. */
    int choose(int sequences, byte[] out, int position) {
      int used = counts.length;
      while (counts[used - 1] == 0) {
        used--;
      }
      long knownLength = known.length(counts, used);
      if (counts[used - 1] == sequences) {
        if (sequences <= 2 && knownLength >= 0) {
          mode = PREDEFINED;
          code = known;
          return position;
        }
        mode = SINGLE;
        code = null;
        out[position] = (byte) (used - 1);
        return position + 1;
      }
      own.fit(counts, used, sequences, logMax);
      int size = own.describe(description, 0);
      long ownLength = own.length(counts, used) + 8L * FseCode.PARTS_OF_BIT * size;
      if (knownLength >= 0 && knownLength <= ownLength) {
        mode = PREDEFINED;
        code = known;
        return position;
      }
      mode = OWN;
      code = own;
      System.arraycopy(description, 0, out, position, size);
      return position + size;
    }

    int start(int sequence) {
      return code == null ? 0 : code.start(symbols[sequence]);
    }

    int before(int state, int sequence, BackwardBits bits) {
      if (code == null) {
        return 0;
      }
      int symbol = symbols[sequence];
      int width = code.bits(state, symbol);
      bits.add(state & (1 << width) - 1, width);
      return code.next(state, width, symbol);
    }

    void end(int state, BackwardBits bits) {
      if (code != null) {
        bits.add(state & (1 << code.log()) - 1, code.log());
      }
    }
  }

  private static int literalSymbol(int length) {
    return length < LITERAL_SYMBOLS.length
        ? LITERAL_SYMBOLS[length]
        : 50 - Integer.numberOfLeadingZeros(length);
  }

  private static int matchSymbol(int length) {
    return length < MATCH_SYMBOLS.length
        ? MATCH_SYMBOLS[length]
        : 67 - Integer.numberOfLeadingZeros(length);
  }

  private static int log(int value) {
    return 31 - Integer.numberOfLeadingZeros(value);
  }

  /** Writes the section and returns the position behind it. */
  int write(ZstdMatches found, byte[] out, int position) {
    int count = found.count;
    int at = position;
    if (count < 128) {
      out[at++] = (byte) count;
    } else if (count < 0x7f00) {
      out[at++] = (byte) ((count >> 8) + 128);
      out[at++] = (byte) count;
    } else {
      out[at++] = (byte) 255;
      out[at++] = (byte) (count - 0x7f00);
      out[at++] = (byte) (count - 0x7f00 >> 8);
    }
    if (count == 0) {
      return at;
    }
    for (int i = 0; i < count; i++) {
      literals.symbols[i] = (byte) literalSymbol(found.literalLengths[i]);
      distances.symbols[i] = (byte) log(found.distances[i]);
      matches.symbols[i] = (byte) matchSymbol(found.matchLengths[i] - MATCH_MIN);
    }
    literals.count(count);
    distances.count(count);
    matches.count(count);
    int modes = at++;
    at = literals.choose(count, out, at);
    at = distances.choose(count, out, at);
    at = matches.choose(count, out, at);
    out[modes] = (byte) (literals.mode << 6 | distances.mode << 4 | matches.mode << 2);
    return bits(found, count, out, at);
  }

  private int bits(ZstdMatches found, int count, byte[] out, int position) {
    var bits = new BackwardBits(out, position);
    int last = count - 1;
    int match = matches.start(last);
    int distance = distances.start(last);
    int literal = literals.start(last);
    rest(found, last, bits);
    for (int i = last - 1; i >= 0; i--) {
      distance = distances.before(distance, i, bits);
      match = matches.before(match, i, bits);
      literal = literals.before(literal, i, bits);
      bits.flush();
      rest(found, i, bits);
    }
    matches.end(match, bits);
    distances.end(distance, bits);
    literals.end(literal, bits);
    bits.flush();
    return bits.close();
  }

  /** The low bits that the symbols leave open. */
  private void rest(ZstdMatches found, int i, BackwardBits bits) {
    int literalBits = LITERAL_EXTRA[literals.symbols[i]];
    bits.add(found.literalLengths[i] & (1 << literalBits) - 1, literalBits);
    int matchBits = MATCH_EXTRA[matches.symbols[i]];
    bits.add(found.matchLengths[i] - MATCH_MIN & (1 << matchBits) - 1, matchBits);
    bits.flush();
    int distanceBits = distances.symbols[i];
    bits.add(found.distances[i] & (1 << distanceBits) - 1, distanceBits);
    bits.flush();
  }
}
