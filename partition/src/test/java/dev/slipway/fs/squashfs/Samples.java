// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.MemoryBlockSink;
import dev.slipway.progress.Progress;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.tree.ContentKeeper;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node;
import dev.slipway.tree.Node.Special.Kind;
import dev.slipway.tree.TarReader;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeDifference;
import dev.slipway.tree.TreePath;
import dev.slipway.tree.Xattrs;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/** What the tests of this package share. */
final class Samples {
  static final long TIME = 1_700_000_000;

  private Samples() {}

  static SquashfsOptions options(SquashfsCompression compression) {
    return SquashfsOptions.of(compression, TIME).withBlockBytes(1 << 14);
  }

  /** One of everything, in shapes where the form changes: sizes around a block's, holes, links. */
  static Tree everything() {
    int block = 1 << 14;
    Xattrs few = Xattrs.of(Map.of("user.note", new byte[] {1, 2, 3}));
    Xattrs many =
        Xattrs.of(
            Map.of(
                "user.large", noise(3000, 7),
                "user.empty", new byte[0],
                "security.capability", netBindService()));
    var odd = new Metadata(06755, 70_000, 4_000_000_000L, TIME, 0, few);
    return Tree.of(
        t -> {
          t.put(TreePath.ROOT, new Node.Directory(Metadata.mode(01777).withMtime(5, 0)))
              .file("/empty", 0600, Content.EMPTY)
              .file("/odd", 0, Content.EMPTY)
              .file("/small", 0644, Content.utf8("hello\n"))
              .put(TreePath.of("/odd"), new Node.RegularFile(odd, Content.utf8("x")))
              .put(
                  TreePath.of("/attributes"),
                  new Node.RegularFile(Metadata.mode(0).withXattrs(many), Content.utf8("y")))
              .put(
                  TreePath.of("/with-attributes"),
                  new Node.Directory(Metadata.mode(02750).withXattrs(many)))
              .put(
                  TreePath.of("/last-time"),
                  new Node.RegularFile(
                      Metadata.mode(0644).withMtime(0xffff_ffffL, 0), Content.EMPTY))
              .symlink("/short", "small")
              .symlink("/longest", "c".repeat(4095))
              .hardLink("/a-name-of-small", "/small")
              .hardLink("/dir/another", "/small")
              .device("/null", 0666, Kind.CHARACTER_DEVICE, 1, 3)
              .device("/disk", 0660, Kind.BLOCK_DEVICE, 259, 70_000)
              .device("/pipe", 0600, Kind.FIFO, 0, 0)
              .directory("/hollow", 0755)
              .file("/zeros", 0644, Content.bytes(new byte[3 * block + 7]))
              .file("/block-1", 0644, Content.bytes(noise(block - 1, 1)))
              .file("/block", 0644, Content.bytes(noise(block, 2)))
              .file("/block+1", 0644, Content.bytes(noise(block + 1, 3)))
              .file("/text", 0644, Content.utf8("all work and no play\n".repeat(9000)))
              .file("/text-again", 0600, Content.utf8("all work and no play\n".repeat(9000)))
              .file("/holes", 0644, Content.bytes(holes(block)));
          for (int i = 0; i < 1200; i++) {
            t.file("/many/" + "n".repeat(i % 90) + i, 0644, Content.utf8("file " + i));
          }
        });
  }

  private static byte[] holes(int block) {
    byte[] bytes = new byte[6 * block + 100];
    System.arraycopy(noise(block, 4), 0, bytes, 2 * block, block);
    bytes[5 * block + 3] = 1;
    return bytes;
  }

  private static byte[] netBindService() {
    byte[] bytes = new byte[20];
    bytes[3] = 2;
    bytes[5] = 4;
    return bytes;
  }

  static byte[] noise(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** A tree as squashfs can hold it: whole seconds from 1970 to 2106. */
  static Tree holdable(Tree tree) {
    return tree.mapped(
        (path, node) -> {
          Metadata metadata = node.metadata();
          long seconds = Math.max(0, Math.min(0xffff_ffffL, metadata.mtimeSeconds()));
          return node.withMetadata(metadata.withMtime(seconds, 0));
        });
  }

  static byte[] bytes(Tree tree, SquashfsOptions options) throws IOException {
    return bytes(tree, options, 1);
  }

  static byte[] bytes(Tree tree, SquashfsOptions options, int threads) throws IOException {
    MemoryBlockSink sink = BlockSink.inMemory(16 << 20);
    long size = Squashfs.write(tree, options, sink, threads, Progress.none());
    return Arrays.copyOf(sink.bytes(), (int) size);
  }

  static Tree read(byte[] image) throws IOException {
    return Squashfs.read(BlockSource.bytes(image), "image");
  }

  static void assertSame(Tree expected, Tree found) {
    if (!expected.equals(found)) {
      assertThat(TreeDifference.between(expected, found).differences()).isEmpty();
      throw new AssertionError("the trees are not equal, but no difference is known");
    }
  }

  /** A directory as a tree, by way of GNU tar. */
  static Tree directory(Path directory, Path work) throws Exception {
    Path tar = work.resolve("seen.tar");
    Tool.output(
        "tar",
        "-C",
        directory.toString(),
        "--format=posix",
        "--numeric-owner",
        "--xattrs",
        "--xattrs-include=*",
        "-cf",
        tar.toString(),
        ".");
    try (InputStream in = new BufferedInputStream(Files.newInputStream(tar))) {
      return TarReader.read(in, "seen.tar", ContentKeeper.inMemory());
    } finally {
      Files.delete(tar);
    }
  }
}
