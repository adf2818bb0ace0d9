// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.io.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * GLib's key files, in which ostree keeps its configuration and origins. A value: every change
 * makes another one, with comments, order and blank lines as they were.
 *
 * <pre>
 * [core]
 * repo_version=1
 * </pre>
 */
public final class KeyFile {
  private static final KeyFile EMPTY = new KeyFile(List.of());

  private final List<String> lines;

  private KeyFile(List<String> lines) {
    this.lines = List.copyOf(lines);
  }

  public static KeyFile empty() {
    return EMPTY;
  }

  /**
   * Reads a key file.
   *
   * @param source its name in error messages
   */
  public static KeyFile parse(String text, String source) throws FormatException {
    List<String> lines = text.isEmpty() ? List.of() : List.of(text.split("\r?\n"));
    boolean inGroup = false;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      boolean group = group(line).isPresent();
      if (!group && (!inGroup || line.indexOf('=') < 1)) {
        throw new FormatException(
            source
                + ": line "
                + (i + 1)
                + ": found \""
                + line
                + "\", expected "
                + (inGroup ? "key=value or " : "")
                + "[group]");
      }
      inGroup |= group;
    }
    return new KeyFile(lines);
  }

  private static Optional<String> group(String line) {
    return line.startsWith("[") && line.endsWith("]")
        ? Optional.of(line.substring(1, line.length() - 1))
        : Optional.empty();
  }

  /** The names of all groups, in their order. */
  public List<String> groups() {
    return lines.stream().flatMap(line -> group(line.strip()).stream()).distinct().toList();
  }

  /** The last value of a key, without blanks around it. */
  public Optional<String> get(String group, String key) {
    int at = find(group, key);
    if (at < 0) {
      return Optional.empty();
    }
    String line = lines.get(at);
    return Optional.of(line.substring(line.indexOf('=') + 1).strip());
  }

  /** A switch: true, false, 1 or 0. */
  public boolean getBoolean(String group, String key, boolean otherwise) throws FormatException {
    Optional<String> value = get(group, key);
    if (value.isEmpty()) {
      return otherwise;
    }
    return switch (value.get()) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default ->
          throw new FormatException(
              group + "." + key + ": found \"" + value.get() + "\", expected true or false");
    };
  }

  /** A list whose parts are parted by semicolons. */
  public List<String> getList(String group, String key) {
    return get(group, key).stream()
        .flatMap(value -> List.of(value.split(";")).stream())
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .toList();
  }

  private int find(String group, String key) {
    String current = "";
    int found = -1;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      Optional<String> start = group(line);
      if (start.isPresent()) {
        current = start.get();
      } else if (current.equals(group) && !line.startsWith("#") && line.indexOf('=') > 0) {
        found = line.substring(0, line.indexOf('=')).strip().equals(key) ? i : found;
      }
    }
    return found;
  }

  /** This with a value set; the group is made at the end when it is missing. */
  public KeyFile with(String group, String key, String value) {
    if ((group + key + value).indexOf('\n') >= 0) {
      throw new IllegalArgumentException("a key file's values have one line: " + value);
    }
    var changed = new ArrayList<>(lines);
    String line = key + "=" + value;
    int at = find(group, key);
    if (at >= 0) {
      changed.set(at, line);
      return new KeyFile(changed);
    }
    int end = endOf(group);
    if (end >= 0) {
      changed.add(end, line);
      return new KeyFile(changed);
    }
    if (!changed.isEmpty()) {
      changed.add("");
    }
    changed.add("[" + group + "]");
    changed.add(line);
    return new KeyFile(changed);
  }

  /** Behind the last line of a group that says something; -1 if there is no such group. */
  private int endOf(String group) {
    int end = -1;
    boolean within = false;
    for (int i = 0; i < lines.size(); i++) {
      Optional<String> start = group(lines.get(i).strip());
      within = start.map(group::equals).orElse(within);
      end = within && !lines.get(i).isBlank() ? i + 1 : end;
    }
    return end;
  }

  /** This without a group. */
  public KeyFile without(String group) {
    var kept = new ArrayList<String>();
    boolean within = false;
    for (String line : lines) {
      within = group(line.strip()).map(group::equals).orElse(within);
      if (!within) {
        kept.add(line);
      }
    }
    return new KeyFile(kept);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyFile that && lines.equals(that.lines);
  }

  @Override
  public int hashCode() {
    return lines.hashCode();
  }

  /** The file's text. */
  @Override
  public String toString() {
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }
}
