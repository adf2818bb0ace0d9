// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A copy of somebody else's bytes in which a few named little-endian fields are replaced. */
final class PatchedBytes {
  private final ByteBuffer buffer;

  PatchedBytes(byte[] original) {
    buffer = ByteBuffer.wrap(original.clone()).order(ByteOrder.LITTLE_ENDIAN);
  }

  PatchedBytes u8(int offset, int value, String name) {
    fits(value, 8, name);
    buffer.put(offset, (byte) value);
    return this;
  }

  PatchedBytes u16(int offset, int value, String name) {
    fits(value, 16, name);
    buffer.putShort(offset, (short) value);
    return this;
  }

  PatchedBytes u32(int offset, long value, String name) {
    fits(value, 32, name);
    buffer.putInt(offset, (int) value);
    return this;
  }

  PatchedBytes u64(int offset, long value, String name) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " is negative: " + value);
    }
    buffer.putLong(offset, value);
    return this;
  }

  byte[] done() {
    return buffer.array();
  }

  private static void fits(long value, int bits, String name) {
    if (value < 0 || value >= 1L << bits) {
      throw new IllegalArgumentException(name + " does not fit " + bits + " bits: " + value);
    }
  }
}
