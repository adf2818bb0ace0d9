// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.io.FormatException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Takes packages and what they need, one decision after the other, never going back far: the way of
 * apt's {@code MarkInstall}.
 *
 * <p><b>For the maintainer.</b> The aim is not a good choice but <em>apt's</em> choice, so that an
 * image holds what {@code apt-get install} would have installed on an empty system. What decides is
 * the order: fields in the order of {@link Need.Kind}, items as written, alternatives as written,
 * providers as {@link #preference} sorts them; the first that can be taken, with all that it needs,
 * is kept. A decision is <em>fixed</em> (apt: protected) for what was asked for, for what is the
 * only way to serve it, and while its own needs are being served; fixed decisions are not undone by
 * later conflicts. Compared with apt (2.6), all that concerns upgrades, removals, holds, phased
 * updates and several architectures is left out: nothing is installed before. What can fail
 * half-way leaves packages behind that nothing needs; {@link Sweep} takes them away, as apt does.
 */
final class Marker {
  /** apt gives up here as well. */
  private static final int DEPTH_MAX = 3000;

  private final Universe universe;
  private final boolean recommends;
  private final Comparator<Offer> later;

  Marker(Universe universe, boolean recommends) {
    this.universe = universe;
    this.recommends = recommends;
    this.later = new FirstMention(universe.indexes()).later();
  }

  /**
   * Takes what was asked for: first all of it alone, so that each counts when the others choose,
   * then with what it needs.
   */
  void takeAll(List<PackageName> asked) throws FormatException {
    for (PackageName name : asked) {
      name.fixed = true;
      take(name, false, true, 0);
    }
    for (PackageName name : asked) {
      take(name, true, true, 0);
    }
  }

  /** Whether a need counts at all: recommended packages only when they are wanted. */
  boolean counts(Need need) {
    return need.kind.isCritical() || (recommends && need.kind == Need.Kind.RECOMMENDS);
  }

  /** Whether anything taken lacks what it needs, or has beside it what it does not stand. */
  boolean isAnythingBroken() throws FormatException {
    return isAnythingLacking(false);
  }

  /** The same, and what is only recommended counts as well where it is wanted. */
  boolean isAnythingIncomplete() throws FormatException {
    return isAnythingLacking(true);
  }

  private boolean isAnythingLacking(boolean recommendedToo) throws FormatException {
    for (PackageName name : universe.installed()) {
      if (lacks(name.installed, recommendedToo)) {
        return true;
      }
    }
    return false;
  }

  private boolean lacks(Offer offer, boolean recommendedToo) throws FormatException {
    for (Need need : offer.needs()) {
      if ((recommendedToo ? counts(need) : need.kind.isCritical())
          && need.isMetByInstalled() == need.kind.isNegative()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Takes a package.
   *
   * @param deep whether to take what it needs as well
   * @param asked whether somebody asked for it by name
   * @return whether it is taken now and nothing is missing that could be had
   */
  boolean take(PackageName name, boolean deep, boolean asked, int depth) throws FormatException {
    if (depth > DEPTH_MAX
        || name.offers().isEmpty()
        || (!asked && name.installed == null && name.fixed)
        || name.candidate == null) {
      return false;
    }
    if (!name.fixed && name.installed != null && !lacks(name.installed, true)) {
      return true;
    }
    if (deep && !isPossible(name)) {
      return false;
    }
    if (asked) {
      state(name, true);
    }
    boolean giveUpEarly = !name.fixed && !asked;
    boolean failed = false;
    Offer offer = name.candidate;
    List<Need> missing = new ArrayList<>();
    if (deep) {
      List<Need> unwelcome = new ArrayList<>();
      collect(offer, name.fixed, missing, unwelcome);
      if (!dropUnwelcome(unwelcome, name.fixed, asked)) {
        if (giveUpEarly) {
          return false;
        }
        failed = true;
      }
    }
    if (!asked) {
      state(name, false);
    }
    if (!deep) {
      return !failed;
    }
    boolean wasFixed = name.fixed;
    name.fixed = true;
    try {
      if (!takeMissing(missing, wasFixed, asked, depth)) {
        if (giveUpEarly) {
          name.installed = null;
          name.candidate = null;
          return false;
        }
        failed = true;
      }
    } finally {
      name.fixed = wasFixed;
    }
    return !failed;
  }

  /**
   * Whether every need could be met at all. A candidate for which this is not so is given up,
   * unless its name is fixed.
   */
  private boolean isPossible(PackageName name) throws FormatException {
    for (Need need : name.candidate.needs()) {
      if (need.kind.isCritical()
          && !need.kind.isNegative()
          && !need.isMetByInstalled()
          && !need.isMetByCandidate()) {
        if (!name.fixed) {
          name.candidate = null;
          name.installed = null;
        }
        return false;
      }
    }
    return true;
  }

  private static void state(PackageName name, boolean asked) {
    if (name.fixed && name.installed == name.candidate) {
      return;
    }
    name.installed = name.candidate;
    name.automatic = !asked;
  }

  /**
   * What is not as the offer wants it. For a fixed name also what is: its being there may become
   * fixed too.
   */
  private void collect(Offer offer, boolean fixed, List<Need> missing, List<Need> unwelcome)
      throws FormatException {
    for (Need need : offer.needs()) {
      if (!counts(need)) {
        continue;
      }
      boolean fulfilled = need.isMetByInstalled() != need.kind.isNegative();
      if (!fulfilled || fixed) {
        (need.kind.isNegative() ? unwelcome : missing).add(need);
      }
    }
  }

  /**
   * Drops what conflicts; for a fixed name it must not come back either. What is fixed itself
   * stays, and the conflict with it.
   */
  private boolean dropUnwelcome(List<Need> unwelcome, boolean fixed, boolean asked)
      throws FormatException {
    boolean failed = false;
    for (Need need : unwelcome) {
      List<Offer> present = need.candidates(0);
      if (present.stream().anyMatch(offer -> offer.name.installed != null && offer.name.fixed)) {
        failed = true;
        if (!fixed && !asked) {
          return false;
        }
      }
      for (Offer offer : present) {
        PackageName other = offer.name;
        if (other.installed == null || !other.fixed) {
          other.installed = null;
          if (fixed) {
            other.candidate = null;
            other.fixed = true;
          }
        }
      }
    }
    return !failed;
  }

  private boolean takeMissing(List<Need> missing, boolean fixed, boolean asked, int depth)
      throws FormatException {
    boolean failed = false;
    for (Need need : missing) {
      boolean critical = need.kind.isCritical();
      if (need.isMetByInstalled()) {
        if (fixed && critical && !fixOnlyWay(need, depth)) {
          failed = true;
        }
        continue;
      }
      if (!takeOne(need, fixed && critical, depth) && critical) {
        failed = true;
        if (!fixed && !asked) {
          return false;
        }
      }
    }
    return !failed;
  }

  /** Takes something recommended, if it can be had beside what is fixed. */
  void takeRecommended(Need need) throws FormatException {
    takeOne(need, false, 0);
  }

  /** What is there, and the only thing that can be, for something fixed, is fixed as well. */
  private boolean fixOnlyWay(Need need, int depth) throws FormatException {
    List<Offer> ways = candidates(need, false).stream().distinct().toList();
    if (ways.size() != 1 || ways.get(0).name.fixed) {
      return true;
    }
    PackageName only = ways.get(0).name;
    only.fixed = true;
    return take(only, true, false, depth + 1);
  }

  private boolean takeOne(Need need, boolean fix, int depth) throws FormatException {
    List<Offer> ways = sortedCandidates(need);
    for (Offer way : ways) {
      PackageName name = way.name;
      if (name.candidate != way) {
        continue;
      }
      if (fix && ways.size() == 1) {
        if (!take(name, false, false, depth + 1)) {
          continue;
        }
        name.fixed = true;
      }
      if (take(name, true, false, depth + 1)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The candidates for all alternatives of something needed, preferred ones first, without those
   * that are ruled out.
   */
  List<Offer> sortedCandidates(Need need) throws FormatException {
    return candidates(need, true);
  }

  private List<Offer> candidates(Need need, boolean sorted) throws FormatException {
    var all = new ArrayList<Offer>();
    for (int i = 0; i < need.alternatives(); i++) {
      List<Offer> some = need.candidates(i);
      if (sorted && some.size() > 1) {
        some.sort(preference(need.target(i)));
      }
      for (Offer offer : some) {
        if (all.isEmpty() || all.get(all.size() - 1) != offer) {
          all.add(offer);
        }
      }
    }
    all.removeIf(offer -> offer.name.fixed && offer.name.installed == null);
    return all;
  }

  /**
   * Among packages that answer to the same alternative: fixed ones, the one that bears the name,
   * essential, protected, by priority, named later in the index.
   */
  private Comparator<Offer> preference(PackageName target) {
    return Comparator.comparing((Offer offer) -> !offer.name.fixed)
        .thenComparing(offer -> offer.name != target)
        .thenComparing(offer -> !unchecked(offer.name::isEssential))
        .thenComparing(offer -> !unchecked(offer.name::isProtected))
        .thenComparing(offer -> offer.file.priority())
        .thenComparing(later);
  }

  private interface Question {
    boolean ask() throws FormatException;
  }

  /**
   * The versions of a name that is a candidate have been read long ago, so nothing can fail here.
   */
  private static boolean unchecked(Question question) {
    try {
      return question.ask();
    } catch (FormatException e) {
      throw new IllegalStateException("bug: a package that was read before cannot be read", e);
    }
  }

  Universe universe() {
    return universe;
  }
}
