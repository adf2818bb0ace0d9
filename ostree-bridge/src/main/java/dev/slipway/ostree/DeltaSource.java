// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.progress.Progress;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Brings a commit's objects by a static delta instead of one by one, when there is a good one. */
@FunctionalInterface
interface DeltaSource {
  /**
   * Writes what a delta holds into a transaction. What is still missing afterwards is fetched
   * object by object, so to do nothing is always right.
   *
   * @param remote the files of the remote repository
   * @param into of the local repository, which holds everything of {@code have}
   * @param have complete commits that are here, the likeliest base first
   * @param to the commit that is wanted
   * @param summary what the remote says it offers
   */
  void apply(
      RemoteFiles remote,
      Transaction into,
      List<Digest> have,
      Digest to,
      Optional<Summary> summary,
      Progress progress)
      throws IOException;

  /** Uses no deltas: to read objects where they lie is cheaper than to put them together. */
  static DeltaSource none() {
    return (remote, into, have, to, summary, progress) -> {};
  }
}
