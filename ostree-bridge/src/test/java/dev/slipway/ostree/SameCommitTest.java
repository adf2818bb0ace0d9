// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.digest.Digest;
import dev.slipway.io.ByteSource;
import dev.slipway.progress.Progress;
import dev.slipway.testing.GeneratedTree;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
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
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The real ostree and we make the same objects of the same trees, and read each other's. */
@RequiresTool(value = "ostree", in = "ostree")
@Tag("slow")
class SameCommitTest {
  private static final int TREES = Boolean.getBoolean("slipway.long") ? 200 : 12;

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

  /** Links of all lengths, names of all planes in an order that UTF-16 does not have. */
  private static Tree edges() {
    var random = new Random(4);
    return Tree.of(
        t -> {
          for (int length : new int[] {1, 2, 59, 60, 61, 255, 256, 1023, 4094, 4095}) {
            t.symlink("/links/" + length, "l".repeat(length));
          }
          for (int i = 0; i < 300; i++) {
            String name =
                random
                    .ints(1 + random.nextInt(20), 1, Character.MAX_CODE_POINT)
                    .filter(c -> c != '/' && c != 0xfffd && !(c >= 0xd800 && c <= 0xdfff))
                    .collect(
                        StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            if (!name.isEmpty() && !name.matches("\\.{1,2}")) {
              t.file("/names/" + name, 0600, Content.bytes((byte) i));
            }
          }
          for (int size : new int[] {0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_000_000}) {
            byte[] bytes = new byte[size];
            random.nextBytes(bytes);
            t.file("/sizes/" + size, 0644, Content.bytes(bytes));
          }
        });
  }

  private static Stream<Tree> trees() {
    return Stream.concat(
        Stream.of(edges()), LongStream.range(0, TREES).mapToObj(SameCommitTest::holdable));
  }

  @ParameterizedTest
  @EnumSource(
      value = RepositoryMode.class,
      names = {"ARCHIVE", "BARE_USER", "BARE"})
  void sameChecksumAndObjectsAsOstree(RepositoryMode mode) throws Exception {
    OstreeRepository ours = Repositories.init(work.resolve("ours"), mode);
    OstreeRepository theirs = Repositories.init(work.resolve("theirs"), mode);
    int seed = -1;
    for (Tree tree : (Iterable<Tree>) trees()::iterator) {
      seed++;
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

  @Tag("slow")
  @Test
  void aFileOfMoreThan4GiBHasTheSameChecksum() throws Exception {
    long size = (4L << 30) + 1;
    Path file = Files.createDirectory(work.resolve("large")).resolve("zeros");
    try (var channel =
        java.nio.channels.FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      channel.write(java.nio.ByteBuffer.wrap(new byte[] {1}), size - 1);
    }
    Content content =
        Content.undigested(size, List.of(new Content.Range(0, size)), ByteSource.file(file));
    Tree tree = Tree.of(t -> t.file("/zeros", 0644, content));
    OstreeRepository ours = Repositories.init(work.resolve("ours"), RepositoryMode.ARCHIVE);
    OstreeRepository theirs = Repositories.init(work.resolve("theirs"), RepositoryMode.ARCHIVE);
    CommitInfo info = CommitInfo.of("s", 1).onBranch("a");
    Digest commit = ours.commit(tree, info, 2, Progress.none()).checksum();
    assertThat(
            Repositories.ostree(
                theirs,
                "commit",
                "--branch=a",
                "--subject=s",
                "--timestamp=@1",
                "--tree=dir=" + file.getParent()))
        .isEqualTo(commit.hex());
    assertThat(ours.fsck(2, Progress.none()).problems()).isEmpty();
    assertThat(Repositories.ostree(ours, "ls", "a", "/zeros")).contains(" " + size + " ");
  }
}
