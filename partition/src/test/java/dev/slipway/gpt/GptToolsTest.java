// SPDX-License-Identifier: Apache-2.0
package dev.slipway.gpt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.io.BlockSource;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tools that own the format write, and we read; the same table from both, byte by byte. */
class GptToolsTest {
  private static final UUID DISK = UUID.fromString("11111111-2222-3333-4444-555555555555");
  private static final int DISK_BYTES = 8 << 20;

  @TempDir Path directory;

  @Test
  @RequiresTool(value = "sgdisk", in = "gdisk")
  void sgdiskWritesTheSameBytes() throws Exception {
    Path image = empty();
    sgdisk(image);
    List<GptEntry> entries =
        List.of(
            new GptEntry(
                1, PartitionType.BIOS_BOOT, new UUID(0, 1), 2048, 4095, GptEntry.REQUIRED, "bios"),
            new GptEntry(5, PartitionType.EFI_SYSTEM, new UUID(0, 2), 4096, 8191, 0, "a name"));
    Gpt ours = Gpt.of(DISK, 512, DISK_BYTES / 512, entries);
    byte[] theirs = Files.readAllBytes(image);
    byte[] head = ours.primaryBytes(new byte[440], 0);
    // One field differs: we say of the protective partition's end that it cannot be expressed.
    assertThat(Arrays.copyOfRange(theirs, 451, 454))
        .isNotEqualTo(Arrays.copyOfRange(head, 451, 454));
    System.arraycopy(head, 451, theirs, 451, 3);
    assertThat(Arrays.copyOf(theirs, head.length)).isEqualTo(head);
    assertThat(Arrays.copyOfRange(theirs, (int) ours.backupOffset(), DISK_BYTES))
        .isEqualTo(ours.backupBytes());
    GptReading reading = Gpt.read(BlockSource.bytes(theirs), "theirs");
    assertThat(reading.table()).isEqualTo(ours);
    assertThat(reading.complaints()).isEmpty();
  }

  private static void sgdisk(Path image) throws Exception {
    Tool.output(
        "sgdisk",
        "-a",
        "1",
        "-U",
        DISK.toString(),
        "-n",
        "1:2048:4095",
        "-t",
        "1:21686148-6449-6E6F-744E-656564454649",
        "-c",
        "1:bios",
        "-u",
        "1:00000000-0000-0000-0000-000000000001",
        "-A",
        "1:set:0",
        "-n",
        "5:4096:8191",
        "-t",
        "5:C12A7328-F81F-11D2-BA4B-00A0C93EC93B",
        "-c",
        "5:a name",
        "-u",
        "5:00000000-0000-0000-0000-000000000002",
        image.toString());
  }

  @Test
  @RequiresTool(value = "sfdisk", in = "fdisk")
  @RequiresTool(value = "sh", in = "dash")
  void readsWhatSfdiskWrites() throws Exception {
    Path image = empty();
    Path script = directory.resolve("script");
    Files.writeString(
        script,
        """
        label: gpt
        label-id: %s
        start=2048, size=2048, type=uefi, name="esp", attrs="RequiredPartition GUID:60"
        start=4096, size=100, type=linux, name="rest"
        """
            .formatted(DISK));
    Tool.output("sh", "-c", "sfdisk -q " + image + " < " + script);
    try (BlockSource source = BlockSource.file(image)) {
      GptReading reading = Gpt.read(source, "theirs");
      assertThat(reading.complaints()).isEmpty();
      assertThat(reading.table().diskId()).isEqualTo(DISK);
      assertThat(reading.table().entries()).hasSize(2);
      GptEntry esp = reading.table().entry(1).orElseThrow();
      assertThat(esp.type()).isEqualTo(PartitionType.EFI_SYSTEM);
      assertThat(esp.attributes()).isEqualTo(GptEntry.REQUIRED | GptEntry.READ_ONLY);
      assertThat(esp.name()).isEqualTo("esp");
      assertThat(reading.table().entry("rest").orElseThrow().lastLba()).isEqualTo(4195);
    }
  }

  @Test
  @RequiresTool(value = "sfdisk", in = "fdisk")
  void sfdiskKnowsAllOurTypes() throws Exception {
    String theirs = Tool.output("sfdisk", "-T", "--label", "gpt").toLowerCase(Locale.ROOT);
    for (String architecture : List.of("amd64", "arm64", "armhf", "i386", "riscv64", "ppc64el")) {
      UUID id = PartitionType.root(architecture).orElseThrow().id();
      assertThat(theirs).containsPattern(id + " +linux root \\(");
    }
    for (PartitionType type :
        List.of(
            PartitionType.BIOS_BOOT,
            PartitionType.EFI_SYSTEM,
            PartitionType.LINUX_EXTENDED_BOOT,
            PartitionType.LINUX_FILE_SYSTEM,
            PartitionType.LINUX_HOME,
            PartitionType.LINUX_LVM,
            PartitionType.LINUX_RAID,
            PartitionType.LINUX_SRV,
            PartitionType.LINUX_SWAP,
            PartitionType.LINUX_VAR,
            PartitionType.MICROSOFT_BASIC_DATA)) {
      assertThat(theirs).as(type.name()).contains(type.id().toString());
    }
  }

  @Test
  @RequiresTool(value = "parted", in = "parted")
  void readsWhatPartedWrites() throws Exception {
    Path image = empty();
    Tool.output(
        "parted",
        "-s",
        image.toString(),
        "mklabel",
        "gpt",
        "mkpart",
        "data",
        "ext4",
        "1MiB",
        "3MiB");
    try (BlockSource source = BlockSource.file(image)) {
      GptReading reading = Gpt.read(source, "theirs");
      assertThat(reading.complaints()).isEmpty();
      assertThat(reading.table().entry("data").orElseThrow().sectorCount()).isEqualTo(4096);
    }
  }

  @Test
  @RequiresTool(value = "sgdisk", in = "gdisk")
  void sgdiskMendsADiskWhosePrimaryWeReadFromTheBackup() throws Exception {
    Path image = empty();
    sgdisk(image);
    byte[] bytes = Files.readAllBytes(image);
    Gpt whole = Gpt.read(BlockSource.bytes(bytes), "whole").table();
    Arrays.fill(bytes, 512, 34 * 512, (byte) 0);
    GptReading reading = Gpt.read(BlockSource.bytes(bytes), "damaged");
    assertThat(reading.fromBackup()).isTrue();
    assertThat(reading.table()).isEqualTo(whole);
    Files.write(image, bytes);
    assertThat(Tool.run(Map.of(), "sgdisk", "-v", image.toString()).output())
        .contains("main header");
  }

  private Path empty() throws Exception {
    Path image = directory.resolve("disk.img");
    Files.write(image, new byte[DISK_BYTES]);
    return image;
  }
}
