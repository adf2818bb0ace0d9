// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.deb.Dependency;
import dev.slipway.deb.Relation;
import dev.slipway.io.FormatException;
import java.util.ArrayList;
import java.util.List;

/**
 * One item of a dependency field of an offer: alternatives of which one must be there, or something
 * that must not be there.
 */
final class Need {

  /** Which field, in the order in which apt goes through them. */
  enum Kind {
    PRE_DEPENDS(IndexField.PRE_DEPENDS, "depends on"),
    DEPENDS(IndexField.DEPENDS, "depends on"),
    CONFLICTS(IndexField.CONFLICTS, "conflicts with"),
    BREAKS(IndexField.BREAKS, "breaks"),
    RECOMMENDS(IndexField.RECOMMENDS, "recommends"),
    SUGGESTS(IndexField.SUGGESTS, "suggests");

    final IndexField field;
    final String verb;

    Kind(IndexField field, String verb) {
      this.field = field;
      this.verb = verb;
    }

    /** Something that must not be there. */
    boolean isNegative() {
      return this == CONFLICTS || this == BREAKS;
    }

    /** Something without which the package does not work. */
    boolean isCritical() {
      return this != RECOMMENDS && this != SUGGESTS;
    }
  }

  /** A version that answers to a relation: one of that name, or one that provides it. */
  interface Test {
    boolean test(Offer offer);
  }

  final Offer owner;
  final Kind kind;
  final Dependency text;
  private final PackageName[] targets;

  Need(Offer owner, Kind kind, Dependency text, Universe universe) throws FormatException {
    this.owner = owner;
    this.kind = kind;
    this.text = text;
    this.targets = new PackageName[text.alternatives().size()];
    for (int i = 0; i < targets.length; i++) {
      targets[i] = universe.target(text.alternatives().get(i));
    }
  }

  int alternatives() {
    return targets.length;
  }

  PackageName target(int alternative) {
    return targets[alternative];
  }

  /** Whether what is there at present answers to one of the alternatives. */
  boolean isMetByInstalled() throws FormatException {
    return isMet(offer -> offer == offer.name.installed);
  }

  /**
   * Whether a version that was a candidate at the outset answers to one of the alternatives. apt
   * does not notice in time when it has given one up since, and so neither do we.
   */
  boolean isMetByCandidate() throws FormatException {
    return isMet(offer -> offer == offer.name.selected());
  }

  private boolean isMet(Test chosen) throws FormatException {
    for (int i = 0; i < targets.length; i++) {
      if (!answers(i, chosen, true).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Candidates that answer to one alternative: first those of the name itself, then those that
   * provide it.
   */
  List<Offer> candidates(int alternative) throws FormatException {
    return answers(alternative, offer -> offer == offer.name.candidate, false);
  }

  /** What is there and answers to one alternative. */
  List<Offer> installed(int alternative) throws FormatException {
    return answers(alternative, offer -> offer == offer.name.installed, false);
  }

  /** All versions whatsoever that answer to one alternative. */
  List<Offer> all(int alternative) throws FormatException {
    return answers(alternative, offer -> true, false);
  }

  private List<Offer> answers(int alternative, Test chosen, boolean oneWillDo)
      throws FormatException {
    Relation relation = text.alternatives().get(alternative);
    PackageName target = targets[alternative];
    List<Offer> found = List.of();
    if (!(kind.isNegative() && target == owner.name)) {
      for (Offer offer : target.offers()) {
        if (chosen.test(offer) && relation.matches(offer.file.version())) {
          found = with(found, offer);
          if (oneWillDo) {
            return found;
          }
        }
      }
    }
    for (PackageName.Provider provider : target.providers()) {
      Offer offer = provider.offer();
      boolean ignored = kind.isNegative() && offer.name == owner.name;
      if (!ignored
          && chosen.test(offer)
          && provider.satisfies(relation)
          && !found.contains(offer)) {
        found = with(found, offer);
        if (oneWillDo) {
          return found;
        }
      }
    }
    return found;
  }

  private static List<Offer> with(List<Offer> found, Offer offer) {
    List<Offer> list = found.isEmpty() ? new ArrayList<>(2) : found;
    list.add(offer);
    return list;
  }

  /** {@code robot-app 1.0 depends on libfoo (>= 2)}. */
  @Override
  public String toString() {
    return owner + " " + kind.verb + " " + text.toString().replace(" | ", " or ");
  }
}
