// SPDX-License-Identifier: Apache-2.0
package dev.slipway.match;

import java.util.ArrayList;
import java.util.List;

/**
 * Aligns two arrays thoroughly, in the manner of bsdiff: every position of the new bytes is looked
 * up among all suffixes of the old ones.
 *
 * <p>A match is taken when it explains {@value #MARGIN} bytes more than carrying on with the last
 * alignment would; then both grow towards each other for as long as more than half of the bytes
 * agree, and where they meet the border goes where most bytes agree. This is Colin Percival's
 * "Naive differences of executable code"; what is ours is the linear suffix array.
 */
public final class Alignments {
  private static final int MARGIN = 8;

  private final byte[] before;
  private final byte[] after;
  private final List<Alignment> found = new ArrayList<>();

  /** The alignment that is still open: where it starts, and where its exact matches end. */
  private int openNew;

  private int openOld;

  private Alignments(byte[] before, byte[] after) {
    this.before = before;
    this.after = after;
  }

  /**
   * Aligns new bytes with old ones.
   *
   * @return in the order of the new bytes, without overlaps there; what no alignment covers is new
   */
  public static List<Alignment> between(byte[] oldBytes, byte[] newBytes) {
    var run = new Alignments(oldBytes, newBytes);
    if (oldBytes.length > 0 && newBytes.length > 0) {
      run.align(SuffixArray.of(oldBytes));
    }
    return List.copyOf(run.found);
  }

  private void align(SuffixArray suffixes) {
    int at = 0;
    int length = 0;
    while (at < after.length) {
      int shift = openOld - openNew;
      at += length;
      int agreeing = 0; // how many bytes of the match the open alignment would explain as well
      int counted = at;
      int old = 0;
      length = 0;
      while (at < after.length) {
        length = suffixes.longestMatch(after, at);
        old = suffixes.matchOffset();
        for (; counted < at + length; counted++) {
          agreeing += agrees(counted, shift);
        }
        if ((length == agreeing && length != 0) || length > agreeing + MARGIN) {
          break;
        }
        if (counted > at) {
          agreeing -= agrees(at, shift);
        } else {
          counted = at + 1;
        }
        at++;
      }
      if (length != agreeing || at >= after.length) {
        close(Math.min(at, after.length), old);
      }
    }
  }

  private int agrees(int position, int shift) {
    int old = position + shift;
    return old >= 0 && old < before.length && before[old] == after[position] ? 1 : 0;
  }

  /** Ends the open alignment and opens the one of a match, both grown over the bytes between. */
  private void close(int matchNew, int matchOld) {
    boolean last = matchNew == after.length;
    int forward = growForward(matchNew);
    int backward = last ? 0 : growBackward(matchNew, matchOld);
    int overlap = openNew + forward - (matchNew - backward);
    if (overlap > 0) {
      int kept = bestBorder(openNew + forward - overlap, matchOld - backward, overlap);
      forward -= overlap - kept;
      backward -= kept;
    }
    if (forward > 0) {
      found.add(new Alignment(openNew, openOld, forward));
    }
    openNew = matchNew - backward;
    openOld = matchOld - backward;
  }

  private int growForward(int limit) {
    int best = 0;
    int score = 0;
    int bestScore = 0;
    for (int i = 0; openNew + i < limit && openOld + i < before.length; ) {
      score += before[openOld + i] == after[openNew + i] ? 1 : -1;
      i++;
      if (score > bestScore) {
        bestScore = score;
        best = i;
      }
    }
    return best;
  }

  private int growBackward(int matchNew, int matchOld) {
    int best = 0;
    int score = 0;
    int bestScore = 0;
    for (int i = 1; matchNew - i >= openNew && matchOld - i >= 0; i++) {
      score += before[matchOld - i] == after[matchNew - i] ? 1 : -1;
      if (score > bestScore) {
        bestScore = score;
        best = i;
      }
    }
    return best;
  }

  /** How many bytes of an overlap stay with the open alignment. */
  private int bestBorder(int overlapNew, int otherOld, int overlap) {
    int shift = openOld - openNew;
    int best = 0;
    int score = 0;
    int bestScore = 0;
    for (int i = 0; i < overlap; i++) {
      byte wanted = after[overlapNew + i];
      score += before[overlapNew + i + shift] == wanted ? 1 : 0;
      score -= before[otherOld + i] == wanted ? 1 : 0;
      if (score > bestScore) {
        bestScore = score;
        best = i + 1;
      }
    }
    return best;
  }
}
