// SPDX-License-Identifier: Apache-2.0
package dev.slipway.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Bits as zstd's entropy decoders take them: written from front to back, read from the last one
 * bit, which is put behind them, to the front.
 *
 * <p>{@link #add} takes up to 63 bits, those before the last {@link #flush} that did not fill a
 * byte included.
 */
final class BackwardBits {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** What a flush may write behind the end. */
  static final int SLACK_BYTES = 8;

  private final byte[] out;
  private int position;
  private long pending;
  private int pendingBits;

  BackwardBits(byte[] out, int position) {
    this.out = out;
    this.position = position;
  }

  /** Adds the low bits of a value that has no others. */
  void add(long value, int bits) {
    pending |= value << pendingBits;
    pendingBits += bits;
  }

  void flush() {
    LONGS.set(out, position, pending);
    position += pendingBits >>> 3;
    pending >>>= pendingBits & ~7;
    pendingBits &= 7;
  }

  /** Ends the bits, and returns the position behind their last byte. */
  int close() {
    add(1, 1);
    flush();
    return position + (pendingBits > 0 ? 1 : 0);
  }
}
