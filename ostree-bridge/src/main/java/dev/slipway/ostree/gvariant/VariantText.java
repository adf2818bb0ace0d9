// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree.gvariant;

import java.util.stream.Collectors;

/**
 * GVariant's text form, for people.
 *
 * @see <a href="https://docs.gtk.org/glib/gvariant-text-format.html">GVariant text format</a>
 */
final class VariantText {
  private VariantText() {}

  static String of(Variant value) {
    return switch (value.type().kind()) {
      case 'y' -> String.format("byte 0x%02x", value.asLong());
      case 'b' -> Boolean.toString(value.asBoolean());
      case 'n' -> "int16 " + value.asLong();
      case 'q' -> "uint16 " + value.asLong();
      case 'i' -> Long.toString(value.asLong());
      case 'h' -> "handle " + value.asLong();
      case 'u' -> "uint32 " + value.asLong();
      case 'x' -> "int64 " + value.asLong();
      case 't' -> "uint64 " + Long.toUnsignedString(value.asLong());
      case 'd' -> Double.toString(value.asDouble());
      case 's' -> quoted(value.asText());
      case 'o' -> "objectpath " + quoted(value.asText());
      case 'g' -> "signature " + quoted(value.asText());
      case 'v' -> "<" + of(value.unboxed()) + ">";
      case 'm' -> value.size() == 0 ? "@" + value.type() + " nothing" : of(value.child(0));
      case '(' -> tuple(value);
      case '{' -> "{" + of(value.child(0)) + ": " + of(value.child(1)) + "}";
      default -> array(value);
    };
  }

  private static String tuple(Variant value) {
    String members = joined(value);
    return "(" + members + (value.size() == 1 ? ",)" : ")");
  }

  private static String array(Variant value) {
    if (value.size() == 0) {
      return "@" + value.type() + (value.type().element().kind() == '{' ? " {}" : " []");
    }
    return switch (value.type().element().kind()) {
      case '{' ->
          value.stream()
              .map(entry -> of(entry.child(0)) + ": " + of(entry.child(1)))
              .collect(Collectors.joining(", ", "{", "}"));
      case 'y' ->
          "[byte "
              + value.stream()
                  .map(each -> String.format("0x%02x", each.asLong()))
                  .collect(Collectors.joining(", "))
              + "]";
      default -> "[" + joined(value) + "]";
    };
  }

  private static String joined(Variant value) {
    return value.stream().map(VariantText::of).collect(Collectors.joining(", "));
  }

  private static String quoted(String text) {
    var out = new StringBuilder("'");
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '\'' -> out.append("\\'");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                case '\r' -> out.append("\\r");
                default -> {
                  if (Character.isISOControl(c)) {
                    out.append(String.format("\\u%04x", c));
                  } else {
                    out.appendCodePoint(c);
                  }
                }
              }
            });
    return out.append("'").toString();
  }
}
