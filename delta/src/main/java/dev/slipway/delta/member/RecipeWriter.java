// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import java.io.ByteArrayOutputStream;

/** Writes a recipe's fields; {@link RecipeReader} reads them. */
final class RecipeWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  RecipeWriter u8(int value) {
    out.write(value);
    return this;
  }

  RecipeWriter number(long value) {
    long left = value;
    while (left > 0x7f) {
      out.write((int) left | 0x80);
      left >>>= 7;
    }
    out.write((int) left);
    return this;
  }

  RecipeWriter bytes(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  RecipeWriter part(RecipeWriter part) {
    number(part.size());
    return bytes(part.toByteArray());
  }

  int size() {
    return out.size();
  }

  byte[] toByteArray() {
    return out.toByteArray();
  }
}
