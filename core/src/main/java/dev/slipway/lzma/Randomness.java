// SPDX-License-Identifier: Apache-2.0
package dev.slipway.lzma;

/** Tells bytes that no encoder will make smaller, such as those of something compressed. */
final class Randomness {
  private static final int LEAST = 1 << 12;
  private static final int VALUES = 1 << Byte.SIZE;

  /**
   * The sum of squares may be a twelfth above that of evenly spread bytes: coding each byte by its
   * frequency could then save some 0.06 of 8 bits.
   */
  private static final int TOLERANCE = 12;

  private Randomness() {}

  /**
   * Whether all byte values are about equally frequent.
   *
   * <p>Of n random bytes the squares of the 256 counts add up to about n²/256 + n. Deflated text is
   * a few per cent above that, machine code many times.
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
