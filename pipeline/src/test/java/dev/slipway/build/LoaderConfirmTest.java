// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.boot.CoreImage;
import dev.slipway.boot.GrubEfi;
import dev.slipway.bootconfig.BootMenu;
import dev.slipway.bootconfig.BootPartition;
import dev.slipway.bootconfig.BootState;
import dev.slipway.bootconfig.LoaderKind;
import dev.slipway.bootconfig.LoaderPlaces;
import dev.slipway.bootconfig.LoaderTrial;
import dev.slipway.bootconfig.Slot;
import dev.slipway.fs.fat.Fat;
import dev.slipway.fs.fat.FatOptions;
import dev.slipway.fs.fat.FatType;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A boot loader that was tried is named by one sector, or forgotten. */
@RequiresTool(value = "dash", in = "dash")
@RequiresTool(value = "flock", in = "util-linux")
class LoaderConfirmTest {
  private static final BootMenu MENU =
      BootMenu.ab(partition(3), partition(4), partition(2)).withData(partition(5));

  @TempDir Path root;
  private DeviceScripts device;
  private Path disk;
  private Path esp;

  private static BootPartition partition(int number) {
    return new BootPartition(number, new UUID(1, number));
  }

  @BeforeEach
  void makeDisk() throws Exception {
    device = new DeviceScripts(root, "dash");
    disk = root.resolve("disk.img");
    esp = root.resolve("esp.img");
    byte[] bytes = new byte[4 << 20];
    new Random(3).nextBytes(bytes);
    Files.write(disk, bytes);
    try (var file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.seek(0x5C);
      file.write(new byte[] {0, 8, 0, 0, 0, 0, 0, 0});
    }
    esp(FatType.FAT32, 64);
    see("BOOT", 1);
    see("SPARE", 2);
  }

  private void esp(FatType type, int mebibytes) throws IOException {
    Tree files =
        GrubEfi.configuration(MENU, MENU.freshState(Set.of(Slot.A)))
            .with(t -> t.file("/EFI/SPARE/grub.cfg", 0644, Content.utf8("new\n")));
    FatOptions options = FatOptions.of(Size.mib(mebibytes), 1).withType(type).withLabel("ESP");
    Files.deleteIfExists(esp);
    try (BlockSink sink = BlockSink.createFile(esp, (long) mebibytes << 20)) {
      Fat.of(files, options).writeTo(sink, Progress.none());
    }
  }

  /** What is seen of the partition once it is mounted. */
  private void see(String directory, int place) throws IOException {
    Path seen = root.resolve("esp/EFI/" + directory);
    Files.createDirectories(seen);
    try (Stream<Path> old = Files.list(seen)) {
      for (Path each : old.toList()) {
        Files.delete(each);
      }
    }
    Files.createFile(seen.resolve(LoaderPlaces.EFI_PLACE_FILE + place));
  }

  private static BootState state(LoaderKind kind, LoaderTrial trial) {
    return MENU.freshState(Set.of(Slot.A)).withLoader(kind, trial);
  }

  private String confirm() throws Exception {
    Tool.Result result = device.run("slipway-boot", "confirm");
    assertThat(result.status()).as(result.output()).isZero();
    return result.output();
  }

  private String waiting() throws Exception {
    return device
        .run("slipway-boot", "status")
        .output()
        .replaceAll("(?s).*?(\\w+_LOADER=(s|t).).*", "$1");
  }

  private int named() throws Exception {
    return CoreImage.named(Arrays.copyOf(Files.readAllBytes(disk), 512), 2048, "disk");
  }

  /** How many sectors differ, which must be those a write of one sector can reach. */
  private static long changed(byte[] before, byte[] after) {
    assertThat(after).hasSameSizeAs(before);
    long count = 0;
    for (int at = 0; at < after.length; at += 512) {
      count += Arrays.equals(before, at, at + 512, after, at, at + 512) ? 0 : 1;
    }
    return count;
  }

  @Test
  void theFirstSectorNamesACoreImageThatWorks() throws Exception {
    byte[] before = Files.readAllBytes(disk);
    for (int place : new int[] {2, 1, 2}) {
      device.store(
          state(LoaderKind.BIOS, place == 1 ? LoaderTrial.STARTED_1 : LoaderTrial.STARTED_2));
      device.startedBy("bios." + place, disk, esp);
      assertThat(confirm())
          .isEqualTo(
              "the boot loader in place "
                  + place
                  + " works, and starts this machine from now on\n");
      assertThat(named()).isEqualTo(place);
      assertThat(waiting()).doesNotContain("LOADER=s");
    }
    byte[] after = Files.readAllBytes(disk);
    assertThat(after[0x5D]).isEqualTo((byte) 0x0C);
    after[0x5D] = before[0x5D];
    assertThat(after).as("one byte of the disk has changed").isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({"FAT32,64", "FAT16,32", "FAT12,8"})
  void theTwoDirectoriesExchangeTheirNamesInOneSector(FatType type, int mebibytes)
      throws Exception {
    esp(type, mebibytes);
    byte[] before = Files.readAllBytes(esp);
    device.store(state(LoaderKind.EFI, LoaderTrial.STARTED_2));
    device.startedBy("efi.2", disk, esp);
    assertThat(confirm()).contains("place 2 works");
    assertThat(changed(before, Files.readAllBytes(esp))).isEqualTo(1);
    try (BlockSource source = BlockSource.file(esp)) {
      Tree tree = Fat.read(source, "esp").tree();
      assertThat(tree.contains("/EFI/BOOT/PLACE2")).isTrue();
      assertThat(tree.contains("/EFI/SPARE/PLACE1")).isTrue();
      assertThat(tree.read("/EFI/BOOT/grub.cfg")).asString().isEqualTo("new\n");
    }
    // and back
    see("BOOT", 2);
    see("SPARE", 1);
    device.store(state(LoaderKind.EFI, LoaderTrial.STARTED_1));
    device.startedBy("efi.1", disk, esp);
    confirm();
    assertThat(Files.readAllBytes(esp)).isEqualTo(before);
  }

  @Test
  void confirmingAfterACutChangesNothingASecondTime() throws Exception {
    device.store(state(LoaderKind.EFI, LoaderTrial.STARTED_2));
    device.startedBy("efi.2", disk, esp);
    see("BOOT", 2);
    see("SPARE", 1);
    byte[] before = Files.readAllBytes(esp);
    assertThat(confirm()).contains("place 2 works");
    assertThat(Files.readAllBytes(esp)).isEqualTo(before);
    assertThat(waiting()).doesNotContain("LOADER=s");
  }

  @Test
  void aLoaderThatDidNotGetHereIsForgotten() throws Exception {
    byte[] before = Files.readAllBytes(disk);
    device.store(state(LoaderKind.BIOS, LoaderTrial.STARTED_2));
    device.startedBy("bios.1", disk, esp);
    assertThat(confirm())
        .isEqualTo("the boot loader in place 2 was tried and did not get here; bios.1 stays\n");
    assertThat(Files.readAllBytes(disk)).isEqualTo(before);
    assertThat(waiting()).doesNotContain("LOADER=s");
    assertThat(root.resolve("var/lib/slipway/loader-failed")).hasContent("loader=bios.2");
  }

  @Test
  void aLoaderThatWasNotTriedYetStillWaits() throws Exception {
    device.store(state(LoaderKind.BIOS, LoaderTrial.TRY_2));
    device.startedBy("bios.1", disk, esp);
    assertThat(confirm()).isEmpty();
    assertThat(waiting()).isEqualTo("BIOS_LOADER=t2");
  }

  @Test
  void aDiskThatIsNotOursKeepsItsFirstSectorAndTheSlotIsConfirmed() throws Exception {
    try (var file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.seek(0x5C);
      file.write(new byte[] {1, 0});
    }
    byte[] before = Files.readAllBytes(disk);
    device.store(state(LoaderKind.BIOS, LoaderTrial.STARTED_2));
    device.startedBy("bios.2", disk, esp);
    assertThat(confirm()).contains("names sector 1, which is none of our places");
    assertThat(Files.readAllBytes(disk)).isEqualTo(before);
    assertThat(device.run("slipway-boot", "get-state", "A").output()).isEqualTo("good\n");
  }

  @Test
  void aPartitionWithoutASpareDirectoryIsLeftAlone() throws Exception {
    byte[] before = new byte[64 << 20];
    Files.write(esp, before);
    device.store(state(LoaderKind.EFI, LoaderTrial.STARTED_2));
    device.startedBy("efi.2", disk, esp);
    assertThat(confirm()).contains(esp.toString());
    assertThat(Arrays.mismatch(before, Files.readAllBytes(esp))).isEqualTo(-1);
  }
}
