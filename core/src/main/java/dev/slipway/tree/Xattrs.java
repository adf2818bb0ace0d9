// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** Extended attributes by their full names ({@code security.capability}), in name order. */
public final class Xattrs {
  /** No attributes. */
  public static final Xattrs NONE = new Xattrs(new TreeMap<>());

  private final SortedMap<String, byte[]> values;

  private Xattrs(SortedMap<String, byte[]> values) {
    this.values = values;
  }

  /** A copy of the given attributes. */
  public static Xattrs of(Map<String, byte[]> values) {
    if (values.isEmpty()) {
      return NONE;
    }
    var own = new TreeMap<String, byte[]>();
    values.forEach((name, value) -> own.put(name, value.clone()));
    return new Xattrs(own);
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  /** The attributes in the order of their names. The arrays must not be changed. */
  public SortedMap<String, byte[]> asMap() {
    return Collections.unmodifiableSortedMap(values);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Xattrs that
        && values.keySet().equals(that.values.keySet())
        && values.entrySet().stream()
            .allMatch(e -> Arrays.equals(e.getValue(), that.values.get(e.getKey())));
  }

  @Override
  public int hashCode() {
    int hash = 0;
    for (Map.Entry<String, byte[]> entry : values.entrySet()) {
      hash += Objects.hash(entry.getKey(), Arrays.hashCode(entry.getValue()));
    }
    return hash;
  }

  @Override
  public String toString() {
    var out = new StringBuilder("{");
    values.forEach(
        (name, value) ->
            out.append(out.length() > 1 ? ", " : "")
                .append(name)
                .append("=")
                .append(HexFormat.of().formatHex(value)));
    return out.append("}").toString();
  }
}
