// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.ostree.object.ObjectName;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was found wrong in a repository.
 *
 * @param objects how many were read
 * @param commits how many of them are commits
 * @param partialCommits of which only a part is meant to be here
 * @param problems damaged and missing objects, and what is wrong with each
 * @param deadRefs refs that lead to no commit, by their files ({@code heads/os/amd64}), and why
 */
public record FsckReport(
    int objects,
    int commits,
    int partialCommits,
    SortedMap<ObjectName, String> problems,
    SortedMap<String, String> deadRefs) {
  public FsckReport {
    problems = Collections.unmodifiableSortedMap(new TreeMap<>(problems));
    deadRefs = Collections.unmodifiableSortedMap(new TreeMap<>(deadRefs));
  }

  /** Whether nothing is wrong. */
  public boolean isClean() {
    return problems.isEmpty() && deadRefs.isEmpty();
  }
}
