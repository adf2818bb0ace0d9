// SPDX-License-Identifier: Apache-2.0
package dev.slipway.deb;

import dev.slipway.io.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One item of a dependency field: alternatives, of which any will do, the first preferred.
 *
 * @param alternatives at least one, in the order of preference
 */
public record Dependency(List<Relation> alternatives) {
  public Dependency {
    alternatives = List.copyOf(alternatives);
    if (alternatives.isEmpty()) {
      throw new IllegalArgumentException("a dependency needs at least one alternative");
    }
  }

  /**
   * Reads a field such as {@code Depends}: items separated by commas, alternatives by bars. Build
   * profiles ({@code <!nocheck>}) are read over.
   *
   * @param where named in errors: the file and the package
   * @return the items in order; empty for an empty field
   */
  public static List<Dependency> parseAll(String field, String where) throws FormatException {
    return new RelationParser(field, where).all();
  }

  @Override
  public String toString() {
    return alternatives.stream().map(Relation::toString).collect(Collectors.joining(" | "));
  }

  /** Several items as one field. */
  public static String format(List<Dependency> items) {
    List<String> texts = new ArrayList<>();
    items.forEach(item -> texts.add(item.toString()));
    return String.join(", ", texts);
  }
}
