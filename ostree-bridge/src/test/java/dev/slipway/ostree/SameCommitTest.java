// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.digest.Digest;
import dev.slipway.progress.Progress;
import dev.slipway.testing.GeneratedTree;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Node.Special;
import dev.slipway.tree.Node.Symlink;
import dev.slipway.tree.TarWriter;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeDifference;
import dev.slipway.tree.TreeDifference.Aspect;
import dev.slipway.tree.Xattrs;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The real ostree and we make the same objects of the same trees, and read each other's. */
@RequiresTool(value = "ostree", in = "ostree")
class SameCommitTest {
  private static final int TREES = 20;

  @TempDir Path work;

  /** Without devices, and without attributes of links, which Linux does not hold. */
  static Tree holdable(long seed) {
    Tree tree = GeneratedTree.withoutSockets(seed);
    return tree.without(path -> tree.inode(path).orElseThrow() instanceof Special)
        .mapped(
            (path, inode) ->
                inode instanceof Symlink
                    ? inode.withMetadata(inode.metadata().withXattrs(Xattrs.NONE))
                    : inode);
  }

  @ParameterizedTest
  @EnumSource(
      value = RepositoryMode.class,
      names = {"ARCHIVE", "BARE_USER", "BARE"})
  void sameChecksumAndObjectsAsOstree(RepositoryMode mode) throws Exception {
    OstreeRepository ours = Repositories.init(work.resolve("ours"), mode);
    OstreeRepository theirs = Repositories.init(work.resolve("theirs"), mode);
    for (long seed = 0; seed < TREES; seed++) {
      Tree tree = holdable(seed);
      Path tar = work.resolve("tree.tar");
      try (OutputStream out = Files.newOutputStream(tar)) {
        TarWriter.write(tree, out);
      }
      Path root = Files.createDirectory(work.resolve("root-" + seed));
      Tool.output(
          "tar",
          "--xattrs",
          "--xattrs-include=*",
          "--numeric-owner",
          "-xpf",
          tar.toString(),
          "-C",
          root.toString());
      String ref = "tree/" + seed;
      CommitInfo info = CommitInfo.of("seed " + seed, 1_700_000_000L).onBranch(ref);
      Committed done = ours.commit(tree, info.withBody("a body"), 2, Progress.none());
      String expected =
          Tool.output(
                  "ostree",
                  "--repo=" + theirs.directory(),
                  "commit",
                  "--branch=" + ref,
                  "--subject=seed " + seed,
                  "--body=a body",
                  "--timestamp=@1700000000",
                  "--tree=dir=" + root)
              .strip();
      TreeDifference difference =
          TreeDifference.between(tree, theirs.read(Digest.parse(expected)))
              .ignoring(Aspect.MTIME, Aspect.HARD_LINKS);
      assertThat(difference.differences()).as("seed %d: %s", seed, difference).isEmpty();
      assertThat(done.checksum().hex()).as("seed %d", seed).isEqualTo(expected);
    }
    assertThat(
            Tool.run(
                    java.util.Map.of(),
                    "diff",
                    "-r",
                    "--no-dereference",
                    ours.directory().resolve("objects").toString(),
                    theirs.directory().resolve("objects").toString())
                .output())
        .isEmpty();
    Tool.output("ostree", "--repo=" + ours.directory(), "fsck");
  }
}
