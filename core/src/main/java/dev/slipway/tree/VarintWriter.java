// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import java.util.Arrays;

/** Numbers seven bits to a byte, lowest first, the top bit set on all but the last; and texts. */
final class VarintWriter {
  private byte[] bytes = new byte[1 << 12];
  private int size;

  void number(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("negative: " + value);
    }
    put(value);
  }

  /** Small numbers of either sign take few bytes: 0, -1, 1, -2 are written as 0, 1, 2, 3. */
  void signed(long value) {
    put(value << 1 ^ value >> 63);
  }

  private void put(long value) {
    room(10);
    long rest = value;
    while ((rest & ~0x7f) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  void text(String text) {
    byte[] raw = TarHeaderWriter.utf8(text);
    number(raw.length);
    raw(raw);
  }

  void raw(byte[] raw) {
    raw(raw, 0, raw.length);
  }

  void raw(byte[] raw, int offset, int length) {
    room(length);
    System.arraycopy(raw, offset, bytes, size, length);
    size += length;
  }

  private void room(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
    }
  }

  byte[] bytes() {
    return Arrays.copyOf(bytes, size);
  }
}
