// SPDX-License-Identifier: Apache-2.0
package dev.slipway.codec;

import dev.slipway.io.BitSink;
import java.io.IOException;
import java.util.Arrays;

/**
 * Collects tokens and writes them as blocks: stored, with the fixed codes, or with codes made for
 * the block, whichever is shortest.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1951">RFC 1951, section 3.2</a>
 */
final class DeflateBlock {
  private static final int TOKENS_MAX = 1 << 14;
  private static final int STORED_BYTES_MAX = 0xffff;

  private static final int END_OF_BLOCK = 256;
  private static final int LENGTH_CODES = 257;
  private static final int LITERALS = 286;
  private static final int DISTANCES = 30;
  private static final int CODE_BITS_MAX = 15;
  private static final int LENGTHS_BITS_MAX = 7;

  /** The order in which the lengths of the code for code lengths are written. */
  private static final int[] LENGTHS_ORDER = {
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
  };

  private static final int[] LENGTH_BASE = new int[29];
  private static final int[] LENGTH_EXTRA = new int[29];
  private static final byte[] LENGTH_CODE = new byte[Deflate.MATCH_MAX + 1];
  private static final int[] DISTANCE_BASE = new int[DISTANCES];
  private static final int[] DISTANCE_EXTRA = new int[DISTANCES];
  private static final HuffmanCode FIXED_LITERALS;
  private static final HuffmanCode FIXED_DISTANCES;

  static {
    int base = 3;
    for (int code = 0; code < 28; code++) {
      LENGTH_EXTRA[code] = code < 8 ? 0 : code / 4 - 1;
      LENGTH_BASE[code] = base;
      base += 1 << LENGTH_EXTRA[code];
    }
    LENGTH_BASE[28] = Deflate.MATCH_MAX; // has a code of its own, although code 27 reaches it
    for (int code = 0; code < 29; code++) {
      int end = Math.min(LENGTH_BASE[code] + (1 << LENGTH_EXTRA[code]), LENGTH_CODE.length);
      Arrays.fill(LENGTH_CODE, LENGTH_BASE[code], end, (byte) code);
    }
    base = 1;
    for (int code = 0; code < DISTANCES; code++) {
      DISTANCE_EXTRA[code] = code < 4 ? 0 : code / 2 - 1;
      DISTANCE_BASE[code] = base;
      base += 1 << DISTANCE_EXTRA[code];
    }
    byte[] lengths = new byte[288];
    Arrays.fill(lengths, 0, 144, (byte) 8);
    Arrays.fill(lengths, 144, 256, (byte) 9);
    Arrays.fill(lengths, 256, 280, (byte) 7);
    Arrays.fill(lengths, 280, 288, (byte) 8);
    FIXED_LITERALS = HuffmanCode.ofLengths(lengths);
    byte[] distances = new byte[DISTANCES];
    Arrays.fill(distances, (byte) 5);
    FIXED_DISTANCES = HuffmanCode.ofLengths(distances);
  }

  private final BitSink bits;
  private final byte[] window;

  /** A literal's value, or a match's length shifted by 16 and its distance. */
  private final int[] tokens = new int[TOKENS_MAX];

  private final int[] literals = new int[LITERALS];
  private final int[] distances = new int[DISTANCES];
  private int count;
  private int start;

  DeflateBlock(BitSink bits, byte[] window) {
    this.bits = bits;
    this.window = window;
  }

  /** Adds a literal; true when the block is full. */
  boolean literal(byte value) {
    literals[value & 0xff]++;
    tokens[count++] = value & 0xff;
    return count == TOKENS_MAX;
  }

  /** Adds a match; true when the block is full. */
  boolean match(int length, int distance) {
    literals[LENGTH_CODES + LENGTH_CODE[length]]++;
    distances[distanceCode(distance)]++;
    tokens[count++] = length << 16 | distance;
    return count == TOKENS_MAX;
  }

  /** Two codes for each power of two: the second bit from the top tells which. */
  private static int distanceCode(int distance) {
    int d = distance - 1;
    if (d < 2) {
      return d;
    }
    int top = 31 - Integer.numberOfLeadingZeros(d);
    return 2 * top + (d >>> (top - 1) & 1);
  }

  /** The window's content has moved down. */
  void slide(int shift) {
    start -= shift;
  }

  /**
   * Writes the block.
   *
   * @param end where in the window the bytes end that the tokens stand for
   */
  void end(int end, boolean last) throws IOException {
    if (count == 0 && !last) {
      return;
    }
    literals[END_OF_BLOCK]++;
    HuffmanCode literalCode = HuffmanCode.ofCounts(literals, CODE_BITS_MAX);
    HuffmanCode distanceCode = HuffmanCode.ofCounts(distances, CODE_BITS_MAX);
    var header = new CodeLengths(literalCode, distanceCode);
    long extra = extraBits();
    long dynamic = header.bits() + literalCode.bits(literals) + distanceCode.bits(distances);
    long fixed = FIXED_LITERALS.bits(literals) + FIXED_DISTANCES.bits(distances);
    int bytes = end - start;
    long stored = 8L * bytes + 40L * (bytes / STORED_BYTES_MAX + 1);
    if (stored < Math.min(dynamic, fixed) + extra) {
      writeStored(end, last);
    } else if (fixed <= dynamic) {
      bits.put((last ? 1 : 0) | 1 << 1, 3);
      writeTokens(FIXED_LITERALS, FIXED_DISTANCES);
    } else {
      bits.put((last ? 1 : 0) | 2 << 1, 3);
      header.write(bits);
      writeTokens(literalCode, distanceCode);
    }
    start = end;
    count = 0;
    Arrays.fill(literals, 0);
    Arrays.fill(distances, 0);
    if (last) {
      bits.finish();
    }
  }

  private long extraBits() {
    long extra = 0;
    for (int code = 0; code < LENGTH_EXTRA.length; code++) {
      extra += (long) literals[LENGTH_CODES + code] * LENGTH_EXTRA[code];
    }
    for (int code = 0; code < DISTANCES; code++) {
      extra += (long) distances[code] * DISTANCE_EXTRA[code];
    }
    return extra;
  }

  private void writeStored(int end, boolean last) throws IOException {
    int at = start;
    do {
      int length = Math.min(STORED_BYTES_MAX, end - at);
      bits.put(last && at + length == end ? 1 : 0, 3);
      bits.align();
      bits.put(length | (~length & 0xffffL) << 16, 32);
      bits.bytes(window, at, length);
      at += length;
    } while (at < end);
  }

  private void writeTokens(HuffmanCode literalCode, HuffmanCode distanceCode) throws IOException {
    for (int i = 0; i < count; i++) {
      int token = tokens[i];
      int length = token >>> 16;
      if (length == 0) {
        bits.put(literalCode.code(token), literalCode.length(token));
        continue;
      }
      int code = LENGTH_CODE[length];
      bits.put(literalCode.code(LENGTH_CODES + code), literalCode.length(LENGTH_CODES + code));
      bits.put(length - LENGTH_BASE[code], LENGTH_EXTRA[code]);
      int distance = token & 0xffff;
      code = distanceCode(distance);
      bits.put(distanceCode.code(code), distanceCode.length(code));
      bits.put(distance - DISTANCE_BASE[code], DISTANCE_EXTRA[code]);
    }
    bits.put(literalCode.code(END_OF_BLOCK), literalCode.length(END_OF_BLOCK));
  }

  /** The two codes of a block as its header tells them: run-length coded, then Huffman coded. */
  private static final class CodeLengths {
    private static final int COPY = 16;
    private static final int ZEROS = 17;
    private static final int MANY_ZEROS = 18;

    private final int literalCount;
    private final int distanceCount;
    private final int[] symbols = new int[LITERALS + DISTANCES];
    private final int[] repeats = new int[LITERALS + DISTANCES];
    private final int[] counts = new int[LENGTHS_ORDER.length];
    private final HuffmanCode code;
    private int size;
    private int written;

    CodeLengths(HuffmanCode literalCode, HuffmanCode distanceCode) {
      literalCount = Math.max(257, literalCode.used());
      distanceCount = Math.max(1, distanceCode.used());
      byte[] all = new byte[literalCount + distanceCount];
      for (int i = 0; i < literalCount; i++) {
        all[i] = (byte) literalCode.length(i);
      }
      for (int i = 0; i < distanceCount; i++) {
        all[literalCount + i] = (byte) distanceCode.length(i);
      }
      collect(all);
      code = HuffmanCode.ofCounts(counts, LENGTHS_BITS_MAX);
      written = LENGTHS_ORDER.length;
      while (written > 4 && code.length(LENGTHS_ORDER[written - 1]) == 0) {
        written--;
      }
    }

    private void collect(byte[] lengths) {
      int at = 0;
      while (at < lengths.length) {
        int run = 1;
        while (at + run < lengths.length && lengths[at + run] == lengths[at]) {
          run++;
        }
        if (lengths[at] == 0 && run >= 3) {
          run = Math.min(run, 138);
          add(run <= 10 ? ZEROS : MANY_ZEROS, run);
        } else if (at > 0 && lengths[at] == lengths[at - 1] && run >= 3) {
          run = Math.min(run, 6);
          add(COPY, run);
        } else {
          run = 1;
          add(lengths[at], 0);
        }
        at += run;
      }
    }

    private void add(int symbol, int repeat) {
      counts[symbol]++;
      symbols[size] = symbol;
      repeats[size++] = repeat;
    }

    long bits() {
      return 14
          + 3L * written
          + code.bits(counts)
          + 2L * counts[COPY]
          + 3L * counts[ZEROS]
          + 7L * counts[MANY_ZEROS];
    }

    void write(BitSink bits) throws IOException {
      bits.put(literalCount - 257, 5);
      bits.put(distanceCount - 1, 5);
      bits.put(written - 4, 4);
      for (int i = 0; i < written; i++) {
        bits.put(code.length(LENGTHS_ORDER[i]), 3);
      }
      for (int i = 0; i < size; i++) {
        int symbol = symbols[i];
        bits.put(code.code(symbol), code.length(symbol));
        if (symbol == COPY) {
          bits.put(repeats[i] - 3, 2);
        } else if (symbol == ZEROS) {
          bits.put(repeats[i] - 3, 3);
        } else if (symbol == MANY_ZEROS) {
          bits.put(repeats[i] - 11, 7);
        }
      }
    }
  }
}
