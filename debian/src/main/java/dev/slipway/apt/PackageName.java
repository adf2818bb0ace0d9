// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.deb.DebVersion;
import dev.slipway.deb.Relation;
import dev.slipway.io.FormatException;
import java.util.List;

/**
 * A name that dependencies may mention, what answers to it, and what has been decided about it so
 * far.
 *
 * <p>{@code python3:any} is a name of its own, provided by versions of python3 that say {@code
 * Multi-Arch: allowed}.
 */
final class PackageName {
  /**
   * A version that stands for this name, which is not its own; without a version it answers to no
   * relation that asks for one.
   */
  record Provider(Offer offer, DebVersion version) {
    boolean satisfies(Relation relation) {
      return version == null
          ? relation.operator() == Relation.Operator.ANY
          : relation.matches(version);
    }
  }

  final String text;
  private final Universe universe;
  private List<Offer> offers;
  private List<Provider> providers;

  /**
   * The version to take when the name is taken, before any decision: by priority, or because the
   * request names it.
   */
  private Offer selected;

  // What has been decided, as in apt's cache of states, less what only an installed system needs.

  /** The version to take when the name is taken at all; null when none may be taken. */
  Offer candidate;

  /** The version that is taken; null while it is not. */
  Offer installed;

  /** Whether the decision about this name stands. */
  boolean fixed;

  /** Whether it was taken because something else needs it. */
  boolean automatic;

  PackageName(Universe universe, String text) {
    this.universe = universe;
    this.text = text;
  }

  /** All versions of this name, the latest first. */
  List<Offer> offers() throws FormatException {
    if (offers == null) {
      offers = universe.offersOf(this);
      select(universe.candidateOf(offers));
    }
    return offers;
  }

  /** The candidate at the outset, whatever was decided since. */
  Offer selected() {
    return selected;
  }

  /** Makes a version the candidate; null when none may be taken. */
  void select(Offer offer) {
    selected = offer;
    candidate = offer;
  }

  /** Notes what is decided now; running the answer goes back to it. */
  Runnable remember() {
    Offer candidateNow = candidate;
    Offer installedNow = installed;
    boolean fixedNow = fixed;
    boolean automaticNow = automatic;
    return () -> {
      candidate = candidateNow;
      installed = installedNow;
      fixed = fixedNow;
      automatic = automaticNow;
    };
  }

  /** Back to where only the candidate is known. */
  void forgetDecisions() {
    candidate = selected;
    installed = null;
    fixed = false;
    automatic = false;
  }

  /** All versions of other names that provide this one. */
  List<Provider> providers() throws FormatException {
    if (providers == null) {
      providers = universe.providersOf(this);
    }
    return providers;
  }

  /** Whether apt counts it as essential: when any version says so, and apt itself. */
  boolean isEssential() throws FormatException {
    if (text.equals("apt")) {
      return true;
    }
    for (Offer offer : offers()) {
      if (offer.file.isEssential()) {
        return true;
      }
    }
    return false;
  }

  boolean isProtected() throws FormatException {
    for (Offer offer : offers()) {
      if (offer.file.isProtected()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return text;
  }
}
