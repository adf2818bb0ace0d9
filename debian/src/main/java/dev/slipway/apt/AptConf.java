// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.io.FormatException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Apt's configuration: a tree of names with values, as apt.conf(5) writes it. Names compare without
 * regard to case; a later value replaces an earlier one.
 *
 * <p>Lists (names that end in {@code ::}) are read past: nothing we ask for is one. {@code
 * #include} is not followed.
 */
final class AptConf {
  private final Map<String, String> values;

  private AptConf(Map<String, String> values) {
    this.values = values;
  }

  static AptConf empty() {
    return new AptConf(Map.of());
  }

  /** These settings with those of a further file on top. */
  AptConf with(String text, String source) throws FormatException {
    var all = new LinkedHashMap<>(values);
    new Parser(text, source, all).parse();
    return new AptConf(all);
  }

  Optional<String> get(String name) {
    return Optional.ofNullable(values.get(key(name)));
  }

  /** A switch; apt takes many words for it. */
  boolean isSet(String name, boolean otherwise) {
    return get(name).map(value -> yes(value, otherwise)).orElse(otherwise);
  }

  static boolean yes(String value, boolean otherwise) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "yes", "true", "with", "on", "enable", "1" -> true;
      case "no", "false", "without", "off", "disable", "0" -> false;
      default -> otherwise;
    };
  }

  /** Last steps of the names directly below a name that have a value, with these values. */
  Map<String, String> below(String name) {
    var found = new LinkedHashMap<String, String>();
    String prefix = key(name) + "::";
    values.forEach(
        (key, value) -> {
          if (key.startsWith(prefix) && !key.substring(prefix.length()).contains("::")) {
            found.put(key.substring(prefix.length()), value);
          }
        });
    return found;
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** Words, strings and the signs {@code { } ;}, then statements made of them. */
  private static final class Parser {
    private final String text;
    private final String source;
    private final Map<String, String> values;
    private final List<String> scope = new ArrayList<>();
    private int at;
    private int line = 1;

    Parser(String text, String source, Map<String, String> values) {
      this.text = text;
      this.source = source;
      this.values = values;
    }

    void parse() throws FormatException {
      String name = null;
      String value = null;
      for (String token = token(); token != null; token = token()) {
        switch (token) {
          case ";" -> {
            set(name, value);
            name = null;
            value = null;
          }
          case "{" -> {
            if (name == null) {
              throw error("a brace without a name before it");
            }
            set(name, value);
            scope.add(name);
            name = null;
            value = null;
          }
          case "}" -> {
            set(name, value);
            name = null;
            value = null;
            if (scope.isEmpty()) {
              throw error("a closing brace too many");
            }
            scope.remove(scope.size() - 1);
          }
          default -> {
            if (name == null && !token.startsWith("\"")) {
              name = token;
            } else {
              value = token.startsWith("\"") ? token.substring(1) : token;
            }
          }
        }
      }
      if (name != null || !scope.isEmpty()) {
        throw error("ends within a statement; a semicolon or a brace is missing");
      }
    }

    private void set(String name, String value) {
      if (name == null || value == null || name.endsWith("::")) {
        return; // an item of a list, or a name that only opens a block
      }
      if (name.equalsIgnoreCase("#clear")) {
        String cleared = full(value);
        values.keySet().removeIf(key -> key.equals(cleared) || key.startsWith(cleared + "::"));
      } else if (!name.startsWith("#")) {
        values.put(full(name), value);
      }
    }

    private String full(String name) {
      return key(String.join("::", scope) + (scope.isEmpty() ? "" : "::") + name);
    }

    /** The next token; a string begins with a quote and has lost the one at its end. */
    private String token() throws FormatException {
      skipBlanks();
      if (at >= text.length()) {
        return null;
      }
      char first = text.charAt(at);
      if (first == ';' || first == '{' || first == '}') {
        at++;
        return String.valueOf(first);
      }
      int start = at;
      if (first == '"') {
        int end = text.indexOf('"', at + 1);
        if (end < 0) {
          throw error("a string without its end");
        }
        at = end + 1;
        return text.substring(start, end);
      }
      while (at < text.length()
          && " \t\r\n;{}\"".indexOf(text.charAt(at)) < 0
          && !text.startsWith("//", at)) {
        at++;
      }
      return text.substring(start, at);
    }

    private void skipBlanks() throws FormatException {
      while (at < text.length()) {
        char c = text.charAt(at);
        if (c == '\n') {
          line++;
          at++;
        } else if (c <= ' ') {
          at++;
        } else if (text.startsWith("//", at) || (c == '#' && !isDirective())) {
          int end = text.indexOf('\n', at);
          at = end < 0 ? text.length() : end;
        } else if (text.startsWith("/*", at)) {
          int end = text.indexOf("*/", at + 2);
          if (end < 0) {
            throw error("a comment without its end");
          }
          line += (int) text.substring(at, end).chars().filter(n -> n == '\n').count();
          at = end + 2;
        } else {
          return;
        }
      }
    }

    private boolean isDirective() {
      return text.startsWith("#clear", at) || text.startsWith("#include", at);
    }

    private FormatException error(String message) {
      return new FormatException(source + ": line " + line + ": " + message);
    }
  }
}
