// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.FormatException;
import java.io.IOException;
import java.io.InputStream;

/** Bytes to bits, the lowest bit first. */
final class BitSource {
  private final InputStream in;
  private final String source;
  private final byte[] buffer = new byte[1 << 13];
  private int start;
  private int limit;
  private long pending;
  private int pendingBits;
  private long taken;

  BitSource(InputStream in, String source) {
    this.in = in;
    this.source = source;
  }

  /** How many bits were taken so far. */
  long position() {
    return taken;
  }

  /** The next bits without taking them: at most 32, with zeros behind the end of the stream. */
  int peek(int count) throws IOException {
    while (pendingBits < count && fill()) {
      pending |= (buffer[start++] & 0xffL) << pendingBits;
      pendingBits += Byte.SIZE;
    }
    return (int) (pending & (1L << count) - 1);
  }

  /** Takes bits that were peeked at. */
  void skip(int count) throws IOException {
    if (count > pendingBits) {
      throw new FormatException(
          source + ": the deflated data ends early, at bit " + (taken + pendingBits));
    }
    pending >>>= count;
    pendingBits -= count;
    taken += count;
  }

  int take(int count) throws IOException {
    int value = peek(count);
    skip(count);
    return value;
  }

  /** Goes to the next whole byte. */
  void align() throws IOException {
    skip((int) (-taken & 7));
  }

  private boolean fill() throws IOException {
    if (start < limit) {
      return true;
    }
    start = 0;
    limit = Math.max(0, in.read(buffer));
    return limit > 0;
  }

  FormatException failure(String what) {
    return new FormatException(source + ": deflated data, bit " + taken + ": " + what);
  }
}
