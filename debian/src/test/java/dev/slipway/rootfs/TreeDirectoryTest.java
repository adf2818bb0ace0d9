// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.digest.Digest;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.tree.ContentKeeper;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Node.Special;
import dev.slipway.tree.Node.Symlink;
import dev.slipway.tree.TarReader;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeDifference;
import dev.slipway.tree.TreePath;
import dev.slipway.tree.Xattrs;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeDirectoryTest {
  @TempDir Path work;

  private static void assumeRoot() {
    Assumptions.assumeTrue(HostUser.current().isRoot(), "only root can make files of other owners");
  }

  private static Metadata metadata(int mode, long uid, long gid) {
    return Metadata.mode(mode).withOwner(uid, gid).withMtime(1_234_567_890, 123_456_789);
  }

  /** Everything a tree can hold but a socket, which tar cannot read back. */
  private static Tree everything() {
    byte[] capability = HexFormat.of().parseHex("0100000200200000000000000000000000000000");
    byte[] holes = new byte[3 << 20];
    holes[1 << 20] = 1;
    return Tree.of(
        t -> {
          t.put(TreePath.ROOT, new Directory(metadata(0711, 3, 4)));
          t.put(TreePath.of("closed"), new Directory(metadata(0000, 1000, 65534)));
          t.put(
              TreePath.of("closed/file"),
              new RegularFile(metadata(0000, 1, 2), Content.utf8("inside")));
          t.put(TreePath.of("su"), new RegularFile(metadata(06755, 33, 44), Content.utf8("set")));
          t.put(
              TreePath.of("ping"),
              new RegularFile(
                  metadata(0755, 0, 0)
                      .withXattrs(
                          Xattrs.of(
                              Map.of(
                                  "security.capability",
                                  capability,
                                  "user.note",
                                  new byte[] {1, 0, 2}))),
                  Content.utf8("net")));
          t.put(
              TreePath.of("ümläut\n√"),
              new RegularFile(metadata(0644, 0, 0), Content.utf8("name")));
          t.put(TreePath.of("z-link"), new Symlink(metadata(0777, 7, 8), "/nowhere/ü"));
          t.hardLink("another", "su");
          t.put(
              TreePath.of("null"),
              new Special(metadata(0666, 0, 0), Special.Kind.CHARACTER_DEVICE, 1, 3));
          t.put(
              TreePath.of("disk"),
              new Special(metadata(0660, 0, 6), Special.Kind.BLOCK_DEVICE, 259, 70000));
          t.put(TreePath.of("fifo"), new Special(metadata(0600, 0, 0), Special.Kind.FIFO, 0, 0));
          t.put(TreePath.of("empty"), new RegularFile(metadata(0600, 0, 0), Content.EMPTY));
          t.put(
              TreePath.of("holes"),
              new RegularFile(
                  metadata(0600, 0, 0),
                  Content.sparse(
                      holes.length,
                      Digest.of(holes),
                      List.of(new Content.Range(1 << 20, 4096)),
                      Content.bytes(holes))));
        });
  }

  @Test
  @RequiresTool(value = "tar", in = "tar")
  void tarReadsBackTheSameTree() throws Exception {
    assumeRoot();
    Tree tree = everything();
    Path directory = work.resolve("root");
    TreeDirectory.write(tree, directory);
    Path tar = work.resolve("root.tar");
    Tool.output(
        "tar",
        "-C",
        directory.toString(),
        "--format=pax",
        "--numeric-owner",
        "--xattrs",
        "--xattrs-include=*",
        "-cf",
        tar.toString(),
        ".");
    try (InputStream in = new BufferedInputStream(Files.newInputStream(tar))) {
      assertThat(
              TreeDifference.between(tree, TarReader.read(in, "tar", ContentKeeper.inMemory()))
                  .differences())
          .isEmpty();
    }
    String used = Tool.output("stat", "-c", "%b %s", directory.resolve("holes").toString());
    assertThat(Long.parseLong(used.split(" ")[0])).isLessThan(64);
    assertThat(used.strip()).endsWith(" " + (3 << 20));
  }

  @Test
  void aDirectoryWithSomethingInItIsLeftAlone() throws Exception {
    assumeRoot();
    Files.writeString(work.resolve("mine"), "x");
    assertThatThrownBy(() -> TreeDirectory.write(everything(), work))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("is not empty");
    assertThat(Files.readString(work.resolve("mine"))).isEqualTo("x");
    assertThat(work.toFile().list()).containsExactly("mine");
  }

  @Test
  void anEmptyDirectoryIsTaken() throws Exception {
    assumeRoot();
    Path directory = Files.createDirectory(work.resolve("root"));
    TreeDirectory.write(Tree.of(t -> t.file("a", 0644, Content.utf8("a"))), directory);
    assertThat(Files.readString(directory.resolve("a"))).isEqualTo("a");
  }

  @Test
  void afterAnErrorNothingIsLeft() throws Exception {
    assumeRoot();
    Tree tree =
        everything()
            .with(
                t ->
                    t.put(
                        TreePath.of("zz/broken"),
                        new RegularFile(
                            metadata(0644, 0, 0),
                            Content.of(
                                5,
                                Digest.of(new byte[5]),
                                () -> {
                                  throw new IOException("the disk has gone");
                                }))));
    assertThatThrownBy(() -> TreeDirectory.write(tree, work.resolve("root")))
        .hasMessage("the disk has gone");
    assertThat(work).isEmptyDirectory();
  }

  @Test
  void deviceNumbersAreThoseOfTheCLibrary() {
    assertThat(LibC.device(1, 3)).isEqualTo(0x103);
    assertThat(LibC.device(259, 70000)).isEqualTo(0x11110370L);
    assertThat(LibC.device(8, 255)).isEqualTo(0x8ff);
  }
}
