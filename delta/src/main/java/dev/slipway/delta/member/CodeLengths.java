// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

/**
 * Huffman code lengths as gzip and zlib choose them.
 *
 * <p>Huffman's procedure leaves open which of two equal weights is joined first; these programs
 * take the one with the flatter tree below it, then the one their heap happens to hold on top. The
 * lengths, and so the bytes, follow from that heap, which is kept here exactly as theirs.
 */
final class CodeLengths {
  private static final int SYMBOLS_MAX = DeflateFormat.LITERAL_CODES;
  private static final int NODES_MAX = 2 * SYMBOLS_MAX + 1;

  private final int[] weight = new int[NODES_MAX];
  private final byte[] depth = new byte[NODES_MAX];
  private final short[] parent = new short[NODES_MAX];
  private final byte[] bits = new byte[NODES_MAX];

  /** A heap by weight from 1 on; from the other end, the nodes in the order they were joined. */
  private final int[] heap = new int[NODES_MAX];

  private int heapSize;

  /**
   * Chooses the lengths for some frequencies, none above {@code maxBits}.
   *
   * @param lengths receives a length for every symbol, 0 for those that do not occur
   * @return the highest symbol that has a code
   */
  int choose(int[] frequencies, int symbols, int maxBits, byte[] lengths) {
    heapSize = 0;
    int highest = -1;
    for (int symbol = 0; symbol < symbols; symbol++) {
      weight[symbol] = frequencies[symbol];
      lengths[symbol] = 0;
      if (frequencies[symbol] != 0) {
        heap[++heapSize] = symbol;
        highest = symbol;
        depth[symbol] = 0;
      }
    }
    while (heapSize < 2) { // decoders of old wanted two codes at least
      int added = highest < 2 ? ++highest : 0;
      heap[++heapSize] = added;
      weight[added] = 1;
      depth[added] = 0;
    }
    int joined = join(symbols);
    assign(joined, highest, maxBits, lengths);
    return highest;
  }

  /** Joins the two lightest until one is left; returns where the list of all nodes starts. */
  private int join(int symbols) {
    for (int place = heapSize / 2; place >= 1; place--) {
      sink(place);
    }
    int start = NODES_MAX;
    int node = symbols;
    do {
      int lightest = heap[1];
      heap[1] = heap[heapSize--];
      sink(1);
      int second = heap[1];
      heap[--start] = lightest;
      heap[--start] = second;
      weight[node] = weight[lightest] + weight[second];
      depth[node] = (byte) (Math.max(depth[lightest] & 0xff, depth[second] & 0xff) + 1);
      parent[lightest] = (short) node;
      parent[second] = (short) node;
      heap[1] = node++;
      sink(1);
    } while (heapSize >= 2);
    heap[--start] = heap[1];
    return start;
  }

  private void sink(int place) {
    int node = heap[place];
    int hole = place;
    for (int child = hole << 1; child <= heapSize; child = hole << 1) {
      if (child < heapSize && lighter(heap[child + 1], heap[child])) {
        child++;
      }
      if (lighter(node, heap[child])) {
        break;
      }
      heap[hole] = heap[child];
      hole = child;
    }
    heap[hole] = node;
  }

  private boolean lighter(int a, int b) {
    return weight[a] < weight[b]
        || (weight[a] == weight[b] && (depth[a] & 0xff) <= (depth[b] & 0xff));
  }

  private void assign(int start, int highest, int maxBits, byte[] lengths) {
    int[] count = new int[maxBits + 1];
    int tooLong = 0;
    bits[heap[start]] = 0;
    for (int place = start + 1; place < NODES_MAX; place++) {
      int node = heap[place];
      int length = bits[parent[node]] + 1;
      if (length > maxBits) {
        length = maxBits;
        tooLong++;
      }
      bits[node] = (byte) length;
      if (node <= highest) {
        count[length]++;
        lengths[node] = (byte) length;
      }
    }
    if (tooLong > 0) {
      shorten(tooLong, highest, maxBits, count, lengths);
    }
  }

  /** Makes room for the codes that were cut to the limit, by lengthening shorter ones. */
  private void shorten(int tooLong, int highest, int maxBits, int[] count, byte[] lengths) {
    for (int left = tooLong; left > 0; left -= 2) {
      int length = maxBits - 1;
      while (count[length] == 0) {
        length--;
      }
      count[length]--;
      count[length + 1] += 2;
      count[maxBits]--;
    }
    int place = NODES_MAX;
    for (int length = maxBits; length > 0; length--) {
      for (int left = count[length]; left > 0; ) {
        int node = heap[--place];
        if (node <= highest) {
          lengths[node] = (byte) length;
          left--;
        }
      }
    }
  }
}
