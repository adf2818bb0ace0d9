// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import java.io.IOException;
import java.util.List;

/**
 * A tree holds what a repository cannot: devices, say. The message names every such path and why;
 * nothing was written.
 */
public final class TreeRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  TreeRefusedException(List<String> problems) {
    super(
        "the tree cannot be committed ("
            + (problems.size() == 1 ? "one path" : problems.size() + " paths")
            + "):\n  "
            + String.join("\n  ", problems));
    this.problems = List.copyOf(problems);
  }

  /** One sentence for each path, in path order. */
  public List<String> problems() {
    return problems;
  }
}
