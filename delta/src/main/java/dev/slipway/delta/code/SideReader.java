// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import dev.slipway.io.FormatException;

/** Reads what {@link SideWriter} wrote, from bytes that anybody may have made. */
final class SideReader {
  private final String source;
  private final byte[] bytes;
  private int position;

  SideReader(String source, byte[] bytes) {
    this.source = source;
    this.bytes = bytes;
  }

  FormatException error(String field, String message) {
    return new FormatException(source + ": byte " + position + ": " + field + ": " + message);
  }

  /** Any 64 bits; numbers from 2^63 on come out negative. */
  long number(String field) throws FormatException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (position == bytes.length) {
        throw error(field, "the data ends");
      }
      byte b = bytes[position++];
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw error(field, "a number of more than 64 bits");
  }

  long signed(String field) throws FormatException {
    long value = number(field);
    return value >>> 1 ^ -(value & 1);
  }

  /** A number from 0 to {@code most}. */
  int count(String field, int most) throws FormatException {
    long value = number(field);
    if (value < 0 || value > most) {
      throw error(field, Long.toUnsignedString(value) + ", at most " + most + " expected");
    }
    return (int) value;
  }

  /**
   * How many items follow, each of at least some bytes, so that no more room is made than the data
   * can fill.
   */
  int items(String field, int bytesEach) throws FormatException {
    return count(field, (bytes.length - position) / bytesEach);
  }

  void raw(byte[] target, String field) throws FormatException {
    if (target.length > bytes.length - position) {
      throw error(field, target.length + " bytes, " + (bytes.length - position) + " are left");
    }
    System.arraycopy(bytes, position, target, 0, target.length);
    position += target.length;
  }

  void end() throws FormatException {
    if (position != bytes.length) {
      throw error("end", (bytes.length - position) + " bytes too many");
    }
  }
}
