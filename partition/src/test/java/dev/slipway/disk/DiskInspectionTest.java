// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.disk.InstalledSystem.InstalledPackage;
import dev.slipway.fs.ext4.Ext4;
import dev.slipway.fs.ext4.Ext4Options;
import dev.slipway.gpt.PartitionType;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.MemoryBlockSink;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import dev.slipway.volume.Volume;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskInspectionTest {
  private static final UUID FS_ID = SampleDisks.IDENTITY.fileSystemId("root-a");

  @TempDir Path directory;

  private static Tree system() {
    return Tree.of(
        t ->
            t.file(
                    "usr/lib/os-release",
                    0644,
                    Content.utf8(
                        "PRETTY_NAME=\"Test Linux 12\"\n"
                            + "ID=test\n"
                            + "# comment\n"
                            + "VERSION_ID='12'\n"
                            + "IMAGE_ID=robot\n"
                            + "IMAGE_VERSION=1.0\n"))
                .symlink("etc/os-release", "../usr/lib/os-release")
                .symlink("lib", "usr/lib")
                .directory("usr/lib/modules/6.1.0-1-amd64", 0755)
                .file("boot/vmlinuz-6.1.0-2-amd64", 0644, Content.utf8("kernel"))
                .symlink("var/lib/dpkg", "../../usr/lib/dpkg-db")
                .file(
                    "usr/lib/dpkg-db/status",
                    0644,
                    Content.utf8(
                        """
                        Package: zlib1g
                        Status: install ok installed
                        Architecture: amd64
                        Version: 1:1.2.13.dfsg-1
                        Description: compression library
                         Version: not a field

                        Package: gone
                        Status: deinstall ok config-files
                        Architecture: amd64
                        Version: 1

                        Package: base-files
                        Status: install ok installed
                        Architecture: amd64
                        Version: 12.4
                        """)));
  }

  private static DiskImage image(Volume root) {
    return DiskImage.builder(SampleDisks.IDENTITY)
        .partition(PartitionPlan.empty("bios", PartitionType.BIOS_BOOT, Size.mib(1)))
        .partition(PartitionPlan.of("esp", PartitionType.EFI_SYSTEM, SampleDisks.esp(512)))
        .partition(
            PartitionPlan.of("root-a", PartitionType.root("amd64").orElseThrow(), root)
                .fitted(Size.mib(1)))
        .partition(PartitionPlan.empty("data", PartitionType.LINUX_FILE_SYSTEM, Size.mib(2)))
        .build();
  }

  private static Volume root() {
    return Ext4.of(system(), Ext4Options.readOnly(FS_ID, 1_700_000_000));
  }

  @Test
  void seesWhatOurOwnDiskIsMadeOf() throws Exception {
    DiskImage image = image(root());
    DiskInspection found = DiskInspection.of(image.open(), "ours.img");
    assertThat(found.complaints()).isEmpty();
    assertThat(found.tableKind()).isEqualTo("gpt");
    assertThat(found.diskId()).isEqualTo(SampleDisks.IDENTITY.diskId().toString());
    assertThat(found.layout()).contains(DiskLayout.SINGLE);
    assertThat(found.partitions())
        .extracting(InspectedPartition::name)
        .containsExactly("bios", "esp", "root-a", "data");
    assertThat(found.partition("data").orElseThrow().fileSystem()).isEmpty();
    assertThat(found.partition("data").orElseThrow().empty()).isTrue();

    InspectedPartition esp = found.partition("esp").orElseThrow();
    FileSystemInfo fat = esp.fileSystem().orElseThrow();
    assertThat(fat.kind()).isEqualTo("vfat");
    assertThat(fat.label()).isEqualTo("ESP");
    BootEnvironment environment = esp.environment().orElseThrow();
    assertThat(environment.path()).isEqualTo("/EFI/debian/grubenv");
    assertThat(environment.variables()).containsEntry("ORDER", "A B").containsEntry("A_OK", "1");
    assertThat(image.open().readFully(environment.offsetBytes(), 1024))
        .isEqualTo(SampleDisks.environmentBlock());

    InspectedPartition root = found.partition("root-a").orElseThrow();
    assertThat(root.complaints()).isEmpty();
    assertThat(root.fileSystem().orElseThrow().kind()).isEqualTo("ext4");
    assertThat(root.fileSystem().orElseThrow().id()).isEqualTo(FS_ID.toString());
    InstalledSystem system = root.system().orElseThrow();
    assertThat(system.title()).isEqualTo("Test Linux 12");
    assertThat(system.osRelease()).containsEntry("VERSION_ID", "12");
    assertThat(system.kernels()).containsExactly("6.1.0-1-amd64", "6.1.0-2-amd64");
    assertThat(system.packages())
        .containsExactly(
            new InstalledPackage("base-files", "12.4", "amd64"),
            new InstalledPackage("zlib1g", "1:1.2.13.dfsg-1", "amd64"));
    assertThat(found.text())
        .contains("Slipway's layout SINGLE")
        .contains("slot A: may be booted, started unconfirmed 0 times")
        .contains("slot B: not to be booted")
        .contains("  Test Linux 12\n  image robot 1.0\n")
        .contains("    zlib1g      1:1.2.13.dfsg-1  amd64");
  }

  @Test
  @RequiresTool(value = "python3", in = "python3-minimal")
  void jsonIsJson() throws Exception {
    Path json = directory.resolve("inspection.json");
    DiskInspection found = DiskInspection.of(image(root()).open(), "odd \"name\" \\ \u0001.img");
    Files.writeString(json, found.json());
    String printed =
        Tool.output(
            "python3",
            "-c",
            "import json,sys; d=json.load(open(sys.argv[1])); print(d['source'].encode(),"
                + " d['layout'], [p['name'] for p in d['partitions']],"
                + " d['partitions'][2]['system']['packages'][1]['version'],"
                + " d['partitions'][0]['fileSystem'], d['partitions'][0]['empty'],"
                + " d['complaints'])",
            json.toString());
    assertThat(printed.strip())
        .isEqualTo(
            "b'odd \"name\" \\\\ \\x01.img' SINGLE ['bios', 'esp', 'root-a', 'data']"
                + " 1:1.2.13.dfsg-1 None True []");
  }

  @Test
  void recognisedImagesKnowWhereFilesLie() throws Exception {
    DiskImage image = image(root());
    RecognisedImage found = RecognisedImage.of(image.open(), "ours.img");
    assertThat(found.size()).isEqualTo(image.size());
    assertThat(found.extents()).containsExactlyElementsOf(image.extents());
    assertThat(found.part("root-a").orElseThrow().volume().extents()).isNotEmpty();
    assertThat(found.parts()).hasSize(4);
    MemoryBlockSink copy = BlockSink.inMemory((int) image.size());
    found.writeTo(copy, Progress.none());
    MemoryBlockSink original = BlockSink.inMemory((int) image.size());
    image.writeTo(original, Progress.none());
    assertThat(Arrays.equals(copy.bytes(), original.bytes())).isTrue();
  }

  @Test
  void aFileSystemWithoutATableIsOneWholePart() throws Exception {
    DiskInspection found = DiskInspection.of(root().open(), "root.ext4");
    assertThat(found.tableKind()).isEqualTo("none");
    assertThat(found.partitions())
        .singleElement()
        .satisfies(
            whole -> {
              assertThat(whole.number()).isZero();
              assertThat(whole.system().orElseThrow().packages()).hasSize(2);
            });
    assertThat(found.text()).contains("no partition table", "whole image: ");
  }

  @Test
  @RequiresTool(value = "sfdisk", in = "fdisk")
  @RequiresTool(value = "mke2fs", in = "e2fsprogs")
  @RequiresTool(value = "mkswap", in = "util-linux")
  void readsMbrDisksWithLogicalPartitions() throws Exception {
    Path disk = directory.resolve("mbr.img");
    Files.write(disk, new byte[24 << 20]);
    Path script = directory.resolve("script");
    Files.writeString(
        script,
        """
        label: dos
        label-id: 0x12345678
        start=2048, size=8192, type=83
        start=16384, size=24576, type=5
        start=18432, size=4096, type=82
        start=24576, size=4096, type=83
        """);
    Tool.output("sh", "-c", "sfdisk -q " + disk + " < " + script);
    Path ext = directory.resolve("fs.ext3");
    Tool.output("mke2fs", "-q", "-t", "ext3", "-L", "old", ext.toString(), "4M");
    Path swap = directory.resolve("swap");
    Files.write(swap, new byte[2 << 20]);
    Tool.output("mkswap", "-L", "sw", swap.toString());
    byte[] bytes = Files.readAllBytes(disk);
    put(bytes, 2048 * 512, Files.readAllBytes(ext));
    put(bytes, 18432 * 512, Files.readAllBytes(swap));
    DiskInspection found = DiskInspection.of(BlockSource.bytes(bytes), "mbr.img");
    assertThat(found.tableKind()).isEqualTo("mbr");
    assertThat(found.complaints()).isEmpty();
    assertThat(found.partitions())
        .extracting(InspectedPartition::id)
        .containsExactly("12345678-01", "12345678-05", "12345678-06");
    assertThat(found.partitions().get(0).fileSystem().orElseThrow())
        .satisfies(
            fs -> {
              assertThat(fs.kind()).isEqualTo("ext3");
              assertThat(fs.label()).isEqualTo("old");
              assertThat(fs.sizeBytes()).hasValue(4 << 20);
            });
    assertThat(found.partitions().get(1).fileSystem().orElseThrow())
        .satisfies(
            fs -> {
              assertThat(fs.kind()).isEqualTo("swap");
              assertThat(fs.label()).isEqualTo("sw");
            });
  }

  private static void put(byte[] disk, int offset, byte[] bytes) {
    System.arraycopy(bytes, 0, disk, offset, bytes.length);
  }

  @Test
  @RequiresTool(value = "mksquashfs", in = "squashfs-tools")
  void tellsSquashfs() throws Exception {
    Path source = Files.createDirectory(directory.resolve("source"));
    Files.writeString(source.resolve("file"), "x");
    Path image = directory.resolve("image.squashfs");
    Tool.output("mksquashfs", source.toString(), image.toString(), "-quiet");
    assertThat(kind(Files.readAllBytes(image))).isEqualTo("squashfs");
  }

  @Test
  void tellsOthersByTheirMagic() throws Exception {
    byte[] luks = new byte[8192];
    put(luks, 0, "LUKS\u00ba\u00be\0\2".getBytes(StandardCharsets.ISO_8859_1));
    put(luks, 24, "secret".getBytes(StandardCharsets.US_ASCII));
    put(luks, 168, FS_ID.toString().getBytes(StandardCharsets.US_ASCII));
    FileSystemInfo found = fileSystem(luks);
    assertThat(found.kind()).isEqualTo("crypto_LUKS");
    assertThat(found.label()).isEqualTo("secret");
    assertThat(found.id()).isEqualTo(FS_ID.toString());

    byte[] erofs = new byte[8192];
    put(erofs, 1024, new byte[] {(byte) 0xe2, (byte) 0xe1, (byte) 0xf5, (byte) 0xe0});
    erofs[1024 + 12] = 12;
    erofs[1024 + 36] = 2;
    assertThat(fileSystem(erofs).kind()).isEqualTo("erofs");
    assertThat(fileSystem(erofs).sizeBytes()).hasValue(8192);

    byte[] iso = new byte[40_960];
    put(iso, 32_769, "CD001".getBytes(StandardCharsets.US_ASCII));
    put(iso, 32_808, "DEBIAN 12   ".getBytes(StandardCharsets.US_ASCII));
    assertThat(fileSystem(iso).kind()).isEqualTo("iso9660");
    assertThat(fileSystem(iso).label()).isEqualTo("DEBIAN 12");

    byte[] xfs = new byte[4096];
    put(xfs, 0, "XFSB".getBytes(StandardCharsets.US_ASCII));
    ByteBuffer.wrap(xfs).putInt(4, 4096).putLong(8, 100);
    assertThat(fileSystem(xfs).kind()).isEqualTo("xfs");
    assertThat(fileSystem(xfs).sizeBytes()).hasValue(409_600);

    byte[] btrfs = new byte[131_072];
    put(btrfs, 65_600, "_BHRfS_M".getBytes(StandardCharsets.US_ASCII));
    assertThat(fileSystem(btrfs).kind()).isEqualTo("btrfs");
  }

  @Test
  void damagedThingsBecomeComplaints() throws Exception {
    MemoryBlockSink sink = BlockSink.inMemory((int) image(root()).size());
    DiskImage image = image(root());
    image.writeTo(sink, Progress.none());
    byte[] disk = sink.bytes();
    disk[512 + 60] ^= 1;
    long root = image.partition("root-a").orElseThrow().offsetBytes();
    Arrays.fill(disk, (int) root + 4096, (int) root + 8192, (byte) 0x55);
    long esp = image.partition("esp").orElseThrow().offsetBytes();
    disk[(int) esp + 14] = 0;
    DiskInspection found = DiskInspection.of(BlockSource.bytes(disk), "damaged.img");
    assertThat(found.complaints()).singleElement().asString().contains("this is the backup");
    assertThat(found.partition("root-a").orElseThrow().complaints()).isNotEmpty();
    assertThat(found.partition("esp").orElseThrow().complaints())
        .singleElement()
        .asString()
        .startsWith("damaged.img: partition 2: byte 14");
    assertThat(found.text()).contains("! damaged.img: partition 2");
  }

  @Test
  void nothingComesOutOfBrokenImagesButAnInspection() throws Exception {
    MemoryBlockSink sink = BlockSink.inMemory((int) image(root()).size());
    image(root()).writeTo(sink, Progress.none());
    byte[] disk = sink.bytes();
    Random random = new Random(11);
    int[] places = {0, 512, 1024, 2 << 20, 66 << 20, (66 << 20) + 1024, (66 << 20) + 8192};
    for (int i = 0; i < 150; i++) {
      var undo = new ArrayList<int[]>();
      for (int flips = 0; flips < 4; flips++) {
        int at = places[random.nextInt(places.length)] + random.nextInt(600);
        undo.add(new int[] {at, disk[at]});
        disk[at] ^= (byte) (1 << random.nextInt(8));
      }
      DiskInspection found = DiskInspection.of(BlockSource.bytes(disk), "flipped.img");
      assertThat(found.text()).startsWith("flipped.img");
      for (int back = undo.size() - 1; back >= 0; back--) {
        disk[undo.get(back)[0]] = (byte) undo.get(back)[1];
      }
    }
    for (int length : new int[] {0, 1, 511, 512, 1024, 5000, 40_000, 70_000_000}) {
      DiskInspection.of(BlockSource.bytes(Arrays.copyOf(disk, length)), "cut.img");
    }
  }

  private static String kind(byte[] bytes) throws Exception {
    return fileSystem(bytes).kind();
  }

  private static FileSystemInfo fileSystem(byte[] bytes) throws Exception {
    DiskInspection found = DiskInspection.of(BlockSource.bytes(bytes), "image");
    assertThat(found.partitions()).hasSize(1);
    return found.partitions().get(0).fileSystem().orElseThrow();
  }
}
