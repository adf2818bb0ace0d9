// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.fat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import dev.slipway.volume.Extent;
import dev.slipway.volume.Volume;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What dosfstools and mtools say about ours, and what we say about theirs. */
@RequiresTool(value = "fsck.fat", in = "dosfstools")
@RequiresTool(value = "mcopy", in = "mtools")
class FatToolsTest {
  private static final Map<String, String> MTOOLS = Map.of("MTOOLS_SKIP_CHECK", "1", "TZ", "UTC");

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "FAT12, 1, 512, 0", "FAT12, 4, 512, 0", "FAT12, 3, 512, 2", "FAT16, 16, 512, 0",
    "FAT16, 64, 512, 0", "FAT16, 33, 4096, 1", "FAT32, 34, 512, 1", "FAT32, 64, 512, 0",
    "FAT32, 300, 4096, 0", "FAT32, 600, 512, 0"
  })
  void fsckAcceptsOursAndMcopyReadsIt(FatType type, int mib, int sectorBytes, int perCluster)
      throws Exception {
    Tree tree = sample(mib * 200_000);
    Path image =
        write(
            Fat.of(
                tree,
                FatOptions.of(Size.mib(mib), 0xcafe_0001L)
                    .withType(type)
                    .withLabel("SAMPLE 1")
                    .withSectorBytes(sectorBytes)
                    .withSectorsPerCluster(perCluster)));
    assertClean(image);
    Path copied = Files.createDirectory(directory.resolve("copied"));
    Tool.Result run =
        Tool.run(MTOOLS, "mcopy", "-s", "-m", "-i", image.toString(), "::", copied.toString());
    assertThat(run.status()).as(run.output()).isZero();
    for (TreePath path : tree.entries().keySet()) {
      Path there = copied.resolve(path.relative());
      if (tree.inode(path).orElseThrow() instanceof RegularFile file) {
        assertThat(Digest.of(Files.newInputStream(there))).isEqualTo(file.content().digest());
        assertThat(Files.getLastModifiedTime(there).toMillis() / 1000)
            .isEqualTo(FatTime.of(file.metadata().mtimeSeconds()).unixSeconds());
      } else {
        assertThat(there).isDirectory();
      }
    }
    assertThat(Tool.run(MTOOLS, "mlabel", "-s", "-i", image.toString(), "::").output())
        .contains("SAMPLE 1");
  }

  @Test
  void fsckAcceptsThousandsOfNamesThatBeginAlike() throws Exception {
    Tree tree =
        Tree.of(
            t -> {
              for (int i = 0; i < 3000; i++) {
                t.file("many/a long name with number " + i + ".txt", 0644, Content.EMPTY);
              }
            });
    assertClean(write(Fat.of(tree, FatOptions.of(Size.mib(64), 1).withType(FatType.FAT32))));
  }

  @ParameterizedTest
  @CsvSource({
    "FAT12, 4084",
    "FAT16, 4085",
    "FAT16, 65524",
    "FAT32, 65525",
  })
  void fsckAcceptsVolumesAtTheBordersOfTheTypes(FatType type, long clusters) throws Exception {
    FatOptions options =
        FatOptions.of(FatTest.sizeWith(type, clusters), 1).withType(type).withSectorsPerCluster(1);
    Path image = write(Fat.of(sample(clusters > 60_000 ? 1_000_000 : 1000), options));
    assertClean(image);
    assertThat(Tool.output("fsck.fat", "-nv", image.toString()))
        .contains(clusters + " data clusters");
  }

  /**
   * fsck.fat 4.2 counts the bytes of a chain in 32 bits, so it takes the last 4095 sizes for
   * damage: there only our own reader is asked.
   */
  @ParameterizedTest
  @CsvSource({"4294963200, true", "4294967295, false"})
  void theLargestFilesFit(long size, boolean fsckCountsSoFar) throws Exception {
    byte[] end = {1, 2, 3};
    Content largest =
        Content.sparse(
            size,
            Digest.of(), // nothing here looks at it
            List.of(new Content.Range(size - end.length, end.length)),
            () -> new EndOfZeros(size, end));
    Tree tree =
        Tree.of(t -> t.file("largest", 0644, largest).file("next", 0644, Content.utf8("n")));
    Path image = write(Fat.of(tree, FatOptions.of(Size.gib(5), 1)));
    if (fsckCountsSoFar) {
      assertClean(image);
    }
    try (BlockSource source = BlockSource.file(image)) {
      FatVolume found = Fat.read(source, "large");
      RegularFile file = (RegularFile) found.tree().inode("largest").orElseThrow();
      assertThat(file.content().sizeBytes()).isEqualTo(size);
      try (InputStream in = file.content().open()) {
        in.skipNBytes(size - end.length);
        assertThat(in.readAllBytes()).isEqualTo(end);
      }
      assertThat(found.tree().read("next")).isEqualTo(new byte[] {'n'});
    }
  }

  /** Zeros that are skipped over at no cost, and some bytes behind them. */
  private static final class EndOfZeros extends InputStream {
    private final long size;
    private final byte[] end;
    private long at;

    EndOfZeros(long size, byte[] end) {
      this.size = size;
      this.end = end;
    }

    @Override
    public int read() {
      long fromEnd = size - at++;
      return fromEnd <= 0 ? -1 : fromEnd <= end.length ? end[end.length - (int) fromEnd] : 0;
    }

    @Override
    public long skip(long count) {
      long skipped = Math.max(0, Math.min(count, size - at));
      at += skipped;
      return skipped;
    }
  }

  @ParameterizedTest
  @CsvSource({"FAT12, 8", "FAT16, 64", "FAT32, 64"})
  @RequiresTool(value = "grub-fstest", in = "grub-common")
  void grubReadsOurs(FatType type, int mib) throws Exception {
    Path image = write(Fat.of(sample(300_000), FatOptions.of(Size.mib(mib), 1).withType(type)));
    assertThat(grub(image, "ls", "(loop0)/EFI/debian")).contains("grub.cfg grubenv");
    assertThat(grub(image, "cat", "(loop0)/EFI/debian/grub.cfg")).contains("set timeout=0\n");
    assertThat(grub(image, "cat", "(loop0)/a name with spaces, and + less.text")).contains("y");
  }

  private static String grub(Path image, String verb, String path) throws Exception {
    return Tool.output("grub-fstest", image.toString(), verb, path);
  }

  @ParameterizedTest
  @CsvSource({"1, ", "8, ", "16, 12", "16, 16", "64, ", "64, 32", "300, ", "600, "})
  @RequiresTool(value = "mkfs.fat", in = "dosfstools")
  void readsWhatMkfsAndMcopyWrite(int mib, String bits) throws Exception {
    Path image = directory.resolve("theirs.img");
    try (BlockSink sink = BlockSink.createFile(image, Size.mib(mib).bytes())) {
      sink.flush();
    }
    var command = new ArrayList<>(List.of("mkfs.fat", "-n", "THEIRS", "-i", "12345678"));
    if (bits != null) {
      command.addAll(List.of("-F", bits));
    }
    command.add(image.toString());
    Tool.output(command.toArray(String[]::new));
    Path files = Files.createDirectory(directory.resolve("files"));
    Tree tree = sample(mib * 100_000);
    for (TreePath path : tree.entries().keySet()) {
      Path target = files.resolve(path.relative());
      if (tree.inode(path).orElseThrow() instanceof RegularFile file) {
        Files.write(target, file.content().readAll());
      } else {
        Files.createDirectories(target);
      }
    }
    for (TreePath top : tree.children(TreePath.ROOT)) {
      Tool.Result run =
          Tool.run(
              MTOOLS,
              "mcopy",
              "-s",
              "-i",
              image.toString(),
              files.resolve(top.relative()).toString(),
              "::");
      assertThat(run.status()).as(run.output()).isZero();
    }
    try (BlockSource source = BlockSource.file(image)) {
      FatVolume found = Fat.read(source, "theirs.img");
      assertThat(found.label()).isEqualTo("THEIRS");
      assertThat(found.serialText()).isEqualTo("1234-5678");
      assertThat(found.tree().entries().keySet()).isEqualTo(tree.entries().keySet());
      for (TreePath path : tree.entries().keySet()) {
        if (tree.inode(path).orElseThrow() instanceof RegularFile file) {
          RegularFile theirs = (RegularFile) found.tree().inode(path).orElseThrow();
          assertThat(theirs.content()).as("%s", path).isEqualTo(file.content());
          assertThat(Digest.of(theirs.content())).isEqualTo(file.content().digest());
        }
      }
      for (Extent extent : found.extents()) {
        assertThat(extent.length()).isPositive();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, ", "2, ", "4, ", "7, ", "8, ", "9, ", "16, ", "16, 12", "31, ", "64, ", "64, 12", "64, 16",
    "64, 32", "127, ", "128, ", "200, 32", "256, ", "260, 32", "261, 32", "511, ", "512, ",
    "2048, ", "8192, ", "8193, ", "20000, ", "40000, "
  })
  @RequiresTool(value = "mkfs.fat", in = "dosfstools")
  void choosesTypeAndClustersAsMkfsDoes(int mib, String bits) throws Exception {
    Path image = directory.resolve("empty.img");
    try (BlockSink sink = BlockSink.createFile(image, Size.mib(mib).bytes())) {
      sink.flush();
    }
    Tool.output(
        bits == null
            ? new String[] {"mkfs.fat", image.toString()}
            : new String[] {"mkfs.fat", "-F", bits, image.toString()});
    FatOptions options = FatOptions.of(Size.mib(mib), 0);
    if (bits != null) {
      options = options.withType(FatType.valueOf("FAT" + bits));
    }
    FatGeometry ours = FatSizing.choose(options, 0);
    try (BlockSource source = BlockSource.file(image)) {
      FatGeometry theirs =
          BootSector.read("theirs", source.readFully(0, 512), source.size()).geometry();
      assertThat(ours.type()).isEqualTo(theirs.type());
      assertThat(ours.sectorsPerCluster()).isEqualTo(theirs.sectorsPerCluster());
      // They round down to whole tracks and we align to 4 KiB: a few clusters either way.
      assertThat(ours.clusterCount())
          .isBetween(theirs.clusterCount() - 16, theirs.clusterCount() + 16);
    }
  }

  private static void assertClean(Path image) throws Exception {
    Tool.Result run = Tool.run(Map.of(), "fsck.fat", "-n", image.toString());
    assertThat(run.status()).as(run.output()).isZero();
    assertThat(run.output().lines().toList()).as(run.output()).hasSize(2); // version, summary
  }

  private Path write(Volume volume) throws Exception {
    Path image = directory.resolve("ours.img");
    try (BlockSink sink = BlockSink.createFile(image, volume.size())) {
      volume.writeTo(sink, Progress.none());
    }
    return image;
  }

  private static Tree sample(int largest) {
    byte[] noise = new byte[largest];
    new Random(7).nextBytes(noise);
    return Tree.of(
            t ->
                t.file("EFI/BOOT/BOOTX64.EFI", 0644, Content.bytes(noise))
                    .file("EFI/BOOT/grubx64.efi", 0644, Content.utf8("grub"))
                    .file("EFI/debian/grub.cfg", 0644, Content.utf8("set timeout=0\n"))
                    .file("EFI/debian/grubenv", 0644, Content.bytes(new byte[1024]))
                    .file("empty", 0644, Content.EMPTY)
                    .file("a name with spaces, and + more.text", 0644, Content.utf8("x"))
                    .file("a name with spaces, and + less.text", 0644, Content.utf8("y"))
                    .file("ANAMEW~1.TEX", 0644, Content.utf8("z"))
                    .file(".hidden", 0644, Content.utf8("h"))
                    .file("Straße ÄÖÜ €.txt", 0644, Content.utf8("s"))
                    .file("x".repeat(255), 0644, Content.utf8("long"))
                    .file("thirteenunits", 0644, Content.utf8("13"))
                    .directory("nothing here", 0755))
        .mapped((path, inode) -> inode.withMetadata(inode.metadata().withMtime(1_700_000_001L, 0)));
  }
}
