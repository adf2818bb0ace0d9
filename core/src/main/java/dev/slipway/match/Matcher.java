// SPDX-License-Identifier: Apache-2.0
package dev.slipway.match;

import java.util.ArrayList;
import java.util.List;

/**
 * Aligns a range of new bytes with whatever an index knows: old bytes, and new ones that come
 * before.
 *
 * <p>Idea: go through the range with one alignment open. While its bytes agree, skip ahead at the
 * speed of memory. Where they stop agreeing, look up seeds; a match that explains enough bytes more
 * than the open alignment would becomes the next one, and the border between the two goes where
 * most bytes agree, as in bsdiff. When an alignment is closed, stretches in which its bytes do not
 * agree are cut out of it: they are new, and as differences would only be noise.
 *
 * <p>The result depends on the range, the index and the hints alone, so ranges may be matched by
 * any number of threads.
 */
final class Matcher {
  /**
   * How many bytes more than the open alignment a match must explain: what an address costs, and
   * what a gap in the new bytes costs their encoder.
   */
  private static final int MARGIN = 40;

  /**
   * The same for a match in what was made just before: if it is short, whoever encodes the new
   * bytes finds it as well and tells it for less.
   */
  private static final int MARGIN_WITHIN = 64;

  /** So many agreeing bytes in a row need no second look. */
  private static final int RUN = 12;

  /** After so many places in a row where the open alignment was of no use, it is asked less. */
  private static final int IDLE = 32;

  private static final int STRIDE = 16;

  /** How many places are searched at most without asking for anything else. */
  private static final int AHEAD = 1 << 14;

  private final ByteSpace space;
  private final SeedIndex index;
  private final long start;
  private final long end;

  /** For each area, how many of its bytes are there when the range is made. */
  private final long[] usable;

  /** How many bytes ahead to look before giving up on the open alignment: 0 for not at all. */
  private final int patience;

  /** New bytes from {@link #aheadStart} on, where the search is. */
  private final byte[] ahead = new byte[AHEAD + SeedIndex.SEED];

  private long aheadStart;
  private int aheadPlaces;

  private final List<Alignment> found = new ArrayList<>();
  private boolean open;
  private long openNew;
  private long shift;

  private long candidateLength;
  private long candidateOld;

  /**
   * A matcher for one range.
   *
   * @param usable for each area, how many of its bytes are there when the range is made
   */
  Matcher(ByteSpace space, SeedIndex index, long start, long end, long[] usable, int patience) {
    this.space = space;
    this.index = index;
    this.start = start;
    this.end = end;
    this.usable = usable;
    this.patience = patience;
  }

  /**
   * Aligns the range.
   *
   * @param before the shift of what lies before the range, or {@link Long#MIN_VALUE}
   * @param after the shift of what lies behind it, or {@link Long#MIN_VALUE}
   */
  List<Alignment> match(long before, long after) {
    if (before != Long.MIN_VALUE) {
      open = true;
      openNew = start;
      shift = before;
    }
    long at = start;
    long last = end - SeedIndex.SEED;
    int idle = 0;
    while (at <= last) {
      long run = open ? runAt(at) : 0;
      if (run >= RUN) {
        at += run;
        idle = 0;
        continue;
      }
      long until = Math.min(last + 1, at + (!open ? AHEAD : idle < IDLE ? 1 : STRIDE));
      at = nextKnown(at, until);
      if (at < until) {
        search(at);
        if (candidateLength > 0) {
          if (!open || candidateLength > agreeing(at, candidateLength) + margin(at)) {
            take(at, candidateOld);
          }
          at += candidateLength;
          idle = 0;
          continue;
        }
        at++;
      }
      long passed = patience > 0 && open ? likely(at) : 0;
      at += passed;
      idle = passed > 0 ? 0 : idle + 1;
    }
    if (after != Long.MIN_VALUE && room(end - 1, end - 1 + after) > 0) {
      take(end, end + after); // what lies behind the range grows into it
    }
    if (open) {
      found.addAll(pieces(end));
    }
    return found;
  }

  private int margin(long at) {
    return ByteSpace.area(candidateOld) == ByteSpace.area(at) ? MARGIN_WITHIN : MARGIN;
  }

  /** How many bytes agree with the open alignment from here on. */
  private long runAt(long at) {
    long room = room(at, at + shift);
    return room < Long.BYTES || space.word(at) != space.word(at + shift)
        ? 0
        : space.same(at, at + shift, room);
  }

  /** How many bytes may be compared: up to the ends of the range and of what is usable. */
  private long room(long at, long old) {
    int area = ByteSpace.area(old);
    if (old < 0 || area >= usable.length) {
      return 0;
    }
    return Math.min(end - at, usable[area] - ByteSpace.offset(old));
  }

  /** How many bytes to pass without a search because the open alignment goes on well. */
  private long likely(long at) {
    long room = Math.min(patience, room(at, at + shift));
    if (room < patience) {
      return 0;
    }
    return 4 * space.agreeing(at, at + shift, room) >= 3 * room ? room / 2 : 0;
  }

  private long agreeing(long at, long length) {
    long room = Math.min(length, room(at, at + shift));
    return room <= 0 ? 0 : space.agreeing(at, at + shift, room);
  }

  /** The next place whose seed may be known, or the end. */
  private long nextKnown(long at, long until) {
    long place = at;
    while (place < until) {
      if (place < aheadStart || place >= aheadStart + aheadPlaces) {
        aheadStart = place;
        aheadPlaces = (int) Math.min(AHEAD, end - SeedIndex.SEED + 1 - place);
        space.copy(place, ahead, 0, aheadPlaces + SeedIndex.SEED - 1);
      }
      int stop = (int) Math.min(aheadPlaces, until - aheadStart);
      int next = index.nextKnown(ahead, (int) (place - aheadStart), stop);
      place = aheadStart + next;
      if (next < stop) {
        break;
      }
    }
    return place;
  }

  private void search(long at) {
    candidateLength = 0;
    long hash = index.hash(at);
    if (hash == 0) {
      return;
    }
    int bucket = index.bucket(hash);
    for (int place = bucket; place < bucket + SeedIndex.WAYS; place++) {
      long old = index.candidate(place, hash);
      if (old < 0 || old == at) {
        continue;
      }
      long room = room(at, old);
      if (room < SeedIndex.SEED || space.word(at) != space.word(old)) {
        continue;
      }
      long length = space.same(at, old, room);
      if (length >= SeedIndex.SEED
          && (length > candidateLength
              || (open && length == candidateLength && old - at == shift))) {
        candidateLength = length;
        candidateOld = old;
      }
    }
  }

  /** Closes the open alignment and opens that of a match, both grown over the bytes between. */
  private void take(long at, long old) {
    long newShift = old - at;
    long from = growBackward(at, old);
    if (open) {
      List<Alignment> pieces = pieces(at);
      long until = pieces.isEmpty() ? openNew : pieces.get(pieces.size() - 1).newEnd();
      if (until > from) {
        from = bestBorder(from, until, newShift);
        pieces = pieces(from);
      }
      found.addAll(pieces);
    }
    open = true;
    openNew = from;
    shift = newShift;
  }

  /** The pieces of the open alignment, which is to end at a limit at the latest. */
  private List<Alignment> pieces(long limit) {
    var pieces = new ArrayList<Alignment>();
    Pieces.cut(
        space, openNew, shift, Math.min(limit - openNew, room(openNew, openNew + shift)), pieces);
    return pieces;
  }

  private long growBackward(long at, long old) {
    long floor = open ? openNew : start;
    long most = Math.min(at - floor, ByteSpace.offset(old)); // an area starts at offset 0
    long best = 0;
    int score = 0;
    int bestScore = 0;
    for (long i = 0; i < most && score > bestScore - Pieces.PATIENCE; ) {
      int count = (int) Math.min(Long.BYTES, most - i);
      long difference = Pieces.difference(space, at - i - count, old - i - count, count);
      difference <<= Long.SIZE - count * Byte.SIZE; // the nearest byte highest
      for (; count > 0 && score > bestScore - Pieces.PATIENCE; count--) {
        score += difference >>> Long.SIZE - Byte.SIZE == 0 ? 1 : -1;
        difference <<= Byte.SIZE;
        i++;
        if (score > bestScore) {
          bestScore = score;
          best = i;
        }
      }
    }
    return at - best;
  }

  private long bestBorder(long from, long until, long otherShift) {
    long best = from;
    int score = 0;
    int bestScore = 0;
    for (long at = from; at < until; ) {
      int count = (int) Math.min(Long.BYTES, until - at);
      long here = Pieces.difference(space, at, at + shift, count);
      long there = Pieces.difference(space, at, at + otherShift, count);
      for (; count > 0; count--) {
        score += (here & 0xff) == 0 ? 1 : 0;
        score -= (there & 0xff) == 0 ? 1 : 0;
        here >>>= Byte.SIZE;
        there >>>= Byte.SIZE;
        at++;
        if (score > bestScore) {
          bestScore = score;
          best = at;
        }
      }
    }
    return best;
  }
}
