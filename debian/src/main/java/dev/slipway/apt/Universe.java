// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.deb.DebVersion;
import dev.slipway.deb.Dependency;
import dev.slipway.deb.Relation;
import dev.slipway.io.FormatException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** All names of all indexes, each looked up once, and which version of each is the candidate. */
final class Universe {
  private final List<PackageIndex> indexes;
  private final String architecture;
  private final List<Pin> pins;
  private final Map<String, PackageName> names = new HashMap<>();

  Universe(List<PackageIndex> indexes, Architecture architecture, List<Pin> pins) {
    this.indexes = indexes;
    this.architecture = architecture.name();
    this.pins = pins;
  }

  List<PackageIndex> indexes() {
    return indexes;
  }

  String architecture() {
    return architecture;
  }

  /** The name itself, its versions looked up. */
  PackageName name(String text) throws FormatException {
    PackageName name = names.get(text);
    if (name == null) {
      name = new PackageName(this, text);
      names.put(text, name);
      name.offers();
    }
    return name;
  }

  /** All names that are taken at present, in the order of their bytes. */
  List<PackageName> installed() {
    return names.values().stream()
        .filter(name -> name.installed != null)
        .sorted(Comparator.comparing(name -> name.text))
        .toList();
  }

  /** Back to where only the candidates are known. */
  void forgetDecisions() {
    names.values().forEach(PackageName::forgetDecisions);
  }

  /** Notes what is decided now; running the answer goes back to it. */
  Runnable remember() {
    List<Runnable> all = names.values().stream().map(PackageName::remember).toList();
    return () -> all.forEach(Runnable::run);
  }

  /** The name that a relation means: its own architecture is the only one there is. */
  PackageName target(Relation relation) throws FormatException {
    String qualifier = relation.qualifier();
    boolean plain =
        qualifier.isEmpty() || qualifier.equals("native") || qualifier.equals(architecture);
    return name(plain ? relation.name() : relation.name() + ":" + qualifier);
  }

  /**
   * The names of the base system: essential, required, and apt where there is one; in the order of
   * their bytes.
   */
  Collection<String> base() throws FormatException {
    var base = new TreeSet<String>();
    for (PackageIndex index : indexes) {
      for (int number : index.stanzas().base()) {
        base.add(index.at(number).name());
      }
      if (!index.find("apt").isEmpty()) {
        base.add("apt");
      }
    }
    return base;
  }

  List<Offer> offersOf(PackageName name) throws FormatException {
    var offers = new ArrayList<Offer>(1);
    for (PackageIndex index : indexes) {
      for (BinaryPackage file : index.find(name.text)) {
        insert(offers, name, file);
      }
    }
    return offers;
  }

  /**
   * Latest first; among equals the one read first. The same file from several archives is one
   * offer.
   */
  private void insert(List<Offer> offers, PackageName name, BinaryPackage file)
      throws FormatException {
    int at = 0;
    for (; at < offers.size(); at++) {
      Offer offer = offers.get(at);
      int comparison = file.version().compareTo(offer.file.version());
      if (comparison > 0) {
        break;
      }
      if (comparison == 0
          && file.version().equals(offer.file.version())
          && file.digest().equals(offer.file.digest())) {
        offer.everywhere.add(file);
        return;
      }
    }
    offers.add(at, new Offer(this, name, file));
  }

  /**
   * As apt_preferences(5) says: the highest priority wins, then the latest version; what has a
   * negative priority is never taken.
   */
  Offer candidateOf(List<Offer> offers) {
    Offer best = null;
    int bestPriority = -1;
    for (Offer offer : offers) {
      int priority = priority(offer);
      if (priority != 0 && priority > bestPriority) {
        best = offer;
        bestPriority = priority;
      }
    }
    return best;
  }

  private int priority(Offer offer) {
    for (Pin pin : pins) {
      for (BinaryPackage file : offer.everywhere) {
        if (pin.matches(file)) {
          return pin.priority();
        }
      }
    }
    int priority = Integer.MIN_VALUE;
    for (BinaryPackage file : offer.everywhere) {
      priority = Math.max(priority, file.index().origin().priority());
    }
    return priority;
  }

  List<PackageName.Provider> providersOf(PackageName name) throws FormatException {
    boolean any = name.text.endsWith(":any");
    String plain = any ? name.text.substring(0, name.text.length() - 4) : name.text;
    if (plain.indexOf(':') >= 0) {
      return List.of();
    }
    var providers = new ArrayList<PackageName.Provider>();
    if (any) {
      for (Offer offer : name(plain).offers()) {
        if (offer.file.multiArch().equals("allowed")) {
          providers.add(new PackageName.Provider(offer, offer.file.version()));
        }
      }
    }
    for (PackageIndex index : indexes) {
      for (BinaryPackage file : index.providing(plain)) {
        Offer offer = offer(file);
        for (Dependency item : file.provides()) {
          Relation relation = item.alternatives().get(0);
          if (relation.name().equals(plain)
              && isFor(relation, any, file)
              && isPlainOrEqual(relation)) {
            var provider = new PackageName.Provider(offer, relation.version());
            if (!providers.contains(provider)) {
              providers.add(provider);
            }
          }
        }
      }
    }
    return providers;
  }

  /**
   * What a package provides it also provides as {@code :any} when it says {@code Multi-Arch:
   * allowed}.
   */
  private boolean isFor(Relation provided, boolean any, BinaryPackage file) {
    if (provided.qualifier().equals("any")) {
      return any;
    }
    return any
        ? provided.qualifier().isEmpty() && file.multiArch().equals("allowed")
        : provided.qualifier().isEmpty() || provided.qualifier().equals(architecture);
  }

  private static boolean isPlainOrEqual(Relation provided) {
    return provided.operator() == Relation.Operator.ANY
        || provided.operator() == Relation.Operator.EQUAL;
  }

  private Offer offer(BinaryPackage file) throws FormatException {
    for (Offer offer : name(file.name()).offers()) {
      if (offer.everywhere.contains(file)) {
        return offer;
      }
    }
    throw new IllegalStateException(
        "bug: " + file + " is in its index and not among the versions of its name");
  }

  /** A version of a name by its text; null when there is none. */
  static Offer version(PackageName name, DebVersion version) throws FormatException {
    for (Offer offer : name.offers()) {
      if (offer.file.version().compareTo(version) == 0) {
        return offer;
      }
    }
    return null;
  }

  /**
   * The latest version of a name that comes from a release, told by suite or codename; null when
   * there is none.
   */
  static Offer release(PackageName name, String release) throws FormatException {
    for (Offer offer : name.offers()) {
      for (BinaryPackage file : offer.everywhere) {
        IndexOrigin origin = file.index().origin();
        if (release.equals(origin.suite()) || release.equals(origin.codename())) {
          return offer;
        }
      }
    }
    return null;
  }
}
