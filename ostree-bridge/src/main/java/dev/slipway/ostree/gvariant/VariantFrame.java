// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree.gvariant;

import java.nio.charset.StandardCharsets;

/**
 * Where the children of a container lie within its bytes. Asks nothing about the bytes: {@link
 * VariantCheck} did.
 */
final class VariantFrame {
  private VariantFrame() {}

  /**
   * The width of the offsets in a container of so many bytes: they must be able to point at its
   * end.
   */
  static int offsetWidth(long containerBytes) {
    return containerBytes <= 0xff
        ? 1
        : containerBytes <= 0xffff ? 2 : containerBytes <= 0xffff_ffffL ? 4 : 8;
  }

  /** The width of a number of offsets behind a body. */
  static int offsetWidth(long bodyBytes, long count) {
    for (int width = 1; width < 8; width *= 2) {
      if (offsetWidth(bodyBytes + count * width) <= width) {
        return width;
      }
    }
    return 8;
  }

  /** An offset; one that no array could hold is given as a number beyond all ends. */
  static int readOffset(byte[] bytes, int at, int width) {
    long value = 0;
    for (int i = 0; i < width; i++) {
      value |= (bytes[at + i] & 0xffL) << (8 * i);
    }
    return value < 0 || value > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) value;
  }

  static int arraySize(VariantType type, byte[] bytes, int offset, int length) {
    VariantType element = type.element();
    if (element.isFixed()) {
      return length / element.fixedBytes();
    }
    if (length == 0) {
      return 0;
    }
    int width = offsetWidth(length);
    return (length - readOffset(bytes, offset + length - width, width)) / width;
  }

  static Variant child(VariantType type, byte[] bytes, int offset, int length, int index) {
    return switch (type.kind()) {
      case 'a' -> element(type.element(), bytes, offset, length, index);
      case 'm' ->
          new Variant(
              type.element(), bytes, offset, type.element().isFixed() ? length : length - 1);
      case 'v' -> boxed(bytes, offset, length);
      default -> member(type, bytes, offset, length, index);
    };
  }

  private static Variant element(
      VariantType element, byte[] bytes, int offset, int length, int index) {
    if (element.isFixed()) {
      int size = element.fixedBytes();
      return new Variant(element, bytes, offset + index * size, size);
    }
    int width = offsetWidth(length);
    int ends = offset + readOffset(bytes, offset + length - width, width);
    int before = index == 0 ? 0 : readOffset(bytes, ends + (index - 1) * width, width);
    int start = VariantType.aligned(before, element.alignment());
    int end = readOffset(bytes, ends + index * width, width);
    return new Variant(element, bytes, offset + start, end - start);
  }

  private static Variant member(VariantType type, byte[] bytes, int offset, int length, int index) {
    int width = offsetWidth(length);
    int nextOffset = offset + length;
    int position = 0;
    for (int i = 0; ; i++) {
      VariantType member = type.members().get(i);
      int start = VariantType.aligned(position, member.alignment());
      int end;
      if (member.isFixed()) {
        end = start + member.fixedBytes();
      } else if (i == type.members().size() - 1) {
        end = nextOffset - offset;
      } else {
        nextOffset -= width;
        end = readOffset(bytes, nextOffset, width);
      }
      if (i == index) {
        return new Variant(member, bytes, offset + start, end - start);
      }
      position = end;
    }
  }

  private static Variant boxed(byte[] bytes, int offset, int length) {
    int zero = lastZero(bytes, offset, length);
    String type =
        new String(bytes, zero + 1, offset + length - zero - 1, StandardCharsets.US_ASCII);
    return new Variant(VariantType.of(type), bytes, offset, zero - offset);
  }

  /** Where the last zero byte is, which parts a value from its type; -1 if there is none. */
  static int lastZero(byte[] bytes, int offset, int length) {
    int at = offset + length - 1;
    while (at >= offset && bytes[at] != 0) {
      at--;
    }
    return at < offset ? -1 : at;
  }
}
