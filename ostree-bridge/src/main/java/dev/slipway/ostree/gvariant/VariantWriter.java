// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree.gvariant;

import java.util.List;

/** Puts containers together from their children. */
final class VariantWriter {
  private VariantWriter() {}

  static Variant array(VariantType element, List<Variant> elements) {
    int body = 0;
    for (Variant each : elements) {
      if (!each.type().equals(element)) {
        throw new IllegalArgumentException(
            "an array of " + element + " does not hold a " + each.type());
      }
      body = Math.addExact(VariantType.aligned(body, element.alignment()), each.length());
    }
    int count = element.isFixed() ? 0 : elements.size();
    int width = VariantFrame.offsetWidth(body, count);
    byte[] bytes = new byte[Math.addExact(body, Math.multiplyExact(count, width))];
    int at = 0;
    int ends = body;
    for (Variant each : elements) {
      int start = VariantType.aligned(at, element.alignment());
      each.copyTo(bytes, start);
      at = start + each.length();
      if (count > 0) {
        put(bytes, ends, width, at);
        ends += width;
      }
    }
    return new Variant(element.array(), bytes, 0, bytes.length);
  }

  /** A tuple or, with braces, the entry of a dictionary. */
  static Variant tuple(char open, List<Variant> members, char close) {
    VariantType type = VariantType.tuple(open, members.stream().map(Variant::type).toList(), close);
    if (members.isEmpty()) {
      return new Variant(type, new byte[1], 0, 1);
    }
    int body = 0;
    int count = 0;
    for (int i = 0; i < members.size(); i++) {
      Variant member = members.get(i);
      body = Math.addExact(VariantType.aligned(body, member.type().alignment()), member.length());
      count += hasEnd(members, i) ? 1 : 0;
    }
    int width = VariantFrame.offsetWidth(body, count);
    int whole = type.isFixed() ? type.fixedBytes() : Math.addExact(body, count * width);
    byte[] bytes = new byte[whole];
    int at = 0;
    int ends = whole;
    for (int i = 0; i < members.size(); i++) {
      Variant member = members.get(i);
      int start = VariantType.aligned(at, member.type().alignment());
      member.copyTo(bytes, start);
      at = start + member.length();
      if (hasEnd(members, i)) {
        ends -= width;
        put(bytes, ends, width, at);
      }
    }
    return new Variant(type, bytes, 0, whole);
  }

  /** The last member ends where the offsets begin, so its end is not written. */
  private static boolean hasEnd(List<Variant> members, int index) {
    return index < members.size() - 1 && !members.get(index).type().isFixed();
  }

  private static void put(byte[] bytes, int at, int width, int value) {
    for (int i = 0; i < width; i++) {
      bytes[at + i] = i < 4 ? (byte) (value >>> (8 * i)) : 0;
    }
  }
}
