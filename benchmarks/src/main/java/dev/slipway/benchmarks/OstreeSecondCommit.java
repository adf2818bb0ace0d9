// SPDX-License-Identifier: Apache-2.0
package dev.slipway.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.slipway.ostree.CommitInfo;
import dev.slipway.ostree.OstreeRepository;
import dev.slipway.progress.Progress;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What a commit takes when one file of a tree has changed whose contents are known by digest, for
 * {@code ostree-peers.sh}: the tree's first commit goes before it, and the repository is opened
 * anew. Prints seconds on the clock and of CPU of the second commit, compiler included, and its
 * checksum.
 */
public final class OstreeSecondCommit {
  private OstreeSecondCommit() {}

  /** Takes the tar, an empty repository, and the changed file's path in the tree and outside. */
  public static void main(String[] args) throws IOException {
    Path repository = Path.of(args[1]);
    var process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    try (PackedTree packed =
        PackedTree.of(Path.of(args[0]), repository.toAbsolutePath().getParent())) {
      commit(repository, packed.tree());
      byte[] changed = Files.readAllBytes(Path.of(args[3]));
      Tree second =
          packed.tree().overlaidWith(Tree.of(t -> t.file(args[2], 0644, Content.bytes(changed))));
      long wall = System.nanoTime();
      long used = process.getProcessCpuTime();
      String checksum = commit(repository, second);
      System.out.printf(
          Locale.ROOT,
          "%.2f %.2f %s%n",
          (System.nanoTime() - wall) / 1e9,
          (process.getProcessCpuTime() - used) / 1e9,
          checksum);
    }
  }

  private static String commit(Path repository, Tree tree) throws IOException {
    return OstreeRepository.open(repository)
        .commit(
            tree,
            CommitInfo.of("s", 1).onBranch("tree"),
            Runtime.getRuntime().availableProcessors(),
            Progress.none())
        .checksum()
        .hex();
  }
}
