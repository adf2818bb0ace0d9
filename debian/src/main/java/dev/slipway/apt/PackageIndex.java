// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.io.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The packages that one component of an archive offers for an architecture: a {@code Packages}
 * file, read.
 *
 * <p>Only what decides about packages is kept, undecoded, until somebody asks for a package. So
 * Debian's main index loads in a fraction of a second and takes some 40 MB. Safe for use by several
 * threads.
 */
public final class PackageIndex {
  private final IndexOrigin origin;
  private final String sourceName;
  private final CompactStanzas stanzas;
  private final BinaryPackage[] known;
  private ProvidedNames provided;

  private PackageIndex(IndexOrigin origin, String sourceName, CompactStanzas stanzas) {
    this.origin = origin;
    this.sourceName = sourceName;
    this.stanzas = stanzas;
    this.known = new BinaryPackage[stanzas.count()];
  }

  /**
   * Reads an index, already decompressed. Packages of other architectures are passed over, as apt
   * does on a machine with one architecture.
   *
   * @param in read to its end, not closed
   * @param sourceName named in errors
   */
  public static PackageIndex read(
      InputStream in, String sourceName, IndexOrigin origin, Architecture architecture)
      throws IOException {
    var stanzas = new CompactStanzas(architecture.name());
    new PackagesParser(in, sourceName, stanzas).parse();
    return new PackageIndex(origin, sourceName, stanzas);
  }

  public IndexOrigin origin() {
    return origin;
  }

  /** How many packages the index offers. */
  public int size() {
    return stanzas.count();
  }

  /**
   * The packages of a name, in the order of the file; usually one, none when there is no such
   * package.
   */
  public List<BinaryPackage> find(String name) throws FormatException {
    int number = stanzas.find(name, -1);
    if (number < 0) {
      return List.of();
    }
    var found = new ArrayList<BinaryPackage>(1);
    for (; number >= 0; number = stanzas.find(name, number)) {
      found.add(at(number));
    }
    return found;
  }

  /** A package by its place in the file, from 0. */
  public BinaryPackage at(int number) throws FormatException {
    synchronized (known) {
      BinaryPackage made = known[number];
      if (made == null) {
        made = new BinaryPackage(this, number);
        known[number] = made;
      }
      return made;
    }
  }

  /**
   * The packages whose {@code Provides} holds a name, with or without a version, in the order of
   * the file. Packages <em>called</em> so are not among them unless they also say so.
   */
  public List<BinaryPackage> providing(String name) throws FormatException {
    int[] candidates = provided().find(name);
    if (candidates.length == 0) {
      return List.of();
    }
    var found = new ArrayList<BinaryPackage>(candidates.length);
    for (int number : candidates) {
      BinaryPackage candidate = at(number);
      if (candidate.provides().stream()
          .anyMatch(item -> item.alternatives().get(0).name().equals(name))) {
        found.add(candidate);
      }
    }
    return Collections.unmodifiableList(found);
  }

  private synchronized ProvidedNames provided() {
    if (provided == null) {
      provided = ProvidedNames.of(stanzas);
    }
    return provided;
  }

  CompactStanzas stanzas() {
    return stanzas;
  }

  String sourceName() {
    return sourceName;
  }

  @Override
  public String toString() {
    return origin + " (" + size() + " packages)";
  }
}
