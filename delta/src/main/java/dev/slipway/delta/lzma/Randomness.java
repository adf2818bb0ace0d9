// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.lzma;

/** Tells bytes that no encoder will make smaller, such as those of something compressed. */
final class Randomness {
  private static final int LEAST = 1 << 12;
  private static final int VALUES = 1 << Byte.SIZE;

  /** The sum of squares may be so much above that of evenly spread bytes, as a share of it. */
  private static final int TOLERANCE = 64;

  private Randomness() {}

  /**
   * Whether all byte values are about equally frequent.
   *
   * <p>Of n random bytes the squares of the 256 counts add up to about n²/256 + n. Deflated text is
   * a little above that, machine code many times.
   */
  static boolean looksRandom(byte[] bytes, int offset, int length) {
    if (length < LEAST) {
      return false;
    }
    int[] counts = new int[VALUES];
    for (int i = offset; i < offset + length; i++) {
      counts[bytes[i] & 0xff]++;
    }
    long squares = 0;
    for (int count : counts) {
      squares += (long) count * count;
    }
    long even = (long) length * length / VALUES + length;
    return squares <= even + even / TOLERANCE;
  }
}
