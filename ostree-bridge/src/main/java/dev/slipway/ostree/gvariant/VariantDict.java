// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree.gvariant;

import dev.slipway.io.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An {@code a{sv}}: named values of any type, in the order they were given, which is part of the
 * bytes. A value; every change makes another one.
 *
 * @param entries names and values; of two with the same name the first counts
 */
public record VariantDict(List<Entry> entries) {
  /** The type of dictionaries. */
  public static final VariantType TYPE = VariantType.of("a{sv}");

  private static final VariantDict EMPTY = new VariantDict(List.of());

  /** One named value. */
  public record Entry(String key, Variant value) {}

  public VariantDict {
    entries = List.copyOf(entries);
  }

  public static VariantDict empty() {
    return EMPTY;
  }

  /** The dictionary that an {@code a{sv}} holds. */
  public static VariantDict of(Variant variant) {
    return new VariantDict(
        variant.stream()
            .map(entry -> new Entry(entry.child(0).asText(), entry.child(1).unboxed()))
            .toList());
  }

  /** Reads a dictionary from an input that may be anything: see {@link Variant#read}. */
  public static VariantDict read(byte[] bytes, String source) throws FormatException {
    return of(Variant.read(TYPE, bytes, source));
  }

  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /** The value of a name, of whatever type. */
  public Optional<Variant> find(String key) {
    return entries.stream().filter(e -> e.key().equals(key)).map(Entry::value).findFirst();
  }

  /** The value of a name if it has the type; one of another type counts as none, as in ostree. */
  public Optional<Variant> find(String key, String type) {
    return find(key).filter(value -> value.is(type));
  }

  /** The text of a name. */
  public Optional<String> text(String key) {
    return find(key, "s").map(Variant::asText);
  }

  /** This with a value in place of the name's old one, or at the end. */
  public VariantDict with(String key, Variant value) {
    var changed = new ArrayList<Entry>();
    boolean done = false;
    for (Entry entry : entries) {
      if (!entry.key().equals(key)) {
        changed.add(entry);
      } else if (!done) {
        changed.add(new Entry(key, value));
        done = true;
      }
    }
    if (!done) {
      changed.add(new Entry(key, value));
    }
    return new VariantDict(changed);
  }

  /** This without a name. */
  public VariantDict without(String key) {
    return new VariantDict(entries.stream().filter(e -> !e.key().equals(key)).toList());
  }

  /** This in the form it is written. */
  public Variant toVariant() {
    return Variant.array(
        "{sv}",
        entries.stream()
            .map(e -> Variant.entry(Variant.text(e.key()), Variant.boxed(e.value())))
            .toList());
  }

  /** The serialised form. */
  public byte[] toBytes() {
    return toVariant().toBytes();
  }
}
