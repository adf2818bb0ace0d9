// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.coding;

import dev.slipway.io.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Numbers of seven bits to a byte, lowest first, the top bit set on all but the last. Signed ones
 * are folded so that small ones of either sign take few bytes: 0, -1, 1, -2 are written as 0, 1, 2,
 * 3.
 */
public final class Numbers {
  private Numbers() {}

  /** Writes a number that is not negative. */
  public static void write(OutputStream out, long value) throws IOException {
    if (value < 0) {
      throw new IllegalArgumentException("negative: " + value);
    }
    put(out, value);
  }

  /** Writes a number of either sign. */
  public static void writeSigned(OutputStream out, long value) throws IOException {
    put(out, value << 1 ^ value >> 63);
  }

  private static void put(OutputStream out, long value) throws IOException {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest | 0x80) & 0xff);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  /**
   * Reads a number that is not negative and not above a limit.
   *
   * @param field what it is, for error messages
   */
  public static long read(InputStream in, long most, String field) throws IOException {
    long value = any(in, field);
    if (value < 0 || value > most) {
      throw new FormatException(
          field + ": found " + Long.toUnsignedString(value) + ", expected at most " + most);
    }
    return value;
  }

  /** Reads a number of either sign. */
  public static long readSigned(InputStream in, String field) throws IOException {
    long value = any(in, field);
    return value >>> 1 ^ -(value & 1);
  }

  private static long any(InputStream in, String field) throws IOException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int b = in.read();
      if (b < 0) {
        throw new FormatException(field + ": the delta ends early");
      }
      value |= (b & 0x7fL) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    throw new FormatException(field + ": a number of more than 64 bits");
  }
}
