// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.io.FormatException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sat4j.core.VecInt;
import org.sat4j.minisat.SolverFactory;
import org.sat4j.specs.ContradictionException;
import org.sat4j.specs.ISolver;
import org.sat4j.specs.TimeoutException;

/**
 * Finds a choice of packages where the straight way found none, if there is any among the
 * candidates.
 *
 * <p><b>For the maintainer.</b> Every candidate that can be reached is a variable; {@code a depends
 * on b | c} is the clause (not a, or b, or c), {@code a conflicts with d} is (not a, or not d). The
 * solver only answers whether a set of choices can still be completed. The choices are made here,
 * in the order in which apt goes through the needs, each time the first way with which it can: so
 * the result is as near to apt's taste as it can be, has nothing in it that nothing needs, and does
 * not depend on how the solver searches. Recommended packages are added at the end where they fit.
 */
final class Search {
  /**
   * Counted in conflicts, not in seconds, so that every machine gives up at the same point. Real
   * requests need some dozens.
   */
  private static final int CONFLICTS_MAX = 2_000_000;

  private final Universe universe;
  private final Marker marker;
  private final boolean recommends;
  private final Map<Offer, Integer> variables = new LinkedHashMap<>();
  private final List<Clause> clauses = new ArrayList<>();

  /** A rule and the need it comes from. */
  record Clause(Need need, int[] literals) {}

  Search(Universe universe, boolean recommends) {
    this.universe = universe;
    this.recommends = recommends;
    this.marker = new Marker(universe, recommends);
  }

  /** Decides about all names anew, so that everything wanted is there and nothing is broken. */
  void choose(List<PackageName> wanted) throws FormatException, UnresolvableException {
    universe.forgetDecisions();
    gather(wanted);
    try {
      ISolver solver = solver();
      var assumed = new VecInt();
      wanted.forEach(name -> assumed.push(variables.get(name.candidate)));
      if (solver == null || !solver.isSatisfiable(assumed)) {
        throw new UnresolvableException(new Explanation(variables, clauses).problems(wanted));
      }
      decide(wanted, solver, assumed);
    } catch (TimeoutException e) {
      throw new UnresolvableException(
          List.of(
              "whether the packages asked for can be had together is too hard to find out; ask for fewer, or name versions"));
    }
  }

  private void gather(List<PackageName> wanted) throws FormatException {
    var open = new ArrayDeque<Offer>();
    for (PackageName name : wanted) {
      variable(name.candidate, open);
    }
    var negative = new ArrayList<Need>();
    for (Offer offer = open.poll(); offer != null; offer = open.poll()) {
      for (Need need : offer.needs()) {
        if (!need.kind.isCritical()) {
          continue;
        }
        if (need.kind.isNegative()) {
          negative.add(need);
          continue;
        }
        Set<Offer> ways = ways(need);
        int[] literals = new int[ways.size() + 1];
        literals[0] = -variables.get(offer);
        int i = 1;
        for (Offer way : ways) {
          literals[i++] = variable(way, open);
        }
        clauses.add(new Clause(need, literals));
      }
    }
    for (Need need : negative) {
      for (Offer other : ways(need)) {
        if (variables.containsKey(other)) {
          clauses.add(
              new Clause(need, new int[] {-variables.get(need.owner), -variables.get(other)}));
        }
      }
    }
  }

  private int variable(Offer offer, ArrayDeque<Offer> open) {
    Integer known = variables.get(offer);
    if (known == null) {
      known = variables.size() + 1;
      variables.put(offer, known);
      open.add(offer);
    }
    return known;
  }

  private static Set<Offer> ways(Need need) throws FormatException {
    var ways = new LinkedHashSet<Offer>();
    for (int i = 0; i < need.alternatives(); i++) {
      ways.addAll(need.candidates(i));
    }
    return ways;
  }

  /** Null when the rules contradict each other whatever is asked for. */
  private ISolver solver() {
    ISolver solver = SolverFactory.newDefault();
    solver.setTimeoutOnConflicts(CONFLICTS_MAX);
    solver.newVar(variables.size());
    try {
      for (Clause clause : clauses) {
        solver.addClause(new VecInt(clause.literals().clone()));
      }
    } catch (ContradictionException e) {
      return null;
    }
    return solver;
  }

  private void decide(List<PackageName> wanted, ISolver solver, VecInt assumed)
      throws FormatException, TimeoutException {
    var open = new ArrayDeque<Offer>();
    for (PackageName name : wanted) {
      install(name.candidate, false, open);
    }
    for (Offer offer = open.poll(); offer != null; offer = open.poll()) {
      for (Need need : offer.needs()) {
        if (need.kind.isCritical() && !need.kind.isNegative() && !need.isMetByInstalled()) {
          Offer way = firstPossible(marker.sortedCandidates(need), solver, assumed);
          assumed.push(variables.get(way));
          install(way, true, open);
        }
      }
    }
    if (recommends) {
      addRecommended();
    }
  }

  /** Each recommended package comes with what it needs, or, where that breaks something, not. */
  private void addRecommended() throws FormatException {
    for (PackageName name : universe.installed()) {
      for (Need need : name.installed.needs()) {
        if (need.kind != Need.Kind.RECOMMENDS || need.isMetByInstalled()) {
          continue;
        }
        Runnable back = universe.remember();
        marker.takeRecommended(need);
        if (marker.isAnythingBroken()) {
          back.run();
        }
        universe.installed().forEach(taken -> taken.fixed = true);
      }
    }
  }

  private Offer firstPossible(List<Offer> ways, ISolver solver, VecInt assumed)
      throws TimeoutException {
    for (Offer way : ways.subList(0, ways.size() - 1)) {
      var tried = new VecInt();
      assumed.copyTo(tried);
      tried.push(variables.get(way));
      if (solver.isSatisfiable(tried)) {
        return way;
      }
    }
    return ways.get(
        ways.size() - 1); // the choices up to here can be completed, so one of the ways is possible
  }

  private static void install(Offer offer, boolean automatic, ArrayDeque<Offer> open) {
    PackageName name = offer.name;
    name.installed = offer;
    name.fixed = true;
    name.automatic = automatic;
    open.add(offer);
  }
}
