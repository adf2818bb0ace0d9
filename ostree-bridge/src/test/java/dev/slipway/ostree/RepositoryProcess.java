// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.progress.Progress;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
    return Tree.of(t -> fill(t, "/", FILES, seed));
  }

  private static void fill(TreeBuilder t, String directory, int files, long seed) {
    var random = new Random(seed);
    for (int i = 0; i < files; i++) {
      byte[] bytes = new byte[FILE_BYTES];
      random.nextBytes(bytes);
      t.file(directory + "d" + i % 20 + "/f" + i, 0644, Content.bytes(bytes));
    }
  }

  /** A system that can be deployed, with those files in it. */
  static Tree system(long seed) throws IOException {
    return FittedTree.of(
            Tree.of(FittedTreeTest::debian)
                .with(
                    t -> {
                      fill(t, "/usr/share/", FILES / 4, seed);
                      t.file("/boot/vmlinuz-6.1.0-1-amd64", 0644, Content.utf8("kernel " + seed));
                    }),
            Repositories.TIME)
        .tree();
  }

  /**
   * Runs {@code commit REPO SEED}, {@code pull REPO FROM}, {@code prune REPO} or {@code deploy
   * SYSROOT REF}.
   */
  public static void main(String[] words) throws IOException {
    if (words[0].equals("deploy")) {
      deploy(Sysroot.open(Path.of(words[1])), words[2]);
      return;
    }
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

  private static void deploy(Sysroot sysroot, String ref) throws IOException {
    sysroot.deploy(
        "debian",
        sysroot.repository().resolve(ref),
        Optional.of(ref),
        Optional.empty(),
        2,
        Progress.none());
  }
}
