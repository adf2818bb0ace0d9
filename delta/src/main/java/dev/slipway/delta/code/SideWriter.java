// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.util.Arrays;

/** Numbers seven bits to a byte, lowest first, the top bit set on all but the last. */
final class SideWriter {
  private byte[] bytes = new byte[256];
  private int size;

  SideWriter number(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    put((byte) rest);
    return this;
  }

  /** Small numbers of either sign take few bytes: 0, -1, 1, -2 are written as 0, 1, 2, 3. */
  SideWriter signed(long value) {
    return number(value << 1 ^ value >> 63);
  }

  SideWriter raw(byte[] values) {
    for (byte value : values) {
      put(value);
    }
    return this;
  }

  private void put(byte value) {
    if (size == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * size);
    }
    bytes[size++] = value;
  }

  int size() {
    return size;
  }

  byte[] bytes() {
    return Arrays.copyOf(bytes, size);
  }
}
