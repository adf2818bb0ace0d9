// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.fat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.ByteSource;
import dev.slipway.io.MemoryBlockSink;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Node.Special;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import dev.slipway.volume.Extent;
import dev.slipway.volume.Volume;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FatTest {
  static byte[] bytes(Volume volume) throws Exception {
    MemoryBlockSink sink = BlockSink.inMemory((int) volume.size());
    volume.writeTo(sink, Progress.none());
    return sink.bytes();
  }

  private static String hex(byte[] bytes, int offset, int length) {
    return HexFormat.of().formatHex(bytes, offset, offset + length);
  }

  /** Each line is a row of the specification's tables. */
  @Test
  void aSmallVolumeByHand() throws Exception {
    Tree tree =
        Tree.of(t -> t.file("A", 0644, Content.utf8("hello")))
            .mapped((p, inode) -> inode.withMetadata(inode.metadata().withMtime(1_700_000_001, 5)));
    byte[] image =
        bytes(Fat.of(tree, FatOptions.of(Size.kib(128), 0x1234_5678L).withSectorsPerCluster(1)));
    assertThat(hex(image, 0, 3)).isEqualTo("eb3c90"); // BS_jmpBoot
    assertThat(hex(image, 3, 8)).isEqualTo("534c495057415920"); // BS_OEMName
    assertThat(hex(image, 11, 2)).isEqualTo("0002"); // BPB_BytsPerSec
    assertThat(hex(image, 13, 1)).isEqualTo("01"); // BPB_SecPerClus
    assertThat(hex(image, 14, 2)).isEqualTo("0600"); // BPB_RsvdSecCnt: data starts at sector 40
    assertThat(hex(image, 16, 1)).isEqualTo("02"); // BPB_NumFATs
    assertThat(hex(image, 17, 2)).isEqualTo("0002"); // BPB_RootEntCnt
    assertThat(hex(image, 19, 2)).isEqualTo("0001"); // BPB_TotSec16: 256
    assertThat(hex(image, 21, 1)).isEqualTo("f8"); // BPB_Media
    assertThat(hex(image, 22, 2)).isEqualTo("0100"); // BPB_FATSz16
    assertThat(hex(image, 28, 8)).isEqualTo("0000000000000000"); // BPB_HiddSec, BPB_TotSec32
    assertThat(hex(image, 36, 3)).isEqualTo("800029"); // BS_DrvNum, BS_Reserved1, BS_BootSig
    assertThat(hex(image, 39, 4)).isEqualTo("78563412"); // BS_VolID
    assertThat(new String(image, 43, 19, "US-ASCII")).isEqualTo("NO NAME    FAT12   ");
    assertThat(hex(image, 510, 2)).isEqualTo("55aa");
    assertThat(hex(image, 6 * 512, 6)).isEqualTo("f8ff" + "ff" + "ff0f" + "00"); // FAT: 0, 1, 2
    assertThat(hex(image, 7 * 512, 6)).isEqualTo("f8ffffff0f00");
    assertThat(hex(image, 8 * 512, 32))
        .isEqualTo(
            "4120202020202020202020" // DIR_Name
                + "20" // DIR_Attr: archive
                + "00" // DIR_NTRes
                + "00" // DIR_CrtTimeTenth
                + "aab1" // DIR_CrtTime: 22:13:20
                + "6e57" // DIR_CrtDate: 2023-11-14
                + "6e57" // DIR_LstAccDate
                + "0000" // DIR_FstClusHI
                + "aab1" // DIR_WrtTime: 22:13:20
                + "6e57" // DIR_WrtDate
                + "0200" // DIR_FstClusLO
                + "05000000"); // DIR_FileSize
    assertThat(hex(image, 40 * 512, 6)).isEqualTo("68656c6c6f00");
    byte[] rest = image.clone();
    for (int[] used : new int[][] {{0, 512}, {3072, 6}, {3584, 6}, {4096, 32}, {20480, 5}}) {
      Arrays.fill(rest, used[0], used[0] + used[1], (byte) 0);
    }
    assertThat(Arrays.equals(rest, new byte[rest.length])).isTrue();
  }

  /** Every byte of FAT32's reserved area is a field of the specification or zero. */
  @Test
  void fat32HasItsBackupAndItsCountOfFreeClusters() throws Exception {
    byte[] image =
        bytes(
            Fat.of(
                Tree.of(t -> t.file("A", 0644, Content.bytes(new byte[1000]))),
                FatOptions.of(Size.mib(34), 1).withType(FatType.FAT32).withLabel("ESP")));
    FatGeometry geometry = BootSector.read("x", Arrays.copyOf(image, 512), image.length).geometry();
    assertThat(Arrays.copyOfRange(image, 6 * 512, 8 * 512)).isEqualTo(Arrays.copyOf(image, 1024));
    assertThat(hex(image, 512, 4)).isEqualTo("52526141");
    assertThat(hex(image, 512 + 484, 4)).isEqualTo("72724161");
    long free = Integer.toUnsignedLong(Integer.reverseBytes(intAt(image, 512 + 488)));
    assertThat(free).isEqualTo(geometry.clusterCount() - 3); // root and two of the file
    assertThat(hex(image, 512 + 492, 4)).isEqualTo("05000000");
    assertThat(hex(image, 44, 8)).isEqualTo("02000000" + "0100" + "0600");
    assertThat(hex(image, (int) geometry.tableOffset(0), 20))
        .isEqualTo("f8ffff0f" + "ffffff0f" + "ffffff0f" + "04000000" + "ffffff0f");
    assertThat(geometry.clusterOffset(2) % 4096).isZero();
    assertThat(new String(image, (int) geometry.clusterOffset(2), 11, "US-ASCII"))
        .isEqualTo("ESP        ");
  }

  private static int intAt(byte[] bytes, int offset) {
    return ByteBuffer.wrap(bytes).getInt(offset);
  }

  @ParameterizedTest
  @CsvSource({
    "FAT12, 4084, true", "FAT12, 4085, false", "FAT16, 4084, false", "FAT16, 4085, true",
    "FAT16, 65524, true", "FAT16, 65525, false", "FAT32, 65524, false", "FAT32, 65525, true"
  })
  void typesEndWhereTheSpecificationSays(FatType type, int clusters, boolean fits)
      throws Exception {
    // Reserved sectors and tables are the same for a few clusters more or less: search the size.
    Size size = sizeWith(type, clusters);
    FatOptions options = FatOptions.of(size, 1).withType(type).withSectorsPerCluster(1);
    if (fits) {
      Tree tree = Tree.of(t -> t.file("last", 0644, Content.utf8("x")));
      byte[] image = bytes(Fat.of(tree, options));
      FatVolume found = Fat.read(BlockSource.bytes(image), "x");
      assertThat(found.type()).isEqualTo(type);
      assertThat(found.clusterCount()).isEqualTo(clusters);
      assertThat(found.tree().read("last")).isEqualTo(new byte[] {'x'});
    } else {
      assertThatThrownBy(() -> Fat.of(Tree.empty(), options))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("cannot be " + type);
    }
  }

  /** The size whose geometry has exactly so many clusters of one sector. */
  static Size sizeWith(FatType type, long clusters) {
    long tables = 2 * ((type.tableBytes(clusters + 2) + 511) / 512);
    long start = type == FatType.FAT32 ? 32 + tables : 1 + tables + 32;
    long aligned = (start + 7) / 8 * 8;
    return Size.bytes((aligned + clusters) * 512);
  }

  @Test
  void filesOfEveryEdgeOfAClusterComeBack() throws Exception {
    int cluster = 2048;
    int[] sizes = {0, 1, cluster - 1, cluster, cluster + 1, 3 * cluster};
    Tree tree =
        Tree.of(
            t -> {
              for (int size : sizes) {
                byte[] content = new byte[size];
                Arrays.fill(content, (byte) (size + 1));
                t.file("size" + size, 0644, Content.bytes(content));
              }
            });
    Volume volume = Fat.of(tree, FatOptions.of(Size.mib(2), 1));
    FatVolume found = Fat.read(BlockSource.bytes(bytes(volume)), "x");
    for (int size : sizes) {
      RegularFile file = (RegularFile) found.tree().inode("size" + size).orElseThrow();
      assertThat(file.content())
          .isEqualTo(((RegularFile) tree.inode("size" + size).get()).content());
    }
    assertThat(found.clusterBytes()).isEqualTo(cluster);
    assertThat(found.freeClusters()).isEqualTo(found.clusterCount() - 8);
    assertThat(volume.extents()).isEqualTo(found.extents());
  }

  @Test
  void aFileCanBeRewrittenWhereItLies() throws Exception {
    byte[] block = new byte[1024];
    Tree tree =
        Tree.of(
            t ->
                t.file("EFI/debian/grubenv", 0644, Content.bytes(block))
                    .file("empty", 0644, Content.EMPTY));
    byte[] image = bytes(Fat.of(tree, FatOptions.of(Size.mib(64), 1).withType(FatType.FAT32)));
    Extent place = Fat.read(BlockSource.bytes(image), "esp").place("/EFI/debian/grubenv");
    assertThat(place.length()).isEqualTo(1024);
    image[(int) place.offset() + 1023] = 42;
    FatVolume again = Fat.read(BlockSource.bytes(image), "esp");
    assertThat(again.tree().read("/EFI/debian/grubenv")[1023]).isEqualTo((byte) 42);
    assertThatThrownBy(() -> again.place("/empty"))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("has no bytes");
    assertThatThrownBy(() -> again.place("/missing")).isInstanceOf(NoSuchFileException.class);
  }

  /** What is a hole in the tree is zeros on the disk, in clusters of its own: nothing is shared. */
  @Test
  void sparseFilesGetAllTheirClusters() throws Exception {
    byte[] data = new byte[100_000];
    Arrays.fill(data, 50_000, 60_000, (byte) 1);
    Content sparse =
        Content.sparse(
            data.length,
            Digest.of(data),
            List.of(new Content.Range(50_000, 10_000)),
            ByteSource.bytes(data));
    Tree tree = Tree.of(t -> t.file("sparse", 0644, sparse));
    Volume volume = Fat.of(tree, FatOptions.of(Size.mib(2), 1));
    FatVolume found = Fat.read(BlockSource.bytes(bytes(volume)), "x");
    assertThat(found.place("/sparse").length()).isEqualTo(100_000);
    assertThat(found.tree().read("sparse")).isEqualTo(data);
    assertThat(volume.extents()).hasSize(1).first().extracting(Extent::length).isEqualTo(10_000L);
  }

  @Test
  void timesAreClampedToWhatFatCanSay() {
    assertThat(FatTime.of(0)).isEqualTo(new FatTime(0x21, 0)); // 1980-01-01
    assertThat(FatTime.of(Long.MIN_VALUE)).isEqualTo(new FatTime(0x21, 0));
    assertThat(FatTime.of(Long.MAX_VALUE)).isEqualTo(new FatTime(0xff9f, 0xbf7d));
    assertThat(FatTime.of(1_700_000_001).unixSeconds()).isEqualTo(1_700_000_000);
    assertThat(new FatTime(0, 0).unixSeconds()).isEqualTo(315_532_800);
    assertThat(new FatTime(0xffff, 0xffff).unixSeconds()).isEqualTo(315_532_800);
  }

  @Test
  void allProblemsOfATreeAreNamedAtOnce() {
    Tree tree =
        Tree.of(
            t ->
                t.symlink("link", "target")
                    .device("dev/null", 0666, Special.Kind.CHARACTER_DEVICE, 1, 3)
                    .file("a:b", 0644, Content.EMPTY)
                    .file("dir/Same", 0644, Content.EMPTY)
                    .file("dir/sAME", 0644, Content.EMPTY)
                    .file(
                        "big",
                        0644,
                        Content.of(1L << 32, Digest.of(), ByteSource.bytes(new byte[0]))));
    assertThatThrownBy(() -> Fat.of(tree, FatOptions.of(Size.mib(8), 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            """
            /a:b: FAT names hold no :
            /big: a FAT file has at most 4294967295 bytes, this one has 4294967296
            /dev/null: FAT has no devices, fifos or sockets
            /link: FAT has no symbolic links; put the file itself here
            /dir/sAME: FAT does not tell this name from "Same": they differ in case alone""");
  }

  @Test
  void saysByHowMuchATreeIsTooLarge() {
    Tree tree = Tree.of(t -> t.file("a", 0644, Content.bytes(new byte[2 << 20])));
    assertThatThrownBy(() -> Fat.of(tree, FatOptions.of(Size.mib(2), 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "the tree needs 2 MiB, the FAT12 volume of 2 MiB holds 2.0 MiB\\. "
                + "Make the volume larger or remove files\\.");
    assertThatThrownBy(
            () -> Fat.of(Tree.empty(), FatOptions.of(Size.mib(32), 1).withType(FatType.FAT32)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 65525 clusters, which takes about 33 MiB");
  }

  @Test
  void hardLinksBecomeFilesOfTheirOwn() throws Exception {
    Tree tree = Tree.of(t -> t.file("a", 0644, Content.utf8("same")).hardLink("b", "a"));
    FatVolume found =
        Fat.read(BlockSource.bytes(bytes(Fat.of(tree, FatOptions.of(Size.mib(2), 1)))), "x");
    assertThat(found.tree().read("a")).isEqualTo(found.tree().read("b"));
    assertThat(found.place("/a").offset()).isNotEqualTo(found.place("/b").offset());
  }

  @Test
  void rootDirectoryOfFat16GrowsWithTheTree() throws Exception {
    Tree tree =
        Tree.of(
            t -> {
              for (int i = 0; i < 2000; i++) {
                t.file("file number " + i, 0644, Content.EMPTY);
              }
            });
    FatVolume found =
        Fat.read(
            BlockSource.bytes(
                bytes(Fat.of(tree, FatOptions.of(Size.mib(16), 1).withType(FatType.FAT16)))),
            "x");
    assertThat(found.tree().children(TreePath.ROOT)).hasSize(2000);
  }

  /** Changed only on purpose: then the changelog says so. */
  @Test
  void theBytesAreAlwaysTheSame() throws Exception {
    Locale locale = Locale.getDefault();
    TimeZone zone = TimeZone.getDefault();
    try {
      for (String[] place : new String[][] {{"tr", "Asia/Tokyo"}, {"en", "America/New_York"}}) {
        Locale.setDefault(Locale.forLanguageTag(place[0]));
        TimeZone.setDefault(TimeZone.getTimeZone(place[1]));
        Tree tree =
            Tree.of(
                    t ->
                        t.file("EFI/BOOT/bootia32.efi", 0644, Content.bytes(new byte[3000]))
                            .file("EFI/debian/grub.cfg", 0644, Content.utf8("i I ı İ\n"))
                            .file("some title with i.txt", 0644, Content.utf8("x")))
                .mapped((p, i) -> i.withMetadata(i.metadata().withMtime(1_700_000_000, 0)));
        byte[] image =
            bytes(
                Fat.of(
                    tree, FatOptions.of(Size.mib(64), 7).withType(FatType.FAT32).withLabel("ESP")));
        assertThat(Digest.of(image).hex())
            .isEqualTo("9e69d068c0331f839777268c6538899424e065abc0832bf998f14698d268da06");
      }
    } finally {
      Locale.setDefault(locale);
      TimeZone.setDefault(zone);
    }
  }
}
