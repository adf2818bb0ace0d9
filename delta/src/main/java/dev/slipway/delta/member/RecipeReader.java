// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.FormatException;
import java.util.Arrays;

/** Reads a recipe's fields. */
final class RecipeReader {
  private final byte[] bytes;
  private final int limit;
  private int at;

  RecipeReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  private RecipeReader(byte[] bytes, int at, int limit) {
    this.bytes = bytes;
    this.at = at;
    this.limit = limit;
  }

  boolean atEnd() {
    return at == limit;
  }

  int u8(String field) throws FormatException {
    if (at == limit) {
      throw new FormatException("recipe: it ends at byte " + at + ", before the field " + field);
    }
    return bytes[at++] & 0xff;
  }

  /** A number of any size, seven bits a byte, the lowest first. */
  long number(String field) throws FormatException {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int piece = u8(field);
      value |= (long) (piece & 0x7f) << shift;
      if (piece < 0x80) {
        return value;
      }
    }
    throw new FormatException("recipe: byte " + at + ": " + field + " has more than 63 bits");
  }

  int number(String field, int most) throws FormatException {
    long value = number(field);
    if (value > most) {
      throw new FormatException(
          "recipe: byte " + at + ": " + field + ": found " + value + ", at most " + most + " fit");
    }
    return (int) value;
  }

  byte[] bytes(int count, String field) throws FormatException {
    require(count, field);
    at += count;
    return Arrays.copyOfRange(bytes, at - count, at);
  }

  /** The next bytes, preceded by their number, to be read on their own. */
  RecipeReader part(String field) throws FormatException {
    int count = number(field, Integer.MAX_VALUE);
    require(count, field);
    at += count;
    return new RecipeReader(bytes, at - count, at);
  }

  private void require(int count, String field) throws FormatException {
    if (count > limit - at) {
      throw new FormatException(
          "recipe: byte "
              + at
              + ": "
              + field
              + ": found "
              + (limit - at)
              + " bytes, expected "
              + count);
    }
  }

  void requireEnd() throws FormatException {
    if (at != limit) {
      throw new FormatException(
          "recipe: byte " + at + ": found " + (limit - at) + " more bytes, expected the end");
    }
  }
}
