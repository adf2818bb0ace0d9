// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.progress.Progress;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * Work on a repository as a process of its own, which may be killed: see {@link SuddenDeathTest}.
 */
public final class RepositoryProcess {
  private static final int FILES = 400;
  private static final int FILE_BYTES = 20_000;

  private RepositoryProcess() {}

  /** A tree of many files that do not compress; the same seed gives the same tree. */
  static Tree tree(long seed) {
    var random = new Random(seed);
    return Tree.of(
        t -> {
          for (int i = 0; i < FILES; i++) {
            byte[] bytes = new byte[FILE_BYTES];
            random.nextBytes(bytes);
            t.file("/d" + i % 20 + "/f" + i, 0644, Content.bytes(bytes));
          }
        });
  }

  /** Runs {@code commit REPO SEED}, {@code pull REPO FROM} or {@code prune REPO}. */
  public static void main(String[] words) throws IOException {
    OstreeRepository repository = OstreeRepository.open(Path.of(words[1]));
    switch (words[0]) {
      case "commit" ->
          repository.commit(
              tree(Long.parseLong(words[2])),
              CommitInfo.of("seed " + words[2], Repositories.TIME).onBranch("b"),
              2,
              Progress.none());
      case "pull" ->
          repository.pullLocal(
              "o",
              OstreeRepository.open(Path.of(words[2])),
              PullOptions.of(List.of("b")),
              2,
              Progress.none());
      case "prune" -> repository.prune(PruneOptions.keepingRefs().withDepth(0));
      default -> throw new IllegalArgumentException(words[0]);
    }
  }
}
