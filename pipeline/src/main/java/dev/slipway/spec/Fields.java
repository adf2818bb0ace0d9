// SPDX-License-Identifier: Apache-2.0
package dev.slipway.spec;

import dev.slipway.spec.Yaml.Entry;
import dev.slipway.spec.Yaml.Items;
import dev.slipway.spec.Yaml.Mapping;
import dev.slipway.spec.Yaml.Place;
import dev.slipway.spec.Yaml.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * One mapping of the specification being read. Every key that is asked for becomes a known one;
 * {@link #end} reports the others. Wrong values are reported and then treated as absent, so that
 * reading goes on and finds everything.
 */
final class Fields {
  private final Mapping mapping;
  private final String path;
  private final Report report;
  private final Set<String> known = new TreeSet<>();

  /**
   * What all mappings of one specification share: the problems, and which keys were asked for in
   * which mapping.
   */
  record Report(List<SpecProblem> problems, Map<String, Set<String>> keys) {
    Report() {
      this(new ArrayList<>(), new TreeMap<>());
    }

    void add(Place place, String message) {
      problems.add(new SpecProblem(place.file(), place.line(), place.column(), message));
    }
  }

  Fields(Mapping mapping, String path, Report report) {
    this.mapping = mapping;
    this.path = path;
    this.report = report;
  }

  Place place() {
    return mapping.place();
  }

  /** Where the value of a key stands, or the mapping when it has none. */
  Place place(String key) {
    Entry entry = mapping.entries().get(key);
    return entry == null ? mapping.place() : entry.value().place();
  }

  boolean has(String key) {
    return entry(key).isPresent();
  }

  private Optional<Yaml> entry(String key) {
    known.add(key);
    return Optional.ofNullable(mapping.entries().get(key)).map(Entry::value);
  }

  void problem(Place place, String message) {
    report.add(place, message);
  }

  /** The text of a key, through a parser whose complaint becomes a problem. */
  <T> Optional<T> value(String key, Function<String, T> parser) {
    return entry(key).flatMap(value -> parsed(label(key), value, parser));
  }

  /** As {@link #value}, and a problem when the key is not there. */
  <T> Optional<T> required(String key, String hint, Function<String, T> parser) {
    if (!has(key)) {
      problem(mapping.place(), "\"" + label(key) + "\" is missing: " + hint);
      return Optional.empty();
    }
    return value(key, parser);
  }

  Optional<String> text(String key) {
    return value(key, text -> text);
  }

  boolean flag(String key, boolean otherwise) {
    return value(key, Fields::truth).orElse(otherwise);
  }

  private static boolean truth(String text) {
    if (text.equals("true") || text.equals("false")) {
      return text.equals("true");
    }
    throw new IllegalArgumentException("expected true or false, found \"" + text + "\"");
  }

  /** A list of texts; a single text counts as a list of one. */
  <T> List<T> values(String key, Function<String, T> parser) {
    var all = new ArrayList<T>();
    for (Yaml item : items(key)) {
      parsed(label(key), item, parser).ifPresent(all::add);
    }
    return all;
  }

  /** The mappings of a list. */
  List<Fields> mappings(String key) {
    var all = new ArrayList<Fields>();
    for (Yaml item : items(key)) {
      if (item instanceof Mapping inner) {
        all.add(new Fields(inner, label(key) + "[]", report));
      } else {
        problem(
            item.place(),
            "\"" + label(key) + "\" lists mappings with keys of their own, found " + item.kind());
      }
    }
    return all;
  }

  private List<Yaml> items(String key) {
    Optional<Yaml> value = entry(key);
    if (value.isEmpty() || (value.get() instanceof Scalar scalar && scalar.isNull())) {
      return List.of();
    }
    return value.get() instanceof Items list ? list.items() : List.of(value.get());
  }

  /** An inner mapping; an empty one when the key is not there. */
  Fields mapping(String key) {
    Yaml value = entry(key).orElse(null);
    if (value instanceof Mapping inner) {
      return new Fields(inner, label(key), report);
    }
    if (value != null && !(value instanceof Scalar scalar && scalar.isNull())) {
      problem(
          value.place(),
          "\"" + label(key) + "\" is a mapping with keys of its own, found " + value.kind());
    }
    return new Fields(new Mapping(place(key), Map.of()), label(key), report);
  }

  /** Keys and texts of an inner mapping whose keys are free. */
  Map<String, Entry> freeMapping(String key) {
    Yaml value = entry(key).orElse(null);
    if (value == null || (value instanceof Scalar scalar && scalar.isNull())) {
      return Map.of();
    }
    if (value instanceof Mapping inner) {
      return inner.entries();
    }
    problem(value.place(), "\"" + label(key) + "\" is a mapping, found " + value.kind());
    return Map.of();
  }

  /** Whether the value of a key is a mapping, for keys that have a short form. */
  boolean isMapping(String key) {
    return entry(key).filter(Mapping.class::isInstance).isPresent();
  }

  <T> Optional<T> parsed(String label, Yaml value, Function<String, T> parser) {
    if (!(value instanceof Scalar scalar) || scalar.isNull()) {
      problem(value.place(), "\"" + label + "\" needs plain text here, found " + value.kind());
      return Optional.empty();
    }
    try {
      return Optional.of(parser.apply(scalar.text()));
    } catch (IllegalArgumentException e) {
      problem(value.place(), "\"" + label + "\": " + e.getMessage());
      return Optional.empty();
    }
  }

  private String label(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** Reports every key nobody asked for. */
  void end() {
    report.keys().computeIfAbsent(path, p -> new TreeSet<>()).addAll(known);
    mapping
        .entries()
        .forEach(
            (key, entry) -> {
              if (!known.contains(key)) {
                String where = path.isEmpty() ? "" : " in \"" + path + "\"";
                problem(
                    entry.keyPlace(),
                    "unknown key \"" + key + "\"" + where + Suggestion.forWord(key, known));
              }
            });
  }
}
