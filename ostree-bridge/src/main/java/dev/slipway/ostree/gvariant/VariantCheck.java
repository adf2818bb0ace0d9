// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree.gvariant;

import dev.slipway.io.FormatException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Holds bytes against the normal form of a type, once, before anything believes them.
 *
 * <p>GLib reads whatever it is given and puts default values where offsets lead nowhere; then two
 * readers may see two things in one object. Here bytes are either exactly what the writer would
 * have written for some value, or refused. Nothing is allocated but for the text of types, and the
 * recursion is as deep as types nest, variants in variants included.
 */
final class VariantCheck {
  /** Variants may hold variants; GLib stops at 128. */
  private static final int LIMIT_DEPTH = 64;

  private final byte[] bytes;
  private final String source;

  VariantCheck(byte[] bytes, String source) {
    this.bytes = bytes;
    this.source = source;
  }

  void check(VariantType type, int offset, int length, int depth) throws FormatException {
    if (depth > LIMIT_DEPTH) {
      throw error(offset, type, "values are nested more than " + LIMIT_DEPTH + " deep");
    }
    if (type.isFixed() && length != type.fixedBytes()) {
      throw error(offset, type, "found " + length + " bytes, expected " + type.fixedBytes());
    }
    switch (type.kind()) {
      case 'b' -> checkBoolean(type, offset);
      case 's', 'o', 'g' -> checkText(type, offset, length);
      case 'v' -> checkBoxed(type, offset, length, depth);
      case 'a' -> checkArray(type, offset, length, depth);
      case 'm' -> checkMaybe(type, offset, length, depth);
      case '(', '{' -> checkTuple(type, offset, length, depth);
      default -> {
        // a number may be any bytes
      }
    }
  }

  private void checkBoolean(VariantType type, int offset) throws FormatException {
    if (bytes[offset] != 0 && bytes[offset] != 1) {
      throw error(offset, type, "found " + (bytes[offset] & 0xff) + ", expected 0 or 1");
    }
  }

  private void checkText(VariantType type, int offset, int length) throws FormatException {
    if (length == 0 || bytes[offset + length - 1] != 0) {
      throw error(offset, type, "a text that does not end in a zero byte");
    }
    for (int i = 0; i < length - 1; i++) {
      if (bytes[offset + i] == 0) {
        throw error(offset + i, type, "a zero byte within a text");
      }
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length - 1));
    } catch (CharacterCodingException e) {
      throw error(offset, type, "a text that is not valid UTF-8");
    }
  }

  private void checkBoxed(VariantType type, int offset, int length, int depth)
      throws FormatException {
    int zero = VariantFrame.lastZero(bytes, offset, length);
    if (zero < 0) {
      throw error(offset, type, "no zero byte before the type of what it holds");
    }
    String text =
        new String(bytes, zero + 1, offset + length - zero - 1, StandardCharsets.ISO_8859_1);
    Optional<VariantType> inner = VariantType.parse(text);
    if (inner.isEmpty()) {
      throw error(zero + 1, type, "\"" + printable(text) + "\" is no type, or nested too deeply");
    }
    check(inner.get(), offset, zero - offset, depth + 1);
  }

  private void checkMaybe(VariantType type, int offset, int length, int depth)
      throws FormatException {
    if (length == 0) {
      return;
    }
    boolean fixed = type.element().isFixed();
    if (!fixed && bytes[offset + length - 1] != 0) {
      throw error(offset, type, "a value of variable size without a zero byte behind it");
    }
    check(type.element(), offset, fixed ? length : length - 1, depth + 1);
  }

  private void checkArray(VariantType type, int offset, int length, int depth)
      throws FormatException {
    VariantType element = type.element();
    if (element.isFixed()) {
      if (length % element.fixedBytes() != 0) {
        throw error(
            offset,
            type,
            length + " bytes are not a whole number of elements of " + element.fixedBytes());
      }
      if (element.isContainer() || element.kind() == 'b') {
        for (int at = 0; at < length; at += element.fixedBytes()) {
          check(element, offset + at, element.fixedBytes(), depth + 1);
        }
      }
      return;
    }
    if (length == 0) {
      return;
    }
    int width = VariantFrame.offsetWidth(length);
    int body = length < width ? -1 : VariantFrame.readOffset(bytes, offset + length - width, width);
    if (body < 0 || body > length - width || (length - body) % width != 0) {
      throw error(offset, type, "its offsets do not start within its " + length + " bytes");
    }
    int count = (length - body) / width;
    requireNarrow(type, offset, body, count, width);
    int position = 0;
    for (int i = 0; i < count; i++) {
      int end = VariantFrame.readOffset(bytes, offset + body + i * width, width);
      position = checkChild(type, element, offset, position, end, body, depth);
    }
  }

  private void checkTuple(VariantType type, int offset, int length, int depth)
      throws FormatException {
    int width = VariantFrame.offsetWidth(length);
    int last = type.members().size() - 1;
    int count = 0;
    if (!type.isFixed()) {
      for (int i = 0; i < last; i++) {
        count += type.members().get(i).isFixed() ? 0 : 1;
      }
    }
    int body = length - count * width;
    if (body < 0) {
      throw error(offset, type, length + " bytes have no room for " + count + " offsets");
    }
    if (count > 0) {
      requireNarrow(type, offset, body, count, width);
    }
    int position = 0;
    int nextOffset = length;
    for (int i = 0; i <= last; i++) {
      VariantType member = type.members().get(i);
      int end;
      if (member.isFixed()) {
        end = VariantType.aligned(position, member.alignment()) + member.fixedBytes();
      } else if (i == last) {
        end = body;
      } else {
        nextOffset -= width;
        end = VariantFrame.readOffset(bytes, offset + nextOffset, width);
      }
      position = checkChild(type, member, offset, position, end, body, depth);
    }
    if (!type.isFixed() && position != body) {
      throw error(offset + position, type, "bytes between the last member and the offsets");
    }
    requireZeros(type, offset, position, body);
  }

  /** Checks what lies from the end of the one before to an end, and gives that end. */
  private int checkChild(
      VariantType type, VariantType child, int offset, int before, int end, int body, int depth)
      throws FormatException {
    int start = VariantType.aligned(before, child.alignment());
    if (end < start || end > body) {
      throw error(
          offset + before,
          type,
          "a part of it ends at byte " + end + " of it, expected " + start + " to " + body);
    }
    requireZeros(type, offset, before, start);
    check(child, offset + start, end - start, depth + 1);
    return end;
  }

  private void requireNarrow(VariantType type, int offset, int body, int count, int width)
      throws FormatException {
    int expected = VariantFrame.offsetWidth(body, count);
    if (width != expected) {
      throw error(
          offset, type, "offsets of " + width + " bytes, where " + expected + " are enough");
    }
  }

  private void requireZeros(VariantType type, int offset, int from, int to) throws FormatException {
    for (int at = from; at < to; at++) {
      if (bytes[offset + at] != 0) {
        throw error(offset + at, type, "padding that is not zero");
      }
    }
  }

  private FormatException error(int at, VariantType type, String message) {
    return new FormatException(source + ": byte " + at + ": " + type + ": " + message);
  }

  private static String printable(String text) {
    String plain = text.replaceAll("[^ -~]", "?");
    return plain.length() > 40 ? plain.substring(0, 40) + "..." : plain;
  }
}
