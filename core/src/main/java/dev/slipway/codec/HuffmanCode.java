// SPDX-License-Identifier: Apache-2.0
package dev.slipway.codec;

import java.util.Arrays;

/**
 * A canonical prefix code: the lengths say everything (RFC 1951, section 3.2.2). Codes are kept
 * with their bits reversed, which is how deflate sends them.
 */
final class HuffmanCode {
  private final byte[] lengths;
  private final int[] codes;

  private HuffmanCode(byte[] lengths) {
    this.lengths = lengths;
    this.codes = new int[lengths.length];
    assign(lengths);
  }

  private void assign(byte[] all) {
    int[] count = new int[17];
    for (byte length : all) {
      count[length]++;
    }
    count[0] = 0;
    int[] next = new int[17];
    for (int bits = 1; bits < next.length; bits++) {
      next[bits] = (next[bits - 1] + count[bits - 1]) << 1;
    }
    for (int symbol = 0; symbol < all.length; symbol++) {
      int bits = all[symbol];
      if (bits > 0) {
        codes[symbol] = Integer.reverse(next[bits]++) >>> (32 - bits);
      }
    }
  }

  static HuffmanCode ofLengths(byte[] lengths) {
    return new HuffmanCode(lengths);
  }

  /**
   * The best code for symbols that occur so often, none longer than {@code maxBits}; slightly worse
   * than the best when the limit bites. Symbols that never occur get no code. One symbol alone gets
   * a code of one bit, and none at all gives symbol 0 one, since deflate cannot send an empty code.
   */
  static HuffmanCode ofCounts(int[] counts, int maxBits) {
    long[] byCount = new long[counts.length];
    int used = 0;
    for (int symbol = 0; symbol < counts.length; symbol++) {
      if (counts[symbol] > 0) {
        byCount[used++] = (long) counts[symbol] << 16 | symbol;
      }
    }
    byte[] lengths = new byte[counts.length];
    if (used <= 1) {
      lengths[used == 0 ? 0 : (int) byCount[0] & 0xffff] = 1;
      return new HuffmanCode(lengths);
    }
    Arrays.sort(byCount, 0, used); // equal counts by symbol: the same code everywhere
    int[] perLength = lengthCounts(byCount, used, maxBits);
    int at = 0;
    for (int bits = maxBits; bits > 0; bits--) {
      for (int i = 0; i < perLength[bits]; i++) {
        lengths[(int) byCount[at++] & 0xffff] = (byte) bits;
      }
    }
    return new HuffmanCode(lengths);
  }

  /** How many codes there are of each length. */
  private static int[] lengthCounts(long[] byCount, int used, int maxBits) {
    // Huffman's algorithm with two queues: leaves in order of weight, inner nodes as they are made
    long[] weight = new long[2 * used];
    int[] parent = new int[2 * used];
    for (int i = 0; i < used; i++) {
      weight[i] = byCount[i] >>> 16;
    }
    int leaf = 0;
    int inner = used;
    int nodes = 2 * used - 1;
    for (int node = used; node < nodes; node++) {
      for (int child = 0; child < 2; child++) {
        boolean takeLeaf = leaf < used && (inner >= node || weight[leaf] <= weight[inner]);
        int taken = takeLeaf ? leaf++ : inner++;
        weight[node] += weight[taken];
        parent[taken] = node;
      }
    }
    int[] depth = new int[nodes];
    int[] perLength = new int[Math.max(maxBits, used) + 1];
    for (int node = nodes - 2; node >= 0; node--) {
      depth[node] = depth[parent[node]] + 1;
      if (node < used) {
        perLength[Math.min(depth[node], maxBits)]++;
      }
    }
    shorten(perLength, maxBits);
    return perLength;
  }

  /**
   * Codes cut down to the limit take more room than there is (Kraft's sum exceeds 1). Each step
   * frees one unit of 2^-maxBits: a longest code moves up beside another code, which grows by a
   * bit.
   */
  private static void shorten(int[] perLength, int maxBits) {
    long room = 0;
    for (int bits = 1; bits <= maxBits; bits++) {
      room += (long) perLength[bits] << (maxBits - bits);
    }
    for (; room > 1L << maxBits; room--) {
      int bits = maxBits - 1;
      while (perLength[bits] == 0) {
        bits--;
      }
      perLength[maxBits]--;
      perLength[bits]--;
      perLength[bits + 1] += 2;
    }
  }

  int code(int symbol) {
    return codes[symbol];
  }

  int length(int symbol) {
    return lengths[symbol];
  }

  /** One more than the highest symbol that has a code. */
  int used() {
    int end = lengths.length;
    while (end > 0 && lengths[end - 1] == 0) {
      end--;
    }
    return end;
  }

  /** How many bits it takes to send symbols that occur so often. */
  long bits(int[] counts) {
    long sum = 0;
    for (int symbol = 0; symbol < counts.length; symbol++) {
      sum += (long) counts[symbol] * lengths[symbol];
    }
    return sum;
  }
}
