// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.apt.Search.Clause;
import dev.slipway.deb.Relation;
import dev.slipway.io.FormatException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.sat4j.core.VecInt;
import org.sat4j.minisat.SolverFactory;
import org.sat4j.specs.ContradictionException;
import org.sat4j.specs.ISolver;
import org.sat4j.specs.IVecInt;
import org.sat4j.specs.TimeoutException;

/**
 * Says in words why packages cannot be had together.
 *
 * <p>Each rule gets a switch. The solver names switches that, all on, leave no choice; they are
 * turned off one by one as long as there is still none. What is left is a smallest chain of
 * reasons: take any one away and a choice exists.
 */
final class Explanation {
  /** So many independent problems are told; more would not be read. */
  private static final int PROBLEMS_MAX = 10;

  private final Map<Offer, Integer> variables;
  private final List<Clause> clauses;
  private final ISolver solver = SolverFactory.newDefault();

  Explanation(Map<Offer, Integer> variables, List<Clause> clauses) {
    this.variables = variables;
    this.clauses = clauses;
  }

  /**
   * One sentence for each thing that stands in the way; things that share a package that is asked
   * for are told once.
   */
  List<String> problems(List<PackageName> wanted) throws FormatException, TimeoutException {
    solver.newVar(variables.size() + clauses.size());
    try {
      for (int i = 0; i < clauses.size(); i++) {
        var literals = new VecInt(clauses.get(i).literals().clone());
        literals.push(-selector(i));
        solver.addClause(literals);
      }
    } catch (ContradictionException e) {
      throw new IllegalStateException("bug: rules with switches cannot contradict each other", e);
    }
    var problems = new ArrayList<String>();
    var left = new ArrayList<>(wanted);
    while (problems.size() < PROBLEMS_MAX) {
      List<Integer> core = core(left);
      if (core.isEmpty()) {
        break;
      }
      problems.add(words(core, left));
      left.removeIf(name -> core.contains(variables.get(name.candidate)));
    }
    return problems;
  }

  private int selector(int clause) {
    return variables.size() + 1 + clause;
  }

  /**
   * The smallest set of switches and wanted packages that leaves no choice; empty when there is
   * one.
   */
  private List<Integer> core(List<PackageName> wanted) throws TimeoutException {
    var all = new ArrayList<Integer>();
    for (int i = 0; i < clauses.size(); i++) {
      all.add(selector(i));
    }
    wanted.forEach(name -> all.add(variables.get(name.candidate)));
    List<Integer> core = reasons(all);
    for (int i = core.size() - 1; i >= 0; i--) {
      if (i < core.size()) {
        var fewer = new ArrayList<>(core);
        fewer.remove(i);
        List<Integer> smaller = reasons(fewer);
        core = smaller.isEmpty() ? core : smaller;
      }
    }
    return core;
  }

  /** Which of the assumptions make it impossible, in ascending order; empty when it is possible. */
  private List<Integer> reasons(List<Integer> assumptions) throws TimeoutException {
    if (solver.isSatisfiable(
        new VecInt(assumptions.stream().mapToInt(Integer::intValue).toArray()))) {
      return List.of();
    }
    IVecInt named = solver.unsatExplanation();
    if (named == null) {
      return assumptions;
    }
    var reasons = new ArrayList<Integer>();
    for (int i = 0; i < named.size(); i++) {
      reasons.add(Math.abs(named.get(i)));
    }
    reasons.sort(null);
    return reasons;
  }

  private String words(List<Integer> core, List<PackageName> wanted) throws FormatException {
    var chain = new ArrayList<String>();
    Set<PackageName> reached = new LinkedHashSet<>();
    for (PackageName name : wanted) {
      if (core.contains(variables.get(name.candidate))) {
        reached.add(name);
      }
    }
    chain.add(
        reached.stream().map(PackageName::toString).collect(Collectors.joining(" and "))
            + (reached.size() == 1 ? " is wanted" : " are wanted"));
    List<Clause> rules =
        core.stream()
            .filter(literal -> literal > variables.size())
            .map(literal -> clauses.get(literal - variables.size() - 1))
            .collect(Collectors.toList());
    boolean changed = true;
    while (changed) { // from what is asked for along the needs, conflicts last
      changed = false;
      for (Clause rule : List.copyOf(rules)) {
        Need need = rule.need();
        if (!need.kind.isNegative() && reached.contains(need.owner.name)) {
          rules.remove(rule);
          chain.add(need + lack(need, reached));
          changed = true;
        }
      }
    }
    for (Clause rule : rules) {
      chain.add(rule.need() + hit(rule));
    }
    return String.join("; ", chain);
  }

  private static String lack(Need need, Set<PackageName> reached) throws FormatException {
    var ways = new LinkedHashSet<PackageName>();
    for (int i = 0; i < need.alternatives(); i++) {
      need.candidates(i).forEach(offer -> ways.add(offer.name));
    }
    reached.addAll(ways);
    if (!ways.isEmpty()) {
      boolean plain = ways.size() == 1 && ways.contains(need.target(0));
      return plain
          ? ""
          : ", which is "
              + ways.stream().map(PackageName::toString).collect(Collectors.joining(" or "));
    }
    var reasons = new ArrayList<String>();
    for (int i = 0; i < need.alternatives(); i++) {
      reasons.add(absence(need, i));
    }
    return ", but " + String.join(" and ", reasons);
  }

  private static String absence(Need need, int alternative) throws FormatException {
    PackageName target = need.target(alternative);
    Relation relation = need.text.alternatives().get(alternative);
    if (target.candidate != null) {
      String others =
          target.offers().size() > 1 ? " (of the versions " + Selection.versions(target) + ")" : "";
      return (others.isEmpty() ? "the archive has " : "the one to take is ")
          + target.candidate
          + others;
    }
    if (!target.offers().isEmpty()) {
      return "every version of "
          + target
          + " is ruled out by its priority: "
          + Selection.versions(target);
    }
    List<String> providers =
        target.providers().stream()
            .map(
                provider ->
                    provider.offer()
                        + (provider.version() == null
                            ? " (without a version)"
                            : " (as " + provider.version() + ")"))
            .distinct()
            .toList();
    if (!providers.isEmpty()) {
      return relation.name() + " is only provided by " + String.join(", ", providers);
    }
    return "there is no " + target + " in the archive";
  }

  /** Which package the conflict is with, where the text of the field does not say it. */
  private String hit(Clause rule) {
    int other = -rule.literals()[1];
    Offer offer =
        variables.entrySet().stream()
            .filter(entry -> entry.getValue() == other)
            .findFirst()
            .orElseThrow()
            .getKey();
    Need need = rule.need();
    boolean named = offer.name == need.target(0);
    return named && need.text.alternatives().get(0).version() == null ? "" : ", which is " + offer;
  }
}
