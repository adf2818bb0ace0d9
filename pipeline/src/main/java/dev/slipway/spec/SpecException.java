// SPDX-License-Identifier: Apache-2.0
package dev.slipway.spec;

import dev.slipway.io.FormatException;
import java.util.List;
import java.util.stream.Collectors;

/** A specification is wrong. Holds every problem, not only the first. */
public final class SpecException extends FormatException {
  private static final long serialVersionUID = 1L;

  private final transient List<SpecProblem> problems;

  SpecException(List<SpecProblem> problems) {
    super(problems.stream().map(SpecProblem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** The problems in the order of the file. */
  public List<SpecProblem> problems() {
    return problems;
  }
}
