// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import java.util.List;
import java.util.stream.Collectors;

/** A disk that cannot be built as described: every problem at once, each with what to do. */
public class ImagePlanException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * One problem.
   *
   * @param where the part of the plan: {@code partition "root-a"}
   * @param what what is wrong with it, with the numbers
   * @param advice what to change
   */
  public record Problem(String where, String what, String advice) {
    @Override
    public String toString() {
      return where + ": " + what + ". " + advice;
    }
  }

  private final transient List<Problem> problems;

  public ImagePlanException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** In the order of the plan. */
  public List<Problem> problems() {
    return problems;
  }
}
