// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import java.time.Instant;
import java.util.Optional;

/**
 * What pruning keeps beside what refs point at.
 *
 * @param refsOnly whether only refs keep commits; else every commit keeps itself; false by default
 * @param depth how many parents of a kept commit are kept; -1, the default, for all
 * @param keepYoungerThan commits made earlier are not kept, unless a ref points at them
 * @param deleteCommit a commit that is not kept
 * @param commitsOnly whether only commits are removed, not their trees; false by default
 * @param dryRun whether nothing is removed; false by default
 */
public record PruneOptions(
    boolean refsOnly,
    int depth,
    Optional<Instant> keepYoungerThan,
    Optional<Digest> deleteCommit,
    boolean commitsOnly,
    boolean dryRun) {

  /** Keeps every commit. */
  public static PruneOptions keepingAllCommits() {
    return new PruneOptions(false, -1, Optional.empty(), Optional.empty(), false, false);
  }

  /** Keeps what refs lead to. */
  public static PruneOptions keepingRefs() {
    return new PruneOptions(true, -1, Optional.empty(), Optional.empty(), false, false);
  }

  /** The same with so many parents of each kept commit. */
  public PruneOptions withDepth(int parents) {
    return new PruneOptions(refsOnly, parents, keepYoungerThan, deleteCommit, commitsOnly, dryRun);
  }

  /** The same without commits made earlier. */
  public PruneOptions youngerThan(Instant time) {
    return new PruneOptions(refsOnly, depth, Optional.of(time), deleteCommit, commitsOnly, dryRun);
  }

  /** The same without a commit. */
  public PruneOptions without(Digest commit) {
    return new PruneOptions(
        refsOnly, depth, keepYoungerThan, Optional.of(commit), commitsOnly, dryRun);
  }

  /** The same, saying only what it would do. */
  public PruneOptions asDryRun() {
    return new PruneOptions(refsOnly, depth, keepYoungerThan, deleteCommit, commitsOnly, true);
  }
}
