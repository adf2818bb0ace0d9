// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.fetch.Request;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * A place packages come from: one address with one suite, as sources.list(5) means it.
 *
 * @param base the archive's address, without {@code dists}
 * @param suite such as {@code bookworm-updates}; one that ends in a slash is a directory of a flat
 *     archive
 * @param components at least one, but none for a flat archive
 * @param architectures the only ones it serves; empty means all
 * @param signedBy whose signature it must bear
 * @param trusted whether it counts as signed whatever it is
 * @param byHash whether indexes are asked for by their digest
 * @param checkValidUntil whether it may be out of date; empty means as everywhere
 * @param priority as apt_preferences(5) counts; empty means what its Release file leads to
 * @param where it is written, for messages: {@code /etc/apt/sources.list:3}
 */
public record SourceEntry(
    URI base,
    String suite,
    List<String> components,
    List<String> architectures,
    SignedBy signedBy,
    boolean trusted,
    ByHash byHash,
    Optional<Boolean> checkValidUntil,
    Optional<Integer> priority,
    String where) {
  /** Whether indexes are asked for by their digest. */
  public enum ByHash {
    /** If the archive's Release file offers it. */
    IF_OFFERED,
    NEVER,
    /** Even if it is not offered. */
    ALWAYS
  }

  public SourceEntry {
    components = List.copyOf(components);
    architectures = List.copyOf(architectures);
    if (suite.endsWith("/") != components.isEmpty()) {
      throw new IllegalArgumentException(
          where
              + ": suite "
              + suite
              + (components.isEmpty()
                  ? " needs a component, such as main"
                  : " ends in a slash, so it has no components"));
    }
  }

  /** A source of which no more is known. */
  public static SourceEntry of(URI base, String suite, List<String> components, String where) {
    return new SourceEntry(
        base,
        suite,
        components,
        List.of(),
        SignedBy.anyTrusted(),
        false,
        ByHash.IF_OFFERED,
        Optional.empty(),
        Optional.empty(),
        where);
  }

  /** Whether it is a single directory instead of a tree of suites and components. */
  public boolean isFlat() {
    return suite.endsWith("/");
  }

  /** The same with another suite. */
  public SourceEntry withSuite(String other) {
    return new SourceEntry(
        base,
        other,
        components,
        architectures,
        signedBy,
        trusted,
        byHash,
        checkValidUntil,
        priority,
        where);
  }

  /** The same with other components. */
  public SourceEntry withComponents(List<String> others) {
    return new SourceEntry(
        base,
        suite,
        others,
        architectures,
        signedBy,
        trusted,
        byHash,
        checkValidUntil,
        priority,
        where);
  }

  /** The same, signed by others. */
  public SourceEntry withSignedBy(SignedBy others) {
    return new SourceEntry(
        base,
        suite,
        components,
        architectures,
        others,
        trusted,
        byHash,
        checkValidUntil,
        priority,
        where);
  }

  /** The same with a priority. */
  public SourceEntry withPriority(int wanted) {
    return new SourceEntry(
        base,
        suite,
        components,
        architectures,
        signedBy,
        trusted,
        byHash,
        checkValidUntil,
        Optional.of(wanted),
        where);
  }

  /** The address without its password, the suite and the components. */
  @Override
  public String toString() {
    return Request.of(base).shown() + " " + suite + " " + String.join(" ", components);
  }

  /** Whether it serves an architecture. */
  public boolean serves(String architecture) {
    return architectures.isEmpty() || architectures.contains(architecture);
  }
}
