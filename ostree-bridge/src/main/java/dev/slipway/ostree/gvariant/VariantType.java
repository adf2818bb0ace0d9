// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree.gvariant;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The type of a {@link Variant}, as its type string says it: {@code (a(say)a(sayay))}. */
public final class VariantType {
  /** As deep as types nest; ostree's own are four deep. */
  private static final int LIMIT_DEPTH = 32;

  private static final int LIMIT_CHARACTERS = 1024;

  private final String text;
  private final List<VariantType> members;
  private final int alignment;
  private final int fixedBytes; // 0: values differ in size

  private VariantType(String text, List<VariantType> members) {
    this.text = text;
    this.members = members;
    this.alignment = alignment(text.charAt(0), members);
    this.fixedBytes = fixedBytes(text.charAt(0), members, alignment);
  }

  /**
   * Reads a type string.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static VariantType of(String text) {
    return parse(text)
        .orElseThrow(() -> new IllegalArgumentException("not a variant type: \"" + text + "\""));
  }

  /** Reads a type string from an input; nothing if it is none, or nested too deeply. */
  static Optional<VariantType> parse(String text) {
    if (text.length() > LIMIT_CHARACTERS) {
      return Optional.empty();
    }
    var parser = new Parser(text);
    VariantType type = parser.next(0);
    return type == null || parser.at < text.length() ? Optional.empty() : Optional.of(type);
  }

  /** The type of tuples, or with braces entries, of such members. */
  static VariantType tuple(char open, List<VariantType> members, char close) {
    var text = new StringBuilder().append(open);
    members.forEach(member -> text.append(member.text));
    return new VariantType(text.append(close).toString(), List.copyOf(members));
  }

  /** The type of arrays of these. */
  public VariantType array() {
    return new VariantType("a" + text, List.of(this));
  }

  /** {@code y}, {@code a}, {@code (} ...: the first letter of the type string. */
  char kind() {
    return text.charAt(0);
  }

  /** What a tuple, a dictionary's entry, an array or a maybe is made of. */
  List<VariantType> members() {
    return members;
  }

  /** The one type an array or a maybe is made of. */
  VariantType element() {
    return members.get(0);
  }

  boolean isContainer() {
    return switch (kind()) {
      case 'v', 'a', 'm', '(', '{' -> true;
      default -> false;
    };
  }

  int alignment() {
    return alignment;
  }

  boolean isFixed() {
    return fixedBytes > 0;
  }

  /** The size of every value, for types that have one. */
  int fixedBytes() {
    return fixedBytes;
  }

  private static int alignment(char kind, List<VariantType> members) {
    return switch (kind) {
      case 'n', 'q' -> 2;
      case 'i', 'u', 'h' -> 4;
      case 'x', 't', 'd', 'v' -> 8;
      default -> members.stream().mapToInt(VariantType::alignment).max().orElse(1);
    };
  }

  private static int fixedBytes(char kind, List<VariantType> members, int alignment) {
    return switch (kind) {
      case 'y', 'b' -> 1;
      case 'n', 'q' -> 2;
      case 'i', 'u', 'h' -> 4;
      case 'x', 't', 'd' -> 8;
      case '(', '{' -> tupleBytes(members, alignment);
      default -> 0;
    };
  }

  private static int tupleBytes(List<VariantType> members, int alignment) {
    if (members.isEmpty()) {
      return 1; // the unit tuple is one zero byte, so that arrays of it can be counted
    }
    int end = 0;
    for (VariantType member : members) {
      if (!member.isFixed()) {
        return 0;
      }
      end = aligned(end, member.alignment()) + member.fixedBytes();
    }
    return aligned(end, alignment);
  }

  /** The next multiple of an alignment. */
  static int aligned(int position, int alignment) {
    return (position + alignment - 1) & -alignment;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VariantType that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** The type string. */
  @Override
  public String toString() {
    return text;
  }

  /** Reads one complete type after the other; null stands for a mistake. */
  private static final class Parser {
    private static final String BASIC = "ybnqiuxtdhsog";

    private final String text;
    private int at;

    Parser(String text) {
      this.text = text;
    }

    VariantType next(int depth) {
      if (at == text.length() || depth > LIMIT_DEPTH) {
        return null;
      }
      int start = at;
      char kind = text.charAt(at++);
      List<VariantType> members =
          switch (kind) {
            case 'a', 'm' -> element(depth);
            case '(' -> upTo(')', depth);
            case '{' -> upTo('}', depth);
            default -> kind == 'v' || BASIC.indexOf(kind) >= 0 ? List.of() : null;
          };
      if (members == null
          || (kind == '{' && (members.size() != 2 || members.get(0).isContainer()))) {
        return null;
      }
      return new VariantType(text.substring(start, at), members);
    }

    private List<VariantType> element(int depth) {
      VariantType element = next(depth + 1);
      return element == null ? null : List.of(element);
    }

    private List<VariantType> upTo(char end, int depth) {
      var members = new ArrayList<VariantType>();
      while (at < text.length() && text.charAt(at) != end) {
        VariantType member = next(depth + 1);
        if (member == null) {
          return null;
        }
        members.add(member);
      }
      if (at == text.length()) {
        return null;
      }
      at++;
      return List.copyOf(members);
    }
  }
}
