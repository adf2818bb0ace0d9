// SPDX-License-Identifier: Apache-2.0
package dev.slipway.codec;

import java.util.Arrays;

/**
 * Writes the literals of a block: by a prefix code of their own when that pays, else as they are.
 *
 * <pre>
 * header:  type(2) size format(2) bytes before, bytes after(10, 14 or 18 each)
 * code:    127 + weights, or the bytes that follow; then the weights, the last one left out
 * bits:    one stream for few, else three sizes(u16) and four streams
 * </pre>
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8878">RFC 8878, sections 3.1.1.3.1 and 4.2</a>
 */
final class ZstdLiterals {
  private static final int RAW = 0;
  private static final int RUN = 1;
  private static final int CODED = 2;

  private static final int CODE_BITS_MAX = 11;
  private static final int SYMBOLS = 256;

  /** What a code for them costs is more than it can save. */
  private static final int FEW = 64;

  private static final int ONE_STREAM_MAX = 256;
  private static final int WEIGHTS_AS_THEY_ARE_MAX = 128;
  private static final int WEIGHT_LOG_MAX = 6;

  private final int[] counts = new int[4 * SYMBOLS];
  private final int[] codes = new int[SYMBOLS];
  private final byte[] lengths = new byte[SYMBOLS];
  private final byte[] weights = new byte[SYMBOLS];
  private final int[] weightCounts = new int[CODE_BITS_MAX + 1];
  private final FseCode weightCode = new FseCode(CODE_BITS_MAX + 1, WEIGHT_LOG_MAX);

  /** Writes the section and returns the position behind it. */
  int write(byte[] literals, int count, byte[] out, int position) {
    if (count < FEW) {
      return plain(literals, count, out, position);
    }
    int used = count(literals, count);
    int most = 0;
    for (int symbol = 0; symbol < used; symbol++) {
      most = Math.max(most, counts[symbol]);
    }
    if (most == count) {
      int at = header(RUN, count, out, position);
      out[at] = literals[0];
      return at + 1;
    }
    if (most <= (count >> 7) + 4) { // nearly all are as frequent: no code would pay
      return plain(literals, count, out, position);
    }
    return coded(literals, count, used, out, position);
  }

  /** Counts in four tables by turns: one would wait for itself on runs. */
  private int count(byte[] literals, int count) {
    Arrays.fill(counts, 0);
    int at = 0;
    for (; at + 4 <= count; at += 4) {
      counts[literals[at] & 0xff]++;
      counts[SYMBOLS + (literals[at + 1] & 0xff)]++;
      counts[2 * SYMBOLS + (literals[at + 2] & 0xff)]++;
      counts[3 * SYMBOLS + (literals[at + 3] & 0xff)]++;
    }
    for (; at < count; at++) {
      counts[literals[at] & 0xff]++;
    }
    int used = 0;
    for (int symbol = 0; symbol < SYMBOLS; symbol++) {
      counts[symbol] +=
          counts[SYMBOLS + symbol] + counts[2 * SYMBOLS + symbol] + counts[3 * SYMBOLS + symbol];
      if (counts[symbol] > 0) {
        used = symbol + 1;
      }
    }
    return used;
  }

  private static int header(int type, int count, byte[] out, int position) {
    int at = position;
    if (count < 1 << 5) {
      out[at++] = (byte) (type | count << 3);
    } else if (count < 1 << 12) {
      at = number(type | 1 << 2 | count << 4, 2, out, at);
    } else {
      at = number(type | 3 << 2 | count << 4, 3, out, at);
    }
    return at;
  }

  private static int number(long value, int bytes, byte[] out, int position) {
    for (int i = 0; i < bytes; i++) {
      out[position + i] = (byte) (value >>> 8 * i);
    }
    return position + bytes;
  }

  private static int plain(byte[] literals, int count, byte[] out, int position) {
    int at = header(RAW, count, out, position);
    System.arraycopy(literals, 0, out, at, count);
    return at + count;
  }

  private int coded(byte[] literals, int count, int used, byte[] out, int position) {
    boolean one = count < ONE_STREAM_MAX;
    int sizeBits = count < 1 << 10 ? 10 : count < 1 << 14 ? 14 : 18;
    int start = position + (4 + 2 * sizeBits + 7 >> 3);
    assign(used);
    int at = describe(used, out, start);
    if (at < 0) {
      return plain(literals, count, out, position);
    }
    if (one) {
      at = stream(literals, 0, count, out, at);
    } else {
      int quarter = count + 3 >> 2;
      int sizes = at;
      at += 6;
      for (int i = 0; i < 4; i++) {
        int begin = at;
        at = stream(literals, i * quarter, Math.min(count, (i + 1) * quarter), out, at);
        if (i < 3) {
          number(at - begin, 2, out, sizes + 2 * i);
        }
      }
    }
    int size = at - start;
    if (size + (count >> 6) + 2 >= count) {
      return plain(literals, count, out, position);
    }
    int format = one ? 0 : sizeBits == 10 ? 1 : sizeBits == 14 ? 2 : 3;
    long sizes = (long) count | (long) size << sizeBits;
    number(CODED | format << 2 | sizes << 4, start - position, out, position);
    return at;
  }

  /** The longest codes come first, and of those with the same length the lowest symbol. */
  private void assign(int used) {
    HuffmanCode code = HuffmanCode.ofCounts(Arrays.copyOf(counts, used), CODE_BITS_MAX);
    int longest = 0;
    int[] perLength = new int[CODE_BITS_MAX + 2];
    for (int symbol = 0; symbol < used; symbol++) {
      lengths[symbol] = (byte) code.length(symbol);
      longest = Math.max(longest, lengths[symbol]);
      perLength[lengths[symbol]]++;
    }
    int[] next = new int[CODE_BITS_MAX + 2];
    for (int bits = longest; bits > 1; bits--) {
      next[bits - 1] = next[bits] + perLength[bits] >> 1;
    }
    for (int symbol = 0; symbol < used; symbol++) {
      int bits = lengths[symbol];
      weights[symbol] = (byte) (bits == 0 ? 0 : longest + 1 - bits);
      codes[symbol] = bits == 0 ? 0 : next[bits]++;
    }
  }

  /** Writes the weights of all symbols but the last; -1 when there are too many. */
  private int describe(int used, byte[] out, int position) {
    int sent = used - 1;
    int end = described(sent, out, position + 1);
    int size = end - position - 1;
    if (end > 0 && size < sent / 2 && size < 128) {
      out[position] = (byte) size;
      return end;
    }
    if (sent > WEIGHTS_AS_THEY_ARE_MAX) {
      return -1;
    }
    weights[sent] = 0; // the second half of the last byte
    out[position] = (byte) (127 + sent);
    for (int i = 0; i < sent; i += 2) {
      out[position + 1 + i / 2] = (byte) (weights[i] << 4 | weights[i + 1]);
    }
    return position + 1 + (sent + 1) / 2;
  }

  /** By a code of their own, two by turns; -1 when there is no such code. */
  private int described(int sent, byte[] out, int position) {
    if (sent < 3) {
      return -1;
    }
    Arrays.fill(weightCounts, 0);
    for (int i = 0; i < sent; i++) {
      weightCounts[weights[i]]++;
    }
    int used = 0;
    int most = 0;
    for (int weight = 0; weight < weightCounts.length; weight++) {
      most = Math.max(most, weightCounts[weight]);
      used = weightCounts[weight] > 0 ? weight + 1 : used;
    }
    if (most == sent || most == 1) {
      return -1;
    }
    weightCode.fit(weightCounts, used, sent, WEIGHT_LOG_MAX);
    var bits = new BackwardBits(out, weightCode.describe(out, position));
    int[] states = new int[2];
    for (int i = sent - 1; i >= 0; i--) {
      int turn = i & 1;
      if (i >= sent - 2) {
        states[turn] = weightCode.start(weights[i]);
      } else {
        int width = weightCode.bits(states[turn], weights[i]);
        bits.add(states[turn] & (1 << width) - 1, width);
        bits.flush();
        states[turn] = weightCode.next(states[turn], width, weights[i]);
      }
    }
    for (int turn = 1; turn >= 0; turn--) {
      bits.add(states[turn] & (1 << weightCode.log()) - 1, weightCode.log());
    }
    bits.flush();
    return bits.close();
  }

  private int stream(byte[] literals, int from, int to, byte[] out, int position) {
    var bits = new BackwardBits(out, position);
    int at = to;
    while (at - 4 >= from) { // four codes have at most 44 bits
      for (int i = 0; i < 4; i++) {
        int symbol = literals[--at] & 0xff;
        bits.add(codes[symbol], lengths[symbol]);
      }
      bits.flush();
    }
    while (at > from) {
      int symbol = literals[--at] & 0xff;
      bits.add(codes[symbol], lengths[symbol]);
    }
    bits.flush();
    return bits.close();
  }
}
