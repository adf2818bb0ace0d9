// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import dev.slipway.io.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads what {@link VarintWriter} wrote. */
final class VarintReader {
  static final int PATH_BYTES_MAX = 1 << 16;

  private final byte[] bytes;
  private final String source;
  private int position;

  VarintReader(byte[] bytes, String source) {
    this.bytes = bytes;
    this.source = source;
  }

  FormatException error(String message) {
    return new FormatException(source + ": before byte " + position + ": " + message);
  }

  void expect(byte[] expected, String field) throws FormatException {
    if (bytes.length < expected.length
        || !Arrays.equals(bytes, 0, expected.length, expected, 0, expected.length)) {
      throw error(field + ": expected \"" + new String(expected, StandardCharsets.UTF_8) + "\"");
    }
    position = expected.length;
  }

  void expectEnd() throws FormatException {
    if (position != bytes.length) {
      throw error((bytes.length - position) + " bytes too many");
    }
  }

  private long any(String field) throws FormatException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (position == bytes.length) {
        throw error(field + ": the data ends");
      }
      byte b = bytes[position++];
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw error(field + ": a number of more than 64 bits");
  }

  long number(String field) throws FormatException {
    long value = any(field);
    if (value < 0) {
      throw error(field + ": " + Long.toUnsignedString(value) + " is too large");
    }
    return value;
  }

  long signed(String field) throws FormatException {
    long value = any(field);
    return value >>> 1 ^ -(value & 1);
  }

  int count(String field) throws FormatException {
    long value = any(field);
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw error(field + ": " + Long.toUnsignedString(value) + " is too large");
    }
    return (int) value;
  }

  int index(String field, int size) throws FormatException {
    int index = count(field);
    if (index >= size) {
      throw error(field + ": number " + index + " of " + size);
    }
    return index;
  }

  byte[] raw(int length, String field) throws FormatException {
    require(length, field);
    byte[] raw = Arrays.copyOfRange(bytes, position, position + length);
    position += length;
    return raw;
  }

  void raw(byte[] target, int offset, int length) throws FormatException {
    require(length, "path");
    System.arraycopy(bytes, position, target, offset, length);
    position += length;
  }

  private void require(int length, String field) throws FormatException {
    if (length > bytes.length - position) {
      throw error(field + ": " + length + " bytes, the data has " + (bytes.length - position));
    }
  }

  String text(String field) throws FormatException {
    int length = count(field);
    require(length, field);
    String text = utf8(bytes, position, length, field);
    position += length;
    return text;
  }

  String utf8(byte[] raw, int offset, int length, String field) throws FormatException {
    String text = new String(raw, offset, length, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') >= 0) { // what stands for bytes that are none
      throw error(field + ": not valid UTF-8");
    }
    return text;
  }
}
