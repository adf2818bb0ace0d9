// SPDX-License-Identifier: Apache-2.0
package dev.slipway.spec;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A YAML document as plain values that know where they stand. */
sealed interface Yaml {

  Place place();

  /** What a person would call this kind of value. */
  String kind();

  /** Where a value starts; line and column count from 1. */
  record Place(Path file, int line, int column) {}

  /** Text, a number or a truth value, as written. */
  record Scalar(Place place, String text, boolean isNull) implements Yaml {
    @Override
    public String kind() {
      return isNull ? "nothing" : "\"" + text + "\"";
    }
  }

  /** A list. */
  record Items(Place place, List<Yaml> items) implements Yaml {
    @Override
    public String kind() {
      return "a list";
    }
  }

  /** A mapping, in the order of the file. */
  record Mapping(Place place, Map<String, Entry> entries) implements Yaml {
    @Override
    public String kind() {
      return "a mapping";
    }
  }

  /** A key with its own place, and its value. */
  record Entry(Place keyPlace, Yaml value) {}

  /**
   * Lays one document over another: mappings are merged key by key, lists are appended, and of two
   * plain values the upper one stays.
   */
  static Yaml layered(Yaml lower, Yaml upper) {
    if (lower instanceof Mapping below && upper instanceof Mapping above) {
      var merged = new LinkedHashMap<>(below.entries());
      above
          .entries()
          .forEach(
              (key, entry) -> {
                Entry before = merged.get(key);
                Yaml value =
                    before == null ? entry.value() : layered(before.value(), entry.value());
                merged.put(key, new Entry(entry.keyPlace(), value));
              });
      return new Mapping(above.place(), merged);
    }
    if (lower instanceof Items below && upper instanceof Items above) {
      var all = new ArrayList<>(below.items());
      all.addAll(above.items());
      return new Items(above.place(), all);
    }
    return upper;
  }
}
