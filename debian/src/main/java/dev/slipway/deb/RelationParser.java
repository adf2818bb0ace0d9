// SPDX-License-Identifier: Apache-2.0
package dev.slipway.deb;

import dev.slipway.io.FormatException;
import java.util.ArrayList;
import java.util.List;

/** Reads a dependency field from left to right. */
final class RelationParser {
  private final String text;
  private final String where;
  private int at;

  RelationParser(String text, String where) {
    this.text = text;
    this.where = where;
  }

  List<Dependency> all() throws FormatException {
    var items = new ArrayList<Dependency>();
    skipSpace();
    while (at < text.length()) {
      if (peek() == ',') { // real archives hold empty items and commas at the end
        at++;
        skipSpace();
        continue;
      }
      items.add(item());
    }
    return items;
  }

  private Dependency item() throws FormatException {
    Relation first = relation();
    if (peek() != '|') {
      return new Dependency(List.of(first));
    }
    var alternatives = new ArrayList<Relation>();
    alternatives.add(first);
    while (peek() == '|') {
      at++;
      skipSpace();
      alternatives.add(relation());
    }
    return new Dependency(alternatives);
  }

  private Relation relation() throws FormatException {
    int start = at;
    while (at < text.length() && isNameCharacter(text.charAt(at))) {
      at++;
    }
    String name = text.substring(start, at);
    if (name.isEmpty()) {
      throw expected("a package name");
    }
    String qualifier = "";
    if (peek() == ':') {
      int colon = at++;
      while (at < text.length() && isNameCharacter(text.charAt(at))) {
        at++;
      }
      qualifier = text.substring(colon + 1, at);
      if (qualifier.isEmpty()) {
        throw expected("an architecture behind the colon");
      }
    }
    skipSpace();
    Relation.Operator operator = Relation.Operator.ANY;
    DebVersion version = null;
    if (peek() == '(') {
      at++;
      skipSpace();
      operator = operator();
      skipSpace();
      version = version();
      skipSpace();
    }
    List<String> architectures = peek() == '[' ? architectures() : List.of();
    while (peek() == '<') {
      skipPast('>');
      skipSpace();
    }
    int next = peek();
    if (next >= 0 && next != ',' && next != '|') {
      throw expected("a comma, a bar or the end");
    }
    return new Relation(name, qualifier, operator, version, architectures);
  }

  /** The single signs are old forms that include equality. */
  private Relation.Operator operator() throws FormatException {
    int start = at;
    while (peek() == '<' || peek() == '>' || peek() == '=') {
      at++;
    }
    return switch (text.substring(start, at)) {
      case "<<" -> Relation.Operator.EARLIER;
      case "<=", "<" -> Relation.Operator.EARLIER_OR_EQUAL;
      case "=" -> Relation.Operator.EQUAL;
      case ">=", ">" -> Relation.Operator.LATER_OR_EQUAL;
      case ">>" -> Relation.Operator.LATER;
      default -> {
        at = start;
        throw expected("<<, <=, =, >= or >>");
      }
    };
  }

  private DebVersion version() throws FormatException {
    int close = text.indexOf(')', at);
    if (close < 0) {
      throw expected("a version and a closing parenthesis");
    }
    String version = text.substring(at, close).strip();
    try {
      DebVersion parsed = DebVersion.parse(version);
      at = close + 1;
      return parsed;
    } catch (IllegalArgumentException e) {
      throw new FormatException(
          where + ": column " + (at + 1) + " of \"" + shown() + "\": " + e.getMessage(), e);
    }
  }

  private List<String> architectures() throws FormatException {
    int start = at + 1;
    skipPast(']');
    String inside = text.substring(start, at - 1).strip();
    if (inside.isEmpty()) {
      throw expected("an architecture inside the brackets");
    }
    skipSpace();
    return List.of(inside.split("\\s+"));
  }

  private void skipPast(char closing) throws FormatException {
    int close = text.indexOf(closing, at);
    if (close < 0) {
      throw expected("something closed with '" + closing + "'");
    }
    at = close + 1;
  }

  private int peek() {
    return at < text.length() ? text.charAt(at) : -1;
  }

  private void skipSpace() {
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }

  /**
   * Wider than policy allows for names (upper case, underscores), as archives of others are not
   * always clean.
   */
  private static boolean isNameCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '.'
        || c == '+'
        || (c >= 'A' && c <= 'Z')
        || c == '_'
        || c == '~';
  }

  private FormatException expected(String what) {
    String found = at < text.length() ? "'" + text.charAt(at) + "'" : "the end";
    return new FormatException(
        where
            + ": column "
            + (at + 1)
            + " of \""
            + shown()
            + "\": found "
            + found
            + ", expected "
            + what);
  }

  private String shown() {
    return text.length() <= 120 ? text : text.substring(0, 117) + "...";
  }
}
