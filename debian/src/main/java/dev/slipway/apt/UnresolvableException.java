// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import java.io.IOException;
import java.util.List;

/** The archives cannot give what is asked for. Says everything that stands in the way, in words. */
public final class UnresolvableException extends IOException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  UnresolvableException(List<String> problems) {
    super(
        problems.size() == 1
            ? problems.get(0)
            : "the packages asked for cannot be had together:\n  " + String.join("\n  ", problems));
    this.problems = List.copyOf(problems);
  }

  /** One sentence for each problem, or for each link of the chain that leads to the one problem. */
  public List<String> problems() {
    return problems;
  }
}
