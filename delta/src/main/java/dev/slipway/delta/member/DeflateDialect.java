// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

/**
 * Which program deflated, and at which level: everything its choices hang on.
 *
 * <p>GNU gzip and zlib have one ancestor and the same levels. They differ in what they do near the
 * end of the input, in when a block ends, and in the size of zlib's tables, which its caller
 * chooses ({@code memLevel}).
 *
 * @param family whose rules
 * @param level 1 (fast) to 9 (small)
 */
record DeflateDialect(Family family, int level) {

  /** Whose rules. */
  enum Family {
    /** GNU gzip 1.2.4 to 1.12. */
    GZIP(15, 1 << 15),

    /** zlib with memLevel 8, its default. */
    ZLIB(15, 1 << 14),

    /** zlib with memLevel 9: Git, libpng and others. */
    ZLIB_LARGE(16, 1 << 15);

    /** How many bits the hash of three bytes has. */
    final int hashBits;

    /** How many symbols a block's buffer holds; the block ends when one place is left. */
    final int symbolBuffer;

    Family(int hashBits, int symbolBuffer) {
      this.hashBits = hashBits;
      this.symbolBuffer = symbolBuffer;
    }
  }

  // By level: from which length on a match is good enough to search a quarter only, not to look
  // for a better one at the next byte, to end the search; how many places are looked at.
  private static final int[] GOOD = {0, 4, 4, 4, 4, 8, 8, 8, 32, 32};
  private static final int[] LAZY = {0, 4, 5, 6, 4, 16, 16, 32, 128, 258};
  private static final int[] NICE = {0, 8, 16, 32, 16, 32, 128, 128, 258, 258};
  private static final int[] CHAIN = {0, 4, 8, 32, 16, 32, 128, 256, 1024, 4096};

  private static final int[] NANOS = {0, 12, 13, 15, 20, 25, 35, 40, 60, 100};

  private static final int GREEDY_LEVELS = 3;
  private static final int FAMILY_SHIFT = 4;

  DeflateDialect {
    if (level < 1 || level > 9) {
      throw new IllegalArgumentException("deflate level: " + level + " is not 1 to 9");
    }
  }

  /** The dialect with a code, or {@code null} where there is none. */
  static DeflateDialect ofCode(int code) {
    int level = code & (1 << FAMILY_SHIFT) - 1;
    int family = code >>> FAMILY_SHIFT;
    boolean known = level >= 1 && level <= 9 && family < Family.values().length;
    return known ? new DeflateDialect(Family.values()[family], level) : null;
  }

  /** One byte that stands for the dialect in recipes. */
  int code() {
    return family.ordinal() << FAMILY_SHIFT | level;
  }

  boolean isGzip() {
    return family == Family.GZIP;
  }

  /** Whether a match is taken at once, without a look at the next byte. */
  boolean greedy() {
    return level <= GREEDY_LEVELS;
  }

  int goodLength() {
    return GOOD[level];
  }

  /** For greedy levels: up to which length the bytes within a match are entered in the tables. */
  int lazyLength() {
    return LAZY[level];
  }

  int niceLength() {
    return NICE[level];
  }

  int chainLength() {
    return CHAIN[level];
  }

  /** About how many nanoseconds of CPU time a plain byte takes. */
  int nanosPerByte() {
    return NANOS[level];
  }

  /** Whether every 4096 symbols a block is ended early if it is small for its input. */
  boolean endsBlocksEarly() {
    return isGzip() && level > 2;
  }
}
