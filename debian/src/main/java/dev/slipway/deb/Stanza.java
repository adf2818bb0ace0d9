// SPDX-License-Identifier: Apache-2.0
package dev.slipway.deb;

import dev.slipway.io.FormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A paragraph of fields and values, as in a package's control file, in dpkg's status, in a Release
 * file and in deb822 sources.
 *
 * <p>Names compare without regard to case and keep their order and spelling. A value that goes on
 * over several lines keeps the line ends and the space that begins each further line, so {@link
 * #toString} gives back what was read.
 *
 * @see <a href="https://manpages.debian.org/bookworm/dpkg-dev/deb822.5.en.html">deb822(5)</a>
 */
public final class Stanza {
  private record Field(String name, String value) {}

  private final Map<String, Field> fields;

  private Stanza(Map<String, Field> fields) {
    this.fields = fields;
  }

  /** A stanza of the given fields, in the map's order. */
  public static Stanza of(Map<String, String> fields) {
    Stanza stanza = new Stanza(new LinkedHashMap<>());
    for (Map.Entry<String, String> field : fields.entrySet()) {
      stanza = stanza.with(field.getKey(), field.getValue());
    }
    return stanza;
  }

  /** Reads all stanzas of a small text. */
  public static List<Stanza> readAll(String text, String sourceName) throws FormatException {
    try {
      return readAll(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), sourceName);
    } catch (FormatException e) {
      throw e;
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory cannot fail", e);
    }
  }

  /**
   * Reads all stanzas of a stream, which stays open. For large files take a {@link StanzaReader}.
   */
  public static List<Stanza> readAll(InputStream in, String sourceName) throws IOException {
    var reader = new StanzaReader(in, sourceName);
    var stanzas = new ArrayList<Stanza>();
    for (Stanza stanza = reader.next(); stanza != null; stanza = reader.next()) {
      stanzas.add(stanza);
    }
    return stanzas;
  }

  /** The value of a field. */
  public Optional<String> get(String name) {
    return Optional.ofNullable(fields.get(key(name))).map(Field::value);
  }

  /** The value of a field that must be there. */
  public String require(String name, String sourceName) throws FormatException {
    return get(name)
        .orElseThrow(() -> new FormatException(sourceName + ": the field " + name + " is missing"));
  }

  /** The field's names in order, as they are spelt. */
  public List<String> names() {
    return fields.values().stream().map(Field::name).toList();
  }

  /** Names and values in order. */
  public Map<String, String> asMap() {
    var map = new LinkedHashMap<String, String>();
    fields.values().forEach(field -> map.put(field.name(), field.value()));
    return Collections.unmodifiableMap(map);
  }

  /** This stanza with a field set: in its old place when it is there already, else at the end. */
  public Stanza with(String name, String value) {
    requireName(name);
    for (int end = value.indexOf('\n'); end >= 0; end = value.indexOf('\n', end + 1)) {
      if (end + 1 >= value.length()
          || (value.charAt(end + 1) != ' ' && value.charAt(end + 1) != '\t')) {
        throw new IllegalArgumentException(
            name + ": each further line of a value begins with a space");
      }
    }
    var changed = new LinkedHashMap<>(fields);
    changed.put(key(name), new Field(name, value));
    return new Stanza(changed);
  }

  /** This stanza less a field. */
  public Stanza without(String name) {
    var changed = new LinkedHashMap<>(fields);
    changed.remove(key(name));
    return new Stanza(changed);
  }

  static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private static void requireName(String name) {
    if (!StanzaReader.isName(name)) {
      throw new IllegalArgumentException(
          "\""
              + name
              + "\" is not a field name; write printable ASCII without spaces and colons, not beginning with # or -");
    }
  }

  /** What {@link StanzaReader} hands over: complete, names checked. */
  static final class Collector {
    private final Map<String, Field> fields = new LinkedHashMap<>();

    boolean add(String name, String value) {
      return fields.putIfAbsent(key(name), new Field(name, value)) == null;
    }

    boolean isEmpty() {
      return fields.isEmpty();
    }

    Stanza build() {
      return new Stanza(fields);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Stanza that
        && new ArrayList<>(fields.values()).equals(new ArrayList<>(that.fields.values()));
  }

  @Override
  public int hashCode() {
    return new ArrayList<>(fields.values()).hashCode();
  }

  /** As a file holds it, with a line end behind the last field and no empty line. */
  @Override
  public String toString() {
    var out = new StringBuilder();
    for (Field field : fields.values()) {
      out.append(field.name()).append(':');
      if (!field.value().isEmpty() && field.value().charAt(0) != '\n') {
        out.append(' ');
      }
      out.append(field.value()).append('\n');
    }
    return out.toString();
  }
}
