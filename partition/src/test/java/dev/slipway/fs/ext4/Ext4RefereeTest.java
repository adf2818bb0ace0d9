// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.Size;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Content.Range;
import dev.slipway.tree.Tree;
import dev.slipway.volume.Volume;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The owner of the format judges what we write. */
@RequiresTool(value = "e2fsck", in = "e2fsprogs")
class Ext4RefereeTest {
  @TempDir Path temp;

  private Path check(Tree tree, Ext4Options options) throws Exception {
    Path image = Referee.image(Ext4.of(tree, options), temp);
    Referee.check(image);
    return image;
  }

  private static Ext4Options writable(Size size) {
    return Ext4Options.writable(Referee.ID, Referee.TIME, size);
  }

  @Test
  void e2fsckAcceptsARealTree() throws Exception {
    check(HostTree.of(Path.of("/usr/share/doc")), Referee.READ_ONLY);
  }

  @Test
  void e2fsckAcceptsTheEmptyTree() throws Exception {
    check(Tree.empty(), Referee.READ_ONLY);
  }

  @Test
  void e2fsckAcceptsOneOfEverything() throws Exception {
    check(SampleTrees.everything(), Referee.READ_ONLY);
    check(SampleTrees.everything(), writable(Size.mib(100)));
  }

  @Test
  void e2fsckAcceptsDirectoriesOfEverySize() throws Exception {
    // 4084 bytes are left beside the dots and the checksum; 507 blocks of names fill the root.
    check(
        Tree.of(
            t -> {
              for (int count : List.of(1, 14, 15, 16, 30, 31, 507 * 15, 507 * 15 + 1, 20_000)) {
                for (int i = 0; i < count; i++) {
                  t.file(
                      "/" + count + "/" + i + "n".repeat(255 - ("" + i).length()),
                      0644,
                      Content.EMPTY);
                }
              }
            }),
        Referee.READ_ONLY);
  }

  @Test
  void e2fsckAcceptsDeepPathsAndManySubdirectories() throws Exception {
    check(
        Tree.of(
            t -> {
              t.directory("/" + "d/".repeat(2000), 0755);
              for (int i = 0; i < 2000; i++) {
                t.directory("/many/" + i, 0755);
              }
            }),
        Referee.READ_ONLY);
  }

  @Test
  void e2fsckAcceptsFilesOfManyExtentsAndTerabytes() throws Exception {
    List<Range> deep =
        java.util.stream.IntStream.range(0, 3000)
            .mapToObj(i -> new Range(i * 12_000_000L + i, i % 5000 + 1))
            .toList();
    check(
        Tree.of(
            t ->
                t.file("/deep", 0644, SampleTrees.sparse(1L << 40, deep))
                    .file("/hole", 0644, SampleTrees.sparse((1L << 44) - 4096, List.of()))
                    .file(
                        "/end",
                        0644,
                        SampleTrees.sparse(
                            (1L << 44) - 4096, List.of(new Range((1L << 44) - 4098, 2))))),
        Referee.READ_ONLY);
  }

  @Test
  void e2fsckAcceptsManyGroups() throws Exception {
    // Copies of the superblock, several flex groups, a last group of one block.
    Tree tree = Tree.of(t -> t.file("/large", 0644, SampleTrees.sparse(9L << 30, List.of())));
    check(tree, writable(Size.gib(20)));
    check(tree, writable(Size.bytes(Size.gib(5).bytes() + 4096)).withReservedPercent(5));
    check(tree, Referee.READ_ONLY.withSize(Size.gib(3)).withBytesPerInode(4096));
  }

  @Test
  void e2fsckAcceptsFilesThatGoOnBehindACopyOfTheSuperblock() throws Exception {
    Content large = SampleTrees.sparse(140L << 20, List.of(new Range(0, 140L << 20)));
    Tree tree = Tree.of(t -> t.file("/large", 0644, large).file("/z", 0644, Content.utf8("z")));
    Volume volume = Ext4.of(tree, Referee.READ_ONLY);
    check(tree, Referee.READ_ONLY);
    assertThat(volume.extents()).hasSizeGreaterThan(1 + 1);
    Referee.assertSame(tree, Referee.readBack(volume));
  }

  @Test
  void e2fsckAcceptsADataFileSystemThatGrew() throws Exception {
    Path image = check(Tree.empty(), writable(Size.mib(64)).withLabel("data"));
    for (long gib : new long[] {1, 20}) {
      try (var file = new RandomAccessFile(image.toFile(), "rw")) {
        file.setLength(gib << 30);
      }
      Tool.output("e2fsck", "-fy", image.toString());
      Tool.output("resize2fs", image.toString());
      Referee.check(image);
      assertThat(Tool.output("dumpe2fs", "-h", image.toString()))
          .containsPattern("Block count: +" + (gib << 18));
    }
  }

  @Test
  void saysHowMuchATreeNeeds() {
    Tree tree =
        Tree.of(
            t -> t.file("/f", 0644, SampleTrees.sparse(9 << 20, List.of(new Range(0, 9 << 20)))));
    assertThatThrownBy(() -> Ext4.of(tree, Referee.READ_ONLY.withSize(Size.mib(8))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "the tree needs (9\\.[0-9]|10) MiB, the file system holds 8 MiB; make it larger or"
                + " remove files");
    Tree names =
        Tree.of(
            t -> {
              for (int i = 0; i < 33_000; i++) {
                t.file("/" + i, 0644, Content.EMPTY);
              }
            });
    assertThatThrownBy(() -> Ext4.of(names, Referee.READ_ONLY.withSize(Size.mib(64))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the file system holds 64 MiB");
  }

  @Test
  void dumpe2fsShowsWhatWasAskedFor() throws Exception {
    Path image = check(Tree.empty(), writable(Size.mib(256)).withLabel("data"));
    Tool.Result shown = Tool.run(java.util.Map.of("TZ", "UTC"), "dumpe2fs", image.toString());
    assertThat(shown.output())
        .contains("Filesystem volume name:   data", Referee.ID.toString())
        .containsPattern("Filesystem created: +Tue Nov 14 22:13:20 2023")
        .containsPattern("Total journal size: +16M")
        .containsPattern("Reserved GDT blocks: +255")
        .contains("[ITABLE_ZEROED]")
        .doesNotContainIgnoringCase("corrupt")
        .doesNotContainIgnoringCase("invalid");
    assertThat(shown.status()).isZero();
  }

  @Test
  void debugfsFindsFilesAttributesAndHashes() throws Exception {
    Tree tree = SampleTrees.everything();
    Path image = check(tree, Referee.READ_ONLY);
    assertThat(Tool.output("debugfs", "-R", "cat /dir/another", image.toString()))
        .endsWith("hello\n");
    assertThat(Tool.output("debugfs", "-R", "ea_get -x /setuid user.note", image.toString()))
        .contains("01 02 03");
    assertThat(Tool.output("debugfs", "-R", "stat /minor256", image.toString()))
        .contains("Device major/minor number: 08:256");
  }
}
