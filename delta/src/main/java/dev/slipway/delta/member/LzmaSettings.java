// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

/**
 * What an LZMA2 encoder was told.
 *
 * @param dictionary how far matches reach back, in bytes
 * @param niceLength a match of this length ends the search
 * @param depth how many places of a tree are looked at
 */
record LzmaSettings(
    int dictionary,
    int niceLength,
    int depth,
    int literalContextBits,
    int literalPositionBits,
    int positionBits) {

  private static final int PROPERTIES_MAX = 9 * 5 * 5;

  /** Reads lc, lp and pb from LZMA's byte for them; {@code null} if LZMA2 allows no such. */
  static LzmaSettings of(int dictionary, int niceLength, int depth, int properties) {
    if (properties >= PROPERTIES_MAX) {
      return null;
    }
    int lc = properties % 9;
    int lp = properties / 9 % 5;
    return lc + lp > 4
        ? null
        : new LzmaSettings(dictionary, niceLength, depth, lc, lp, properties / 45);
  }

  int properties() {
    return (positionBits * 5 + literalPositionBits) * 9 + literalContextBits;
  }
}
