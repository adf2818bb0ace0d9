// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fetch;

import java.util.Optional;

/**
 * By what a server recognises a version of a file (RFC 9110, 8.8). It saves a transfer; nothing is
 * trusted because of it.
 *
 * @param entityTag the value of {@code ETag}, quotes included
 * @param lastModified the value of {@code Last-Modified} as the server wrote it
 */
public record Validator(Optional<String> entityTag, Optional<String> lastModified) {
  /** Whether there is anything to compare. */
  boolean isEmpty() {
    return entityTag.isEmpty() && lastModified.isEmpty();
  }

  /** What proves that the rest of a file belongs to its beginning: weak tags do not (13.1.5). */
  Optional<String> forRange() {
    Optional<String> strong = entityTag.filter(tag -> !tag.startsWith("W/"));
    return strong.isPresent() ? strong : lastModified;
  }
}
