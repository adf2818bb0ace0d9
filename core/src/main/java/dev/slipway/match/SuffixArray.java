// SPDX-License-Identifier: Apache-2.0
package dev.slipway.match;

import java.util.Arrays;

/**
 * All suffixes of an array in their order, for finding the longest match of any piece of text in
 * it.
 *
 * <p>Built in linear time by induced sorting: the leftmost suffixes of each rising stretch ("LMS")
 * are sorted first, by naming the substrings between them and recursing when names repeat, and two
 * sweeps derive the order of all others. Memory: 9 bytes for each byte of text while sorting, 5
 * afterwards. In bytewise order, a suffix that ends counts as smaller than one that goes on.
 *
 * @see <a href="https://doi.org/10.1109/TC.2010.188">Nong, Zhang, Chan: Two Efficient Algorithms
 *     for Linear Time Suffix Array Construction</a>
 */
public final class SuffixArray {
  private static final int PREFIXES = 1 << 16;

  private final byte[] text;
  private final int[] order;

  /**
   * {@code starts[p]} is the first place in the order of a suffix whose two first bytes are p or
   * more.
   */
  private final int[] starts;

  private int matchOffset;

  private SuffixArray(byte[] text, int[] order, int[] starts) {
    this.text = text;
    this.order = order;
    this.starts = starts;
  }

  /** Sorts the suffixes of a text, which must not change afterwards. */
  public static SuffixArray of(byte[] text) {
    int[] letters = new int[text.length];
    for (int i = 0; i < text.length; i++) {
      letters[i] = text[i] & 0xff;
    }
    int[] order = new int[text.length];
    InducedSort.sort(letters, order, 256);
    return new SuffixArray(text, order, prefixStarts(text, order));
  }

  /** A suffix of a single byte sorts before all longer ones, so it has the prefix "byte, 0". */
  private static int[] prefixStarts(byte[] text, int[] order) {
    int[] starts = new int[PREFIXES + 1];
    for (int suffix : order) {
      starts[prefix(text, suffix) + 1]++;
    }
    for (int i = 0; i < PREFIXES; i++) {
      starts[i + 1] += starts[i];
    }
    return starts;
  }

  private static int prefix(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | (at + 1 < bytes.length ? bytes[at + 1] & 0xff : 0);
  }

  /** Where the suffixes start, in their order. */
  int[] order() {
    return order.clone();
  }

  /**
   * Finds the longest match of what starts at an offset of another array; {@link #matchOffset} then
   * tells where it is.
   *
   * @return how many bytes match; 0 when not even one does
   */
  public int longestMatch(byte[] other, int offset) {
    int first = prefix(other, offset);
    int low = starts[first];
    int high = starts[first + 1];
    // The longest match is next to where the text would be sorted in, and may lie just outside the
    // range of its prefix when that range holds nothing.
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (compare(order[middle], other, offset) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    int before = low > 0 ? length(order[low - 1], other, offset) : 0;
    int after = low < order.length ? length(order[low], other, offset) : 0;
    int best = Math.max(before, after);
    if (best > 0) {
      matchOffset = before >= after ? order[low - 1] : order[low];
    }
    return best;
  }

  /** Where the match that {@link #longestMatch} returned last starts in the text. */
  public int matchOffset() {
    return matchOffset;
  }

  private int compare(int suffix, byte[] other, int offset) {
    return Arrays.compareUnsigned(text, suffix, text.length, other, offset, other.length);
  }

  private int length(int suffix, byte[] other, int offset) {
    int mismatch = Arrays.mismatch(text, suffix, text.length, other, offset, other.length);
    return mismatch < 0 ? text.length - suffix : mismatch;
  }
}
