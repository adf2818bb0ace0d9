// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

/**
 * The ways in which A64 instructions hold an address.
 *
 * @see <a href="https://developer.arm.com/documentation/ddi0487/latest">Arm Architecture Reference
 *     Manual, C4.1</a>
 */
enum ArmField {
  /** {@code b}, {@code bl}: 26 bits, in words. */
  BRANCH_26(0x03ff_ffff),
  /** {@code b.cond}, {@code cbz}, {@code cbnz}, {@code ldr} of a literal: 19 bits, in words. */
  BRANCH_19(0x7ffff << 5),
  /** {@code tbz}, {@code tbnz}: 14 bits, in words. */
  BRANCH_14(0x3fff << 5),
  /** {@code adr}: 21 bits, the lower two apart. */
  NEAR(0x7ffff << 5 | 3 << 29),
  /** {@code adrp}: as {@code adr}, in pages of 4 KiB. */
  PAGE(0x7ffff << 5 | 3 << 29),
  /** {@code add}, and loads and stores: the place within the page, scaled by their size. */
  IN_PAGE(0xfff << 10);

  private static final int PAGE_BITS = 12;

  private final int mask;

  ArmField(int mask) {
    this.mask = mask;
  }

  /** The instruction without its field. */
  int blank(int word) {
    return word & ~mask;
  }

  /** Whether the field alone, with the instruction's own address, gives the target. */
  boolean whole() {
    return this != PAGE && this != IN_PAGE;
  }

  /** The target of a {@linkplain #whole whole} field; of others the page, or the place in it. */
  long target(int word, long own) {
    return switch (this) {
      case BRANCH_26 -> own + 4L * (word << 6 >> 6);
      case BRANCH_19 -> own + 4L * (word << 8 >> 13);
      case BRANCH_14 -> own + 4L * (word << 13 >> 18);
      case NEAR -> own + near(word);
      case PAGE -> (own >> PAGE_BITS) + near(word) << PAGE_BITS;
      case IN_PAGE -> (long) (word >>> 10 & 0xfff) << scale(word);
    };
  }

  private static int near(int word) {
    return (word << 8 >> 13) << 2 | word >>> 29 & 3;
  }

  /** The instruction with another target; the same instruction where that cannot be. */
  int with(int word, long own, long target) {
    long distance = target - own;
    return switch (this) {
      case BRANCH_26 -> words(word, distance, 26, 0);
      case BRANCH_19 -> words(word, distance, 19, 5);
      case BRANCH_14 -> words(word, distance, 14, 5);
      case NEAR -> near(word, distance);
      case PAGE -> near(word, (target >> PAGE_BITS) - (own >> PAGE_BITS));
      case IN_PAGE -> {
        long inside = target & (1 << PAGE_BITS) - 1;
        int scale = scale(word);
        boolean fits = (inside & (1 << scale) - 1) == 0;
        yield fits ? blank(word) | (int) (inside >> scale) << 10 : word;
      }
    };
  }

  private int words(int word, long distance, int bits, int shift) {
    long value = distance >> 2;
    boolean fits = (distance & 3) == 0 && value == value << 64 - bits >> 64 - bits;
    return fits ? blank(word) | (int) value << shift & mask : word;
  }

  private int near(int word, long value) {
    boolean fits = value == value << 43 >> 43;
    int upper = (int) (value >> 2) << 5 & 0x7ffff << 5;
    return fits ? blank(word) | upper | ((int) value & 3) << 29 : word;
  }

  /** By how many bits the offset of a load or store is scaled; 0 for {@code add}. */
  private static int scale(int word) {
    if ((word & 0x3b00_0000) != 0x3900_0000) {
      return 0;
    }
    boolean quad =
        (word & 0x0480_0000) == 0x0480_0000 && word >>> 30 == 0; // a register of 128 bits
    return quad ? 4 : word >>> 30;
  }
}
