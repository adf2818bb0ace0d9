// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import java.util.List;

/**
 * What is pulled, and how.
 *
 * @param revisions refs and checksums; with none, all refs of the summary
 * @param depth how many parents come along; 0 by default, -1 for all
 * @param mirror whether refs become the repository's own, under the same names, and the summary
 *     comes along; false by default: they become {@code remote:name}
 * @param commits whose signatures commits need
 * @param summary whose signatures the summary needs; a remote without one is refused then
 */
public record PullOptions(
    List<String> revisions, int depth, boolean mirror, Verification commits, Verification summary) {
  public PullOptions {
    revisions = List.copyOf(revisions);
  }

  /** Some refs or commits, unverified. */
  public static PullOptions of(List<String> revisions) {
    return new PullOptions(revisions, 0, false, Verification.none(), Verification.none());
  }

  /** The same with signatures needed. */
  public PullOptions verifying(Verification onCommits, Verification onSummary) {
    return new PullOptions(revisions, depth, mirror, onCommits, onSummary);
  }

  /** The same with so many parents. */
  public PullOptions withDepth(int parents) {
    return new PullOptions(revisions, parents, mirror, commits, summary);
  }

  /** The same as a mirror. */
  public PullOptions asMirror() {
    return new PullOptions(revisions, depth, true, commits, summary);
  }
}
