// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The last plain bytes, and where each three of them were seen before.
 *
 * <p>Idea: as in the programs whose choices are repeated. The window holds 64 KiB; when its end
 * comes near, the upper half moves down. A hash of three bytes leads to the most recent place with
 * that hash ("head"), "previous" from each place to the one before. Place 0 means none, so the very
 * first byte of the input is never found again.
 *
 * <p>Memory: 64 KiB for bytes, 64 for "previous", 64 or 128 for "head".
 */
final class DeflateWindow {
  static final int BYTES = 2 * DeflateFormat.WINDOW_BYTES;

  /** With fewer bytes ahead, more input is wanted before the next match is looked for. */
  static final int LOOKAHEAD = DeflateFormat.MATCH_MAX + DeflateFormat.MATCH_MIN + 1;

  static final int DISTANCE_MAX = DeflateFormat.WINDOW_BYTES - LOOKAHEAD;

  /** From here on the window must move before a match is looked for. */
  static final int HIGH = BYTES - LOOKAHEAD;

  private static final int MASK = DeflateFormat.WINDOW_BYTES - 1;

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** With room to compare eight bytes at a time at the end. */
  final byte[] bytes = new byte[BYTES + Long.BYTES];

  private final char[] head;
  private final char[] previous = new char[DeflateFormat.WINDOW_BYTES];
  private final int hashShift;
  private final int hashMask;
  private final int goodLength;
  private final int chainLength;

  /** The start of the match that {@link #longestMatch} found last. */
  int matchStart;

  DeflateWindow(DeflateDialect dialect) {
    int hashBits = dialect.family().hashBits;
    head = new char[1 << hashBits];
    hashShift = (hashBits + DeflateFormat.MATCH_MIN - 1) / DeflateFormat.MATCH_MIN;
    hashMask = (1 << hashBits) - 1;
    goodLength = dialect.goodLength();
    chainLength = dialect.chainLength();
  }

  /** Enters the three bytes at a place; returns where their like was seen last, or 0. */
  int insert(int at) {
    byte[] window = bytes;
    int shift = hashShift;
    int hash =
        ((((window[at] & 0xff) << shift ^ (window[at + 1] & 0xff)) << shift)
                ^ (window[at + 2] & 0xff))
            & hashMask;
    char found = head[hash];
    previous[at & MASK] = found;
    head[hash] = (char) at;
    return found;
  }

  /** Enters all places from one to another. */
  void insertAll(int first, int last) {
    byte[] window = bytes;
    char[] heads = head;
    char[] chain = previous;
    int shift = hashShift;
    int mask = hashMask;
    // Three shifts move a byte out of the mask, so the hash can go on from place to place.
    int hash = (window[first] & 0xff) << shift ^ (window[first + 1] & 0xff);
    for (int place = first; place <= last; place++) {
      hash = (hash << shift ^ (window[place + 2] & 0xff)) & mask;
      chain[place & MASK] = heads[hash];
      heads[hash] = (char) place;
    }
  }

  /** Moves the upper half down. What lay there stays, and GNU gzip's searches may look at it. */
  void slide() {
    System.arraycopy(bytes, DeflateFormat.WINDOW_BYTES, bytes, 0, DeflateFormat.WINDOW_BYTES);
    slide(head);
    slide(previous);
  }

  private static void slide(char[] places) {
    for (int i = 0; i < places.length; i++) {
      places[i] = (char) Math.max(places[i] - DeflateFormat.WINDOW_BYTES, 0);
    }
  }

  /**
   * Looks for the longest match at a place, the nearest of those.
   *
   * @param candidate where to look first
   * @param atLeast a match must be longer than this; the length of the match held back, or 2
   * @param nice a match of this length ends the search
   * @return its length, which may reach beyond the end of the input; {@code atLeast} if there is
   *     none
   */
  int longestMatch(int at, int candidate, int atLeast, int nice) {
    byte[] window = bytes;
    char[] chain = previous;
    int left = atLeast >= goodLength ? chainLength >> 2 : chainLength;
    int limit = Math.max(at - DISTANCE_MAX, 0);
    int best = atLeast;
    short start = (short) SHORT.get(window, at);
    short end = (short) SHORT.get(window, at + best - 1);
    int place = candidate;
    do {
      if ((short) SHORT.get(window, place + best - 1) == end
          && (short) SHORT.get(window, place) == start) {
        int length = matchLength(window, place, at);
        if (length > best) {
          matchStart = place;
          best = length;
          if (length >= nice) {
            break;
          }
          end = (short) SHORT.get(window, at + best - 1);
        }
      }
      place = chain[place & MASK];
    } while (place > limit && --left != 0);
    return best;
  }

  private static int matchLength(byte[] window, int place, int at) {
    int length = 2; // the third byte is equal too, for the hash is
    while (length < DeflateFormat.MATCH_MAX) {
      long difference =
          (long) LONG.get(window, place + length) ^ (long) LONG.get(window, at + length);
      if (difference != 0) {
        return length + (Long.numberOfTrailingZeros(difference) >>> 3);
      }
      length += Long.BYTES;
    }
    return DeflateFormat.MATCH_MAX;
  }
}
