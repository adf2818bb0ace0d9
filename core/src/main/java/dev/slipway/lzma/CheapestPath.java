// SPDX-License-Identifier: Apache-2.0
package dev.slipway.lzma;

/**
 * Chooses the symbols that cost the fewest bits for the next few thousand bytes.
 *
 * <p>Idea: each position is a node that knows the cheapest way by which it was reached. Going from
 * left to right, all symbols that could come next are tried from each node, and those they lead to
 * note when that is cheaper. Beside single symbols there are the three that LZMA is made for: a
 * match or repeat, a literal, and a repeat of the same distance; and a literal with such a repeat.
 *
 * <p>Departure from the LZMA SDK: of a long match only the shortest and longest lengths are tried,
 * and positions within a run are passed, all but those before its end. Otherwise the time for runs
 * grows with the square of their length, and runs of zeros with a few other bytes between them are
 * what differences of programs consist of.
 *
 * <p>Memory: some 170 KiB. Cost: where differences are ten to a hundred bytes apart, a quarter of
 * all positions are tried.
 */
final class CheapestPath {
  /** So many bytes are planned at once, and up to two matches more. */
  private static final int SPAN = 1 << 12;

  static final int MATCH_MAX = 273;
  static final int MOST = SPAN + 2 * MATCH_MAX + 1;
  static final int LITERAL = -1;

  private static final int UNREACHED = Integer.MAX_VALUE;

  /** Lengths up to this are all tried. */
  private static final int SHORT = 16;

  /** And so many below the longest. */
  private static final int ENDS = 6;

  /** Positions within a repeat of the last distance this long are passed: that is how runs go. */
  private static final int RUN = 12;

  /** So are those within any other match this long; within shorter ones better ones may start. */
  private static final int LONG = 200;

  private final byte[] bytes;
  private final Symbols symbols;
  private final Prices prices;
  private final MatchRows finder;

  private final int[] price = new int[MOST + 1];

  /** The node it was reached from. */
  private final int[] from = new int[MOST + 1];

  /** By what symbol: {@link #LITERAL}, a repeat from 0, or a distance less one above those. */
  private final int[] by = new int[MOST + 1];

  /** If not 0: behind that symbol came a literal and then a repeat of this length. */
  private final int[] tail = new int[MOST + 1];

  private final int[] state = new int[MOST + 1];
  private final int[] reps = new int[(MOST + 1) * Symbols.REPS];

  /** The path: what symbols, and how long each is. */
  final int[] chosen = new int[MOST];

  final int[] chosenLength = new int[MOST];

  private int start;
  private int limit;
  private int end;
  private int passTo;

  CheapestPath(byte[] bytes, Symbols symbols, Prices prices, MatchRows finder) {
    this.bytes = bytes;
    this.symbols = symbols;
    this.prices = prices;
    this.finder = finder;
  }

  /**
   * Plans from a position on. The finder gets to know the positions that are planned.
   *
   * @param limit where the bytes end
   * @return how many symbols there are
   */
  int plan(int position, int limit) {
    start = position;
    this.limit = limit;
    end = 0;
    passTo = 0;
    price[0] = 0;
    state[0] = symbols.state;
    System.arraycopy(symbols.reps, 0, reps, 0, Symbols.REPS);
    int node = 0;
    do {
      if (node > 0) {
        arrive(node);
      }
      expand(node);
      node++;
      while (node < end && (node < passTo || price[node] == UNREACHED)) {
        if (start + node + MatchRows.LOOK <= limit) {
          finder.add(start + node);
        }
        node++;
      }
    } while (node < end && node < SPAN);
    return trace(node);
  }

  /** Works out the state and the last distances at a node from how it was reached. */
  private void arrive(int node) {
    int before = from[node];
    int symbol = by[node];
    int follows = tail[node];
    int head = node - before - (follows > 0 ? follows + 1 : 0);
    int s = state[before];
    int at = node * Symbols.REPS;
    int old = before * Symbols.REPS;
    int r0 = reps[old];
    int r1 = reps[old + 1];
    int r2 = reps[old + 2];
    int r3 = reps[old + 3];
    if (head > 0) {
      if (symbol == LITERAL) {
        s = Symbols.afterLiteral(s);
      } else if (symbol >= Symbols.REPS) {
        s = Symbols.afterMatch(s);
        r3 = r2;
        r2 = r1;
        r1 = r0;
        r0 = symbol - Symbols.REPS;
      } else {
        s = head == 1 ? Symbols.afterShortRepeat(s) : Symbols.afterRepeat(s);
        if (symbol > 0) {
          int r = reps[old + symbol];
          r3 = symbol == 3 ? r2 : r3;
          r2 = symbol >= 2 ? r1 : r2;
          r1 = r0;
          r0 = r;
        }
      }
    }
    if (follows > 0) {
      s = Symbols.afterRepeat(Symbols.afterLiteral(s));
    }
    state[node] = s;
    reps[at] = r0;
    reps[at + 1] = r1;
    reps[at + 2] = r2;
    reps[at + 3] = r3;
  }

  private void expand(int node) {
    int at = start + node;
    int most = Math.min(MATCH_MAX, limit - at);
    int s = state[node];
    int positionState = at & symbols.positionMask;
    int base = price[node];
    int r0 = reps[node * Symbols.REPS];
    int same = at - r0 - 1;
    boolean repeats = same >= ThoroughLzma2.ORIGIN;
    int here = bytes[at] & 0xff;
    int expected = repeats ? bytes[same] & 0xff : -1;
    int models = symbols.literalModels(at, bytes[at - 1]);
    int literal =
        base
            + prices.isLiteral(s, positionState)
            + (s < Symbols.LITERAL_STATES
                ? prices.literal(models, here)
                : prices.literalAgainst(models, here, expected));
    reach(node, node + 1, literal, LITERAL, 0);
    int match = base + prices.isMatch(s, positionState);
    int repeat = match + prices.isRepeat(s);
    if (here == expected) {
      reach(node, node + 1, repeat + prices.shortRepeat(s, positionState), 0, 0);
    }
    int found = 0;
    if (limit - at >= MatchRows.LOOK) {
      finder.find(at, at + most);
      found = finder.count;
    }
    if (most < 2) {
      return;
    }
    if (repeats && here != expected && most > 2) {
      int length = RowFinder.same(bytes, same + 1, at + 1, at + most);
      if (length >= 2) {
        int next = Symbols.afterLiteral(s);
        reach(node, node + 1 + length, literal + again(next, at + 1, length), LITERAL, length);
      }
    }
    int shorter = 1;
    for (int rep = 0; rep < Symbols.REPS; rep++) {
      int place = at - reps[node * Symbols.REPS + rep] - 1;
      if (place < ThoroughLzma2.ORIGIN
          || bytes[place] != bytes[at]
          || bytes[place + 1] != bytes[at + 1]) {
        continue;
      }
      int length = RowFinder.same(bytes, place, at, at + most);
      int which = repeat + prices.whichRepeat(rep, s, positionState);
      int table = positionState * Prices.LENGTHS;
      for (int l = length; l >= 2; l = l == length - ENDS && l > SHORT ? SHORT : l - 1) {
        reach(node, node + l, which + prices.repLength[table + l], rep, 0);
      }
      if (rep == 0) {
        shorter = length;
      }
      follow(
          node,
          length,
          which + prices.repLength[table + length],
          Symbols.afterRepeat(s),
          place,
          rep);
      pass(node, length, rep == 0 ? RUN : LONG);
    }
    if (found > 0 && finder.lengths[found - 1] > shorter) {
      matches(node, found, shorter + 1, match + prices.isNew(s), s);
    }
  }

  private void matches(int node, int found, int shortest, int match, int s) {
    int at = start + node;
    int table = (at & symbols.positionMask) * Prices.LENGTHS;
    int l = shortest;
    for (int i = 0; i < found; i++) {
      int distance = finder.distances[i];
      int length = finder.lengths[i];
      if (length < l) {
        continue;
      }
      for (; l <= length; l++) {
        if (l > SHORT && l < length - ENDS) {
          l = length - ENDS;
        }
        int cost = match + prices.matchLength[table + l] + prices.distance(distance, l);
        reach(node, node + l, cost, distance + Symbols.REPS, 0);
      }
      int cost = match + prices.matchLength[table + length] + prices.distance(distance, length);
      follow(node, length, cost, Symbols.afterMatch(s), at - distance - 1, distance + Symbols.REPS);
    }
    pass(node, finder.lengths[found - 1], LONG);
  }

  /** After a symbol: a literal, and the same distance again. */
  private void follow(int node, int length, int cost, int s, int place, int symbol) {
    int at = start + node + length;
    int most = Math.min(MATCH_MAX, limit - at - 1);
    if (most < 2) {
      return;
    }
    int other = place + length;
    if (bytes[other + 1] != bytes[at + 1] || bytes[other + 2] != bytes[at + 2]) {
      return;
    }
    int again = RowFinder.same(bytes, other + 1, at + 1, at + 1 + most);
    int literal =
        cost
            + prices.isLiteral(s, at & symbols.positionMask)
            + prices.literalAgainst(
                symbols.literalModels(at, bytes[at - 1]), bytes[at] & 0xff, bytes[other] & 0xff);
    reach(
        node,
        node + length + 1 + again,
        literal + again(Symbols.afterLiteral(s), at + 1, again),
        symbol,
        again);
  }

  /** What the last distance costs once more. */
  private int again(int s, int at, int length) {
    int positionState = at & symbols.positionMask;
    return prices.isMatch(s, positionState)
        + prices.isRepeat(s)
        + prices.whichRepeat(0, s, positionState)
        + prices.repLength[positionState * Prices.LENGTHS + length];
  }

  private void pass(int node, int length, int least) {
    if (length >= least) {
      passTo = Math.max(passTo, node + length - ENDS);
    }
  }

  private void reach(int node, int target, int cost, int symbol, int follows) {
    while (end < target) {
      price[++end] = UNREACHED;
    }
    if (cost < price[target]) {
      price[target] = cost;
      from[target] = node;
      by[target] = symbol;
      tail[target] = follows;
    }
  }

  /** Writes the path down. It is come upon from its end. */
  private int trace(int last) {
    int count = 0;
    for (int node = last; node > 0; node = from[node]) {
      int head = node - from[node];
      if (tail[node] > 0) {
        count = choose(count, 0, tail[node]);
        head -= tail[node] + 1;
        if (head > 0 || by[node] == LITERAL) {
          count = choose(count, LITERAL, 1);
        }
      }
      if (head > 0) {
        count = choose(count, by[node], head);
      }
    }
    for (int i = 0; i < count / 2; i++) {
      swap(chosen, i, count - 1 - i);
      swap(chosenLength, i, count - 1 - i);
    }
    return count;
  }

  private int choose(int count, int symbol, int length) {
    chosen[count] = symbol;
    chosenLength[count] = length;
    return count + 1;
  }

  private static void swap(int[] values, int one, int other) {
    int value = values[one];
    values[one] = values[other];
    values[other] = value;
  }
}
