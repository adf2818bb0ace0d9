// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import dev.slipway.match.Alignment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A plain aligner in the manner of bsdiff, so that the models can be tried without the engine: the
 * longest of a few matches by hash, taken when it beats going on as before by more than eight
 * bytes, and then extended both ways as long as more bytes agree than not.
 */
final class PairAligner {
  private static final int SEED = 8;
  private static final int HASH_BITS = 20;
  private static final int CANDIDATES = 32;

  private final byte[] before;
  private final byte[] after;
  private final int[] heads = new int[1 << HASH_BITS];
  private final int[] nexts;
  private int matchedAt;

  private PairAligner(byte[] before, byte[] after) {
    this.before = before;
    this.after = after;
    this.nexts = new int[before.length];
    Arrays.fill(heads, -1);
    for (int i = before.length - SEED; i >= 0; i--) {
      int h = hash(before, i);
      nexts[i] = heads[h];
      heads[h] = i;
    }
  }

  static List<Alignment> align(byte[] before, byte[] after) {
    return new PairAligner(before, after).align();
  }

  private static int hash(byte[] bytes, int at) {
    long value = 0;
    for (int k = 0; k < SEED; k++) {
      value = value << 8 | bytes[at + k] & 0xff;
    }
    return (int) (value * 0x9E37_79B9_7F4A_7C15L >>> 64 - HASH_BITS);
  }

  private int longest(int at, int diagonal) {
    int best = 0;
    if (at + diagonal >= 0 && at + diagonal < before.length) {
      best = matching(at + diagonal, at);
      matchedAt = at + diagonal;
    }
    if (at + SEED > after.length || best > 4096) {
      return best;
    }
    int candidate = heads[hash(after, at)];
    for (int n = 0; n < CANDIDATES && candidate >= 0; n++, candidate = nexts[candidate]) {
      int length = matching(candidate, at);
      if (length > best) {
        best = length;
        matchedAt = candidate;
      }
    }
    return best;
  }

  private int matching(int old, int now) {
    int mismatch = Arrays.mismatch(before, old, before.length, after, now, after.length);
    return mismatch < 0 ? after.length - now : mismatch;
  }

  private boolean same(int now, int diagonal) {
    int old = now + diagonal;
    return old >= 0 && old < before.length && before[old] == after[now];
  }

  private List<Alignment> align() {
    var found = new ArrayList<Alignment>();
    int scan = 0;
    int length = 0;
    int lastScan = 0;
    int lastOld = 0;
    int diagonal = 0;
    while (scan < after.length) {
      int score = 0;
      scan += length;
      int counted = scan;
      for (; scan < after.length; scan++) {
        length = longest(scan, diagonal);
        for (; counted < scan + length; counted++) {
          score += same(counted, diagonal) ? 1 : 0;
        }
        if (length == score && length != 0 || length > score + 8) {
          break;
        }
        score -= same(scan, diagonal) ? 1 : 0;
      }
      if (length == score && scan < after.length) {
        continue;
      }
      int forward = forward(lastScan, lastOld, scan);
      int backward = scan < after.length ? backward(scan, matchedAt, lastScan) : 0;
      int overlap = lastScan + forward - (scan - backward);
      if (overlap > 0) {
        int keep = split(lastScan + forward - overlap, diagonal, matchedAt - scan, overlap);
        forward += keep - overlap;
        backward -= keep;
      }
      if (forward > 0) {
        found.add(new Alignment(lastScan, lastOld, forward));
      }
      lastScan = scan - backward;
      lastOld = matchedAt - backward;
      diagonal = matchedAt - scan;
    }
    return found;
  }

  private int forward(int now, int old, int end) {
    int score = 0;
    int best = 0;
    int length = 0;
    for (int i = 0; now + i < end && old + i < before.length; ) {
      score += before[old + i] == after[now + i] ? 1 : -1;
      i++;
      if (score > best) {
        best = score;
        length = i;
      }
    }
    return length;
  }

  private int backward(int now, int old, int start) {
    int score = 0;
    int best = 0;
    int length = 0;
    for (int i = 1; now - i >= start && old - i >= 0; i++) {
      score += before[old - i] == after[now - i] ? 1 : -1;
      if (score > best) {
        best = score;
        length = i;
      }
    }
    return length;
  }

  /** How many of the overlapping bytes the first diagonal should keep. */
  private int split(int start, int first, int second, int overlap) {
    int score = 0;
    int best = 0;
    int keep = 0;
    for (int i = 0; i < overlap; i++) {
      score += same(start + i, first) ? 1 : 0;
      score -= same(start + i, second) ? 1 : 0;
      if (score > best) {
        best = score;
        keep = i + 1;
      }
    }
    return keep;
  }
}
