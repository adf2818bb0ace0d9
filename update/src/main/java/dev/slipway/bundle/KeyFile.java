// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import dev.slipway.io.FormatException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Text in groups of keys and values, as GLib's {@code GKeyFile} reads it.
 *
 * <pre>
 * [group]
 * key=value      with \s \n \t \r \\ for what cannot stand in a line
 * # comment
 * </pre>
 *
 * <p>Stricter than GLib: a key or group that is there twice is refused, because readers do not
 * agree on what that means.
 */
final class KeyFile {
  private final String source;
  private final Map<String, Map<String, String>> groups = new LinkedHashMap<>();

  KeyFile(String source) {
    this.source = source;
  }

  static KeyFile parse(byte[] bytes, String source) throws FormatException {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new FormatException(source + ": is not UTF-8", e);
    }
    var file = new KeyFile(source);
    String group = null;
    int number = 0;
    for (String line : text.split("\n")) {
      number++;
      String content = withoutBlanks(line);
      if (content.isEmpty() || content.startsWith("#")) {
        continue;
      }
      if (content.startsWith("[") && content.endsWith("]")) {
        group = content.substring(1, content.length() - 1);
        if (file.groups.putIfAbsent(group, new LinkedHashMap<>()) != null) {
          throw file.error(number, "group [" + group + "] is there twice");
        }
        continue;
      }
      int equals = content.indexOf('=');
      if (group == null || equals <= 0) {
        throw file.error(number, "neither a group nor a key with a value: \"" + content + "\"");
      }
      String key = withoutBlanks(content.substring(0, equals));
      String value = file.unescape(withoutBlanks(content.substring(equals + 1)), number);
      if (file.groups.get(group).putIfAbsent(key, value) != null) {
        throw file.error(number, "key " + key + " is there twice in [" + group + "]");
      }
    }
    return file;
  }

  /** Blanks and tabs only, as GLib has it: other white space belongs to values. */
  private static String withoutBlanks(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && (text.charAt(start) == ' ' || text.charAt(start) == '\t')) {
      start++;
    }
    while (start < end && (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == '\t')) {
      end--;
    }
    return text.substring(start, end);
  }

  private FormatException error(int line, String message) {
    return new FormatException(source + ": line " + line + ": " + message);
  }

  private String unescape(String value, int line) throws FormatException {
    if (value.indexOf('\\') < 0) {
      return value;
    }
    var out = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      i++;
      switch (i < value.length() ? value.charAt(i) : 0) {
        case 's' -> out.append(' ');
        case 'n' -> out.append('\n');
        case 't' -> out.append('\t');
        case 'r' -> out.append('\r');
        case '\\' -> out.append('\\');
        default -> throw error(line, "a backslash that means nothing in \"" + value + "\"");
      }
    }
    return out.toString();
  }

  /** The groups in their order. */
  Iterable<String> groups() {
    return groups.keySet();
  }

  boolean has(String group) {
    return groups.containsKey(group);
  }

  Optional<String> find(String group, String key) {
    return Optional.ofNullable(groups.getOrDefault(group, Map.of()).get(key));
  }

  String get(String group, String key) throws FormatException {
    return find(group, key)
        .orElseThrow(() -> new FormatException(source + ": [" + group + "] lacks " + key));
  }

  FormatException wrong(String group, String key, String expected) {
    String found = find(group, key).orElse("");
    return new FormatException(
        source + ": [" + group + "] " + key + ": found \"" + found + "\", expected " + expected);
  }

  /** Adds a key. Keys and groups come out in the order they were added. */
  KeyFile put(String group, String key, String value) {
    groups.computeIfAbsent(group, name -> new LinkedHashMap<>()).put(key, value);
    return this;
  }

  byte[] bytes() {
    var out = new StringBuilder();
    groups.forEach(
        (group, keys) -> {
          out.append(out.length() > 0 ? "\n" : "").append('[').append(group).append("]\n");
          keys.forEach(
              (key, value) -> out.append(key).append('=').append(escape(value)).append('\n'));
        });
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String escape(String value) {
    String escaped =
        value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r");
    if (escaped.startsWith(" ")) {
      escaped = "\\s" + escaped.substring(1);
    }
    return escaped.endsWith(" ") ? escaped.substring(0, escaped.length() - 1) + "\\s" : escaped;
  }
}
