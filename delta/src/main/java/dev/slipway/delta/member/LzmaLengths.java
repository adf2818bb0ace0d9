// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

/** How LZMA codes lengths, and the prices of that as liblzma keeps them. */
final class LzmaLengths {
  private static final int LOW_BITS = 3;
  private static final int MID_BITS = 3;
  private static final int HIGH_BITS = 8;
  private static final int LOW_SYMBOLS = 1 << LOW_BITS;
  private static final int MID_SYMBOLS = 1 << MID_BITS;
  private static final int CHOICE = 0;
  private static final int CHOICE2 = 1;

  private final int positions;
  private final int pricedSymbols;
  private final short[] choice = LzmaRange.models(2);
  private final short[] low;
  private final short[] mid;
  private final short[] high = LzmaRange.models(1 << HIGH_BITS);
  private final int[][] prices;

  /** By position state: after how many more lengths the prices are computed again. */
  private final int[] untilPriced;

  LzmaLengths(int positionBits, int niceLength) {
    positions = 1 << positionBits;
    pricedSymbols = niceLength + 1 - LzmaModel.MATCH_MIN;
    low = LzmaRange.models(positions << LOW_BITS);
    mid = LzmaRange.models(positions << MID_BITS);
    prices = new int[positions][pricedSymbols];
    untilPriced = new int[positions];
  }

  void reset() {
    LzmaRange.resetModels(choice);
    LzmaRange.resetModels(low);
    LzmaRange.resetModels(mid);
    LzmaRange.resetModels(high);
    for (int position = 0; position < positions; position++) {
      computePrices(position);
    }
  }

  void encode(LzmaRange range, int length, int position) {
    // liblzma queues a symbol's bits and codes them later, so its prices do not know this length.
    if (--untilPriced[position] == 0) {
      computePrices(position);
    }
    int symbol = length - LzmaModel.MATCH_MIN;
    if (symbol < LOW_SYMBOLS) {
      range.bit(choice, CHOICE, 0);
      range.tree(low, position << LOW_BITS, LOW_BITS, symbol);
    } else {
      range.bit(choice, CHOICE, 1);
      symbol -= LOW_SYMBOLS;
      if (symbol < MID_SYMBOLS) {
        range.bit(choice, CHOICE2, 0);
        range.tree(mid, position << MID_BITS, MID_BITS, symbol);
      } else {
        range.bit(choice, CHOICE2, 1);
        range.tree(high, 0, HIGH_BITS, symbol - MID_SYMBOLS);
      }
    }
  }

  int price(int length, int position) {
    return prices[position][length - LzmaModel.MATCH_MIN];
  }

  private void computePrices(int position) {
    untilPriced[position] = pricedSymbols;
    int toLow = LzmaRange.price0(choice[CHOICE]);
    int notLow = LzmaRange.price1(choice[CHOICE]);
    int toMid = notLow + LzmaRange.price0(choice[CHOICE2]);
    int toHigh = notLow + LzmaRange.price1(choice[CHOICE2]);
    int[] table = prices[position];
    for (int symbol = 0; symbol < pricedSymbols; symbol++) {
      int mids = symbol - LOW_SYMBOLS;
      int highs = mids - MID_SYMBOLS;
      if (mids < 0) {
        table[symbol] = toLow + LzmaRange.treePrice(low, position << LOW_BITS, LOW_BITS, symbol);
      } else if (highs < 0) {
        table[symbol] = toMid + LzmaRange.treePrice(mid, position << MID_BITS, MID_BITS, mids);
      } else {
        table[symbol] = toHigh + LzmaRange.treePrice(high, 0, HIGH_BITS, highs);
      }
    }
  }
}
