// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

/**
 * Chooses the cheapest row of symbols as liblzma's "normal" mode does.
 *
 * <p>From one byte on, the cheapest way to each of the next bytes is computed by the prices of the
 * models as they are, until all ways meet or a match is long enough; then the way back gives the
 * symbols. A few rows of symbols are tried as one: a literal between a match and a repetition of
 * its distance.
 */
/*
 * The order in which ways are tried, and that a new way must be cheaper than the old (in one case:
 * not dearer), decide between ways of equal price, so both follow liblzma 5.4 exactly.
 */
final class LzmaChoice {
  static final int PLACES = 1 << 12;

  private static final int REPS = LzmaModel.REPS;
  private static final int INFINITE = LzmaRange.INFINITE_PRICE;

  private final LzmaModel model;
  private final LzmaMatches matches;
  private final int niceLength;

  // A place on the ways: what is known of the cheapest way to it.
  private final int[] price = new int[PLACES];
  private final int[] from = new int[PLACES];
  private final int[] back = new int[PLACES];
  private final int[] state = new int[PLACES];
  private final int[] reps = new int[PLACES * REPS];

  /** Whether the symbol before is a literal, and the one that leads here repeats a distance. */
  private final boolean[] overLiteral = new boolean[PLACES];

  /** Whether before that literal there is a match, too, that starts at {@link #from2}. */
  private final boolean[] overMatch = new boolean[PLACES];

  private final int[] from2 = new int[PLACES];
  private final int[] back2 = new int[PLACES];

  private final int[] current = new int[REPS];
  private final int[] repLengths = new int[REPS];
  private int end;
  private int next;
  private int lastPlace;
  private int longest;

  /** The choice: a literal, or one of the last distances, or a distance and {@link #REPS}. */
  int chosenBack;

  int chosenLength;

  LzmaChoice(LzmaModel model, LzmaMatches matches, int niceLength) {
    this.model = model;
    this.matches = matches;
    this.niceLength = niceLength;
  }

  void reset() {
    end = 0;
    next = 0;
  }

  /** Chooses the symbol at a position. */
  void choose(int position) {
    if (end != next) {
      chosenLength = from[next] - next;
      chosenBack = back[next];
      next = from[next];
      return;
    }
    if (matches.readAhead == 0) {
      model.refreshPrices();
    }
    if (!start(position)) {
      return;
    }
    System.arraycopy(model.reps, 0, current, 0, REPS);
    int place = 1;
    for (; place < lastPlace; place++) {
      longest = matches.find();
      if (longest >= niceLength) {
        break;
      }
      advance(position + place, place);
    }
    goBack(place);
  }

  private void chosen(int newBack, int newLength) {
    chosenBack = newBack;
    chosenLength = newLength;
  }

  /** Tries all symbols at the first byte; false if the choice is made at once. */
  private boolean start(int position) {
    if (matches.readAhead == 0) {
      longest = matches.find();
    }
    int available = Math.min(matches.available() + 1, LzmaMatches.MATCH_MAX);
    if (available < 2) {
      chosen(LzmaModel.LITERAL, 1);
      return false;
    }
    byte[] window = matches.window;
    int at = matches.index(matches.readPosition()) - 1;
    int bestRep = 0;
    for (int rep = 0; rep < REPS; rep++) {
      int other = at - model.reps[rep] - 1;
      repLengths[rep] = twoEqual(window, at, other) ? equal(at, other, 2, available) : 0;
      if (repLengths[rep] > repLengths[bestRep]) {
        bestRep = rep;
      }
    }
    if (repLengths[bestRep] >= niceLength) {
      chosen(bestRep, repLengths[bestRep]);
      matches.skip(chosenLength - 1);
      return false;
    }
    if (longest >= niceLength) {
      chosen(matches.distances[matches.matchCount - 1] + REPS, longest);
      matches.skip(chosenLength - 1);
      return false;
    }
    int symbol = window[at] & 0xff;
    int matchByte = window[at - model.reps[0] - 1] & 0xff;
    if (longest < 2 && symbol != matchByte && repLengths[bestRep] < 2) {
      chosen(LzmaModel.LITERAL, 1);
      return false;
    }
    return startWays(position, at, symbol, matchByte, Math.max(longest, repLengths[bestRep]));
  }

  private boolean startWays(int position, int at, int symbol, int matchByte, int reach) {
    int now = model.state;
    state[0] = now;
    int positionState = position & model.positionMask;
    price[1] =
        model.noMatchPrice(now, positionState)
            + model.literalPrice(
                position,
                matches.window[at - 1] & 0xff,
                !LzmaModel.afterLiteral(now),
                matchByte,
                symbol);
    setSingle(1, LzmaModel.LITERAL);
    int matchPrice = model.anyMatchPrice(now, positionState);
    int repPrice = matchPrice + model.isRepPrice(now);
    if (matchByte == symbol) {
      int shortPrice = repPrice + model.shortRepPrice(now, positionState);
      if (shortPrice < price[1]) {
        price[1] = shortPrice;
        setSingle(1, 0);
      }
    }
    if (reach < 2) {
      chosen(back[1], 1);
      return false;
    }
    from[1] = 0;
    System.arraycopy(model.reps, 0, reps, 0, REPS);
    for (int length = 2; length <= reach; length++) {
      price[length] = INFINITE;
    }
    for (int rep = 0; rep < REPS; rep++) {
      int pure = repLengths[rep] < 2 ? 0 : repPrice + model.repPrice(rep, now, positionState);
      for (int length = repLengths[rep]; length >= 2; length--) {
        reach(length, pure + model.repLengths.price(length, positionState), 0, rep);
      }
    }
    int normalPrice = matchPrice + model.isMatchPrice(now);
    int length = repLengths[0] >= 2 ? repLengths[0] + 1 : 2;
    if (length <= longest) {
      tryMatches(length, normalPrice, positionState);
    }
    lastPlace = reach;
    return true;
  }

  private void tryMatches(int start, int normalPrice, int positionState) {
    int i = 0;
    while (start > matches.lengths[i]) {
      i++;
    }
    for (int length = start; i < matches.matchCount; length++) {
      int distance = matches.distances[i];
      int cost = normalPrice + model.matchPrice(distance, length, positionState);
      reach(length, cost, 0, distance + REPS);
      if (length == matches.lengths[i]) {
        i++;
      }
    }
  }

  private void setSingle(int place, int newBack) {
    back[place] = newBack;
    overLiteral[place] = false;
  }

  /** Notes a way to a place if it is the cheapest so far. */
  private void reach(int place, int cost, int newFrom, int newBack) {
    if (cost < price[place]) {
      price[place] = cost;
      from[place] = newFrom;
      back[place] = newBack;
      overLiteral[place] = false;
    }
  }

  private void extendTo(int place) {
    while (lastPlace < place) {
      price[++lastPlace] = INFINITE;
    }
  }

  /** Follows the cheapest way to a place, to know the state there and the last distances. */
  private int arrive(int place) {
    int previous = from[place];
    int now;
    if (overLiteral[place]) {
      previous--;
      if (overMatch[place]) {
        now = state[from2[place]];
        now = back2[place] < REPS ? LzmaModel.repState(now) : LzmaModel.matchState(now);
      } else {
        now = state[previous];
      }
      now = LzmaModel.literalState(now);
    } else {
      now = state[previous];
    }
    if (previous == place - 1) {
      now = back[place] == 0 ? LzmaModel.shortRepState(now) : LzmaModel.literalState(now);
    } else {
      int distance = back[place];
      if (overLiteral[place] && overMatch[place]) {
        previous = from2[place];
        distance = back2[place];
        now = LzmaModel.repState(now);
      } else {
        now = distance < REPS ? LzmaModel.repState(now) : LzmaModel.matchState(now);
      }
      takeReps(previous * REPS, distance);
    }
    state[place] = now;
    System.arraycopy(current, 0, reps, place * REPS, REPS);
    return now;
  }

  private void takeReps(int base, int distance) {
    if (distance < REPS) {
      current[0] = reps[base + distance];
      for (int i = 1; i < REPS; i++) {
        current[i] = reps[base + (i <= distance ? i - 1 : i)];
      }
    } else {
      current[0] = distance - REPS;
      for (int i = 1; i < REPS; i++) {
        current[i] = reps[base + i - 1];
      }
    }
  }

  /** Tries all symbols at a place. */
  private void advance(int position, int place) {
    int now = arrive(place);
    byte[] window = matches.window;
    int at = matches.index(matches.readPosition()) - 1;
    int available = Math.min(matches.available() + 1, PLACES - 1 - place);
    int symbol = window[at] & 0xff;
    int matchByte = window[at - current[0] - 1] & 0xff;
    int positionState = position & model.positionMask;
    int literalPrice =
        price[place]
            + model.noMatchPrice(now, positionState)
            + model.literalPrice(
                position, window[at - 1] & 0xff, !LzmaModel.afterLiteral(now), matchByte, symbol);
    boolean nextIsSingle = false;
    if (literalPrice < price[place + 1]) {
      price[place + 1] = literalPrice;
      from[place + 1] = place;
      setSingle(place + 1, LzmaModel.LITERAL);
      nextIsSingle = true;
    }
    int matchPrice = price[place] + model.anyMatchPrice(now, positionState);
    int repPrice = matchPrice + model.isRepPrice(now);
    if (matchByte == symbol && !(from[place + 1] < place && back[place + 1] == 0)) {
      int shortPrice = repPrice + model.shortRepPrice(now, positionState);
      if (shortPrice <= price[place + 1]) {
        price[place + 1] = shortPrice;
        from[place + 1] = place;
        setSingle(place + 1, 0);
        nextIsSingle = true;
      }
    }
    if (available < 2) {
      return;
    }
    if (!nextIsSingle && matchByte != symbol) {
      tryLiteralThenRep(position, place, at, now, available, literalPrice);
    }
    int start = tryReps(position, place, at, now, available, repPrice);
    int normalPrice = matchPrice + model.isMatchPrice(now);
    tryMatchesOn(position, place, at, now, available, normalPrice, start);
  }

  private void tryLiteralThenRep(
      int position, int place, int at, int now, int available, int literalPrice) {
    int limit = Math.min(available, niceLength + 1);
    int length = equal(at, at - current[0] - 1, 1, limit) - 1;
    if (length < 2) {
      return;
    }
    int after = LzmaModel.literalState(now);
    int positionState = position + 1 & model.positionMask;
    int cost =
        literalPrice
            + model.anyMatchPrice(after, positionState)
            + model.isRepPrice(after)
            + model.longRepPrice(0, length, after, positionState);
    int target = place + 1 + length;
    extendTo(target);
    if (cost < price[target]) {
      price[target] = cost;
      from[target] = place + 1;
      back[target] = 0;
      overLiteral[target] = true;
      overMatch[target] = false;
    }
  }

  /** Returns from which length on other matches are worth a try. */
  private int tryReps(int position, int place, int at, int now, int available, int repPrice) {
    int start = 2;
    int positionState = position & model.positionMask;
    int most = Math.min(available, niceLength);
    for (int rep = 0; rep < REPS; rep++) {
      int other = at - current[rep] - 1;
      if (!twoEqual(matches.window, at, other)) {
        continue;
      }
      int length = equal(at, other, 2, most);
      extendTo(place + length);
      int pure = repPrice + model.repPrice(rep, now, positionState);
      for (int shorter = length; shorter >= 2; shorter--) {
        int cost = pure + model.repLengths.price(shorter, positionState);
        reach(place + shorter, cost, place, rep);
      }
      if (rep == 0) {
        start = length + 1;
      }
      int cost = pure + model.repLengths.price(length, positionState);
      int after = LzmaModel.repState(now);
      tryLiteralAndRep(position, place, at, other, length, available, cost, after, rep);
    }
    return start;
  }

  private void tryMatchesOn(
      int position, int place, int at, int now, int available, int normalPrice, int start) {
    int most = Math.min(available, niceLength);
    int reachable = longest;
    int count = matches.matchCount;
    if (reachable > most) {
      reachable = most;
      count = 0;
      while (reachable > matches.lengths[count]) {
        count++;
      }
      matches.lengths[count++] = reachable;
    }
    if (reachable < start) {
      return;
    }
    extendTo(place + reachable);
    int positionState = position & model.positionMask;
    int i = 0;
    while (start > matches.lengths[i]) {
      i++;
    }
    for (int length = start; i < count; length++) {
      int distance = matches.distances[i];
      int cost = normalPrice + model.matchPrice(distance, length, positionState);
      reach(place + length, cost, place, distance + REPS);
      if (length == matches.lengths[i]) {
        int other = at - distance - 1;
        int after = LzmaModel.matchState(now);
        tryLiteralAndRep(
            position, place, at, other, length, available, cost, after, distance + REPS);
        i++;
      }
    }
  }

  /** Tries a match, a literal, and the match's distance again. */
  private void tryLiteralAndRep(
      int position,
      int place,
      int at,
      int other,
      int length,
      int available,
      int matchCost,
      int afterMatch,
      int matchBack) {
    int more = length + 1;
    int limit = Math.min(available, more + niceLength);
    if (more < limit) {
      more = equal(at, other, more, limit);
    }
    more -= length + 1;
    if (more < 2) {
      return;
    }
    byte[] window = matches.window;
    int literalState = position + length & model.positionMask;
    int repState = position + length + 1 & model.positionMask;
    int after = LzmaModel.literalState(afterMatch);
    int cost =
        matchCost
            + model.noMatchPrice(afterMatch, literalState)
            + model.literalPrice(
                position + length,
                window[at + length - 1] & 0xff,
                true,
                window[other + length] & 0xff,
                window[at + length] & 0xff)
            + model.anyMatchPrice(after, repState)
            + model.isRepPrice(after)
            + model.longRepPrice(0, more, after, repState);
    int target = place + length + 1 + more;
    extendTo(target);
    if (cost < price[target]) {
      price[target] = cost;
      from[target] = place + length + 1;
      back[target] = 0;
      overLiteral[target] = true;
      overMatch[target] = true;
      from2[target] = place;
      back2[target] = matchBack;
    }
  }

  /** Turns the way to a place around, so that it can be followed from its start. */
  private void goBack(int last) {
    end = last;
    int place = last;
    int previous = from[place];
    int previousBack = back[place];
    do {
      if (overLiteral[place]) {
        setSingle(previous, LzmaModel.LITERAL);
        from[previous] = previous - 1;
        if (overMatch[place]) {
          overLiteral[previous - 1] = false;
          from[previous - 1] = from2[place];
          back[previous - 1] = back2[place];
        }
      }
      int step = previous;
      int stepBack = previousBack;
      previousBack = back[step];
      previous = from[step];
      back[step] = stepBack;
      from[step] = place;
      place = step;
    } while (place != 0);
    next = from[0];
    chosen(back[0], from[0]);
  }

  private int equal(int at, int other, int from, int most) {
    return matches.equalLength(at, other, from, most);
  }

  private static boolean twoEqual(byte[] window, int at, int other) {
    return window[at] == window[other] && window[at + 1] == window[other + 1];
  }
}
