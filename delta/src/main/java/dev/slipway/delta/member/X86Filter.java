// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

/**
 * The .xz format's filter for x86 code: the targets of calls and jumps from relative to absolute.
 *
 * <p>A byte E8 or E9 whose four bytes behind end in 00 or FF is taken for one, unless what was seen
 * just before makes it unlikely.
 */
final class X86Filter {
  private static final int CODE_BYTES = 5;
  private static final boolean[] ALLOWED = {true, true, true, false, true, false, false, false};
  private static final int[] BIT_NUMBER = {0, 1, 2, 2, 3, 3, 3, 3};

  private int position;
  private int previousMask;
  private int previousPosition = -CODE_BYTES;

  /** Filters bytes in place; returns how many are done, the rest is to be given again. */
  int filter(byte[] bytes, int offset, int length) {
    if (length < CODE_BYTES) {
      return 0;
    }
    if (Integer.compareUnsigned(position - previousPosition, CODE_BYTES) > 0) {
      previousPosition = position - CODE_BYTES;
    }
    int at = 0;
    int last = length - CODE_BYTES;
    while (at <= last) {
      if ((bytes[offset + at] & 0xfe) != 0xe8) {
        at++;
        continue;
      }
      int distance = position + at - previousPosition;
      previousPosition = position + at;
      if (Integer.compareUnsigned(distance, CODE_BYTES) > 0) {
        previousMask = 0;
      } else {
        for (int i = 0; i < distance; i++) {
          previousMask = (previousMask & 0x77) << 1;
        }
      }
      int top = bytes[offset + at + 4];
      if (isSign(top) && ALLOWED[previousMask >>> 1 & 7] && previousMask >>> 1 < 0x10) {
        convert(bytes, offset + at, position + at + CODE_BYTES);
        at += CODE_BYTES;
        previousMask = 0;
      } else {
        at++;
        previousMask |= isSign(top) ? 0x11 : 1;
      }
    }
    position += at;
    return at;
  }

  private static boolean isSign(int top) {
    return (byte) top == 0 || (byte) top == -1;
  }

  private void convert(byte[] bytes, int code, int next) {
    int source = 0;
    for (int i = 4; i > 0; i--) {
      source = source << 8 | bytes[code + i] & 0xff;
    }
    int target = source + next;
    while (previousMask != 0) {
      int shift = BIT_NUMBER[previousMask >>> 1] * 8;
      if (!isSign(target >>> 24 - shift)) {
        break;
      }
      source = target ^ (1 << 32 - shift) - 1;
      target = source + next;
    }
    bytes[code + 1] = (byte) target;
    bytes[code + 2] = (byte) (target >>> 8);
    bytes[code + 3] = (byte) (target >>> 16);
    bytes[code + 4] = (byte) -(target >>> 24 & 1);
  }
}
