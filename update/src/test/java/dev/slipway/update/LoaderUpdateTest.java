// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import static java.util.Locale.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.boot.CoreImage;
import dev.slipway.bootconfig.BootState;
import dev.slipway.bootconfig.LoaderKind;
import dev.slipway.bootconfig.LoaderPlaces;
import dev.slipway.bootconfig.LoaderTrial;
import dev.slipway.bootconfig.Slot;
import dev.slipway.bundle.BundleLoader;
import dev.slipway.bundle.BundleRecipe;
import dev.slipway.disk.DiskLayout;
import dev.slipway.fs.fat.Fat;
import dev.slipway.io.FormatException;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bundle's boot loader goes to the spare place, and nowhere else. */
class LoaderUpdateTest {
  @TempDir Path temp;
  private RecordedDisk recorded;
  private SystemDisk disk;

  @BeforeEach
  void openDisk() throws Exception {
    recorded = new RecordedDisk(SampleMachine.disk());
    disk = recorded.open();
  }

  private static BundleRecipe recipe(String version, long sequence) throws IOException {
    return SampleMachine.recipe(version, sequence)
        .image(Installer.SLOT_CLASS, SampleMachine.release(version, sequence));
  }

  private Installed install(BundleRecipe recipe, String name) throws IOException {
    Path bundle = SampleMachine.write(recipe, temp, name);
    return SampleMachine.install(disk, bundle, SampleMachine.options(temp.resolve("state")));
  }

  private Tree esp() throws IOException {
    return Fat.read(disk.partition(DiskLayout.ESP), "esp").tree();
  }

  private byte[] place(int number, int bytes) throws IOException {
    return disk.partition(DiskLayout.BIOS)
        .readFully((long) (number - 1) * LoaderPlaces.BIOS_BYTES, bytes);
  }

  @Test
  void theSpareOnesAreWrittenAndTheConfirmedOnesAreWhatTheyWere() throws Exception {
    Installed done = install(SampleMachine.withLoaders(recipe("1.1", 11), 2), "1.1");
    assertThat(done.loaders())
        .containsExactly(
            "a new boot loader for BIOS is in place 2", "a new boot loader for EFI is in place 2");
    assertThat(place(1, 3072)).isEqualTo(SampleMachine.core(1));
    assertThat(place(2, 3072)).isEqualTo(CoreImage.placed(SampleMachine.core(2), 2048, 2));
    byte[] first = disk.whole().readFully(0, 512);
    byte[] start = disk.partition(DiskLayout.BIOS).readFully(2047 * 512, 512);
    assertThat(CoreImage.named(first, 2048, "disk")).isEqualTo(1);
    assertThat(CoreImage.named(start, 2048, "start sector")).isEqualTo(2);
    start[0x5D] = first[0x5D];
    assertThat(Arrays.copyOf(start, 440)).isEqualTo(Arrays.copyOf(first, 440));
    assertThat(Arrays.copyOfRange(start, 440, 510)).containsOnly(0);
    for (Map.Entry<String, Content> file : SampleMachine.efi(1).entrySet()) {
      assertThat(esp().read("/EFI/BOOT/" + file.getKey())).isEqualTo(file.getValue().readAll());
    }
    for (Map.Entry<String, Content> file : SampleMachine.efi(2).entrySet()) {
      assertThat(esp().read("/EFI/SPARE/" + file.getKey())).isEqualTo(file.getValue().readAll());
    }
    assertThat(esp().contains("/EFI/SPARE/PLACE2")).isTrue();
    BootState state = disk.store().read();
    assertThat(state.next()).contains(Slot.B);
    assertThat(state.loader(LoaderKind.BIOS)).isEqualTo(LoaderTrial.TRY_2);
    assertThat(state.loader(LoaderKind.EFI)).isEqualTo(LoaderTrial.TRY_2);
  }

  @Test
  void theSameBootLoaderIsNotWrittenAgain() throws Exception {
    byte[] before = place(2, LoaderPlaces.BIOS_BYTES);
    BundleRecipe recipe = recipe("1.1", 11);
    recipe.loader(LoaderKind.BIOS, BundleLoader.CORE, Content.bytes(SampleMachine.core(1)));
    assertThat(install(recipe, "1.1").loaders()).isEmpty();
    assertThat(place(2, LoaderPlaces.BIOS_BYTES)).isEqualTo(before);
    assertThat(disk.store().read().loader(LoaderKind.BIOS)).isEqualTo(LoaderTrial.NONE);
  }

  @Test
  void aBundleWithoutOneLeavesOneThatWaits() throws Exception {
    install(SampleMachine.withLoaders(recipe("1.1", 11), 2), "1.1");
    install(recipe("1.2", 12), "1.2");
    assertThat(disk.store().read().loader(LoaderKind.EFI)).isEqualTo(LoaderTrial.TRY_2);
    // the confirmed one again: the other must not be tried any more
    BundleRecipe back = recipe("1.3", 13);
    back.loader(LoaderKind.BIOS, BundleLoader.CORE, Content.bytes(SampleMachine.core(1)));
    install(back, "1.3");
    assertThat(disk.store().read().loader(LoaderKind.BIOS)).isEqualTo(LoaderTrial.NONE);
  }

  @Test
  void aBundleFromADiskInstallsThatDisksBootLoaders() throws Exception {
    install(SampleMachine.withLoaders(recipe("1.1", 11), 2), "1.1");
    var found = BootLoaders.in(recorded.source(), "disk");
    assertThat(found.get(LoaderKind.BIOS).get(BundleLoader.CORE).readAll())
        .isEqualTo(SampleMachine.core(1));
    assertThat(found.get(LoaderKind.EFI).keySet())
        .containsExactly("BOOTX64.EFI", "grub.cfg", "grubx64.efi");
  }

  @Test
  void aDiskOfAnEarlierReleaseKeepsItsBootLoaderAndSaysWhy() throws Exception {
    byte[] bytes = SampleMachine.disk();
    int dosPart = (1 << 20) + 512 + 0x1A;
    bytes[dosPart] = (byte) 0xFF;
    disk = new RecordedDisk(bytes).open();
    Installed done = install(SampleMachine.withLoaders(recipe("1.1", 11), 2), "1.1");
    assertThat(done.loaders())
        .contains(
            "the boot loader for BIOS stays what it is: disk: the boot loader is of an earlier"
                + " release and cannot give way to another");
    assertThat(disk.store().read().next()).contains(Slot.B);
    assertThat(disk.store().read().loader(LoaderKind.BIOS)).isEqualTo(LoaderTrial.NONE);
  }

  @Test
  void anotherBootLoaderInTheFirstSectorIsLeftAlone() throws Exception {
    byte[] bytes = SampleMachine.disk();
    bytes[0x5C] = 1;
    bytes[0x5D] = 0;
    disk = new RecordedDisk(bytes).open();
    assertThat(install(SampleMachine.withLoaders(recipe("1.1", 11), 2), "1.1").loaders().get(0))
        .contains("kernel_sector")
        .contains("another boot loader is installed here");
  }

  @Test
  void aMountedPartitionIsNotWrittenUnderItsDriver() throws Exception {
    var mounts = List.of("/dev/sda2 /data ext4 rw 0 0", "/dev/sda1 /boot/efi vfat rw 0 0");
    EfiLoaderPlace.requireUnmounted(mounts, "/dev/sdb");
    assertThatThrownBy(() -> EfiLoaderPlace.requireUnmounted(mounts, "/dev/sda"))
        .isInstanceOf(RefusedException.class)
        .hasMessage(
            "/dev/sda1 is mounted at /boot/efi; no FAT of this disk may be while its boot loader is replaced:"
                + " unmount it first");
  }

  @Test
  void whatIsNoCoreImageIsNotTried() throws Exception {
    byte[] cut = Arrays.copyOf(SampleMachine.core(2), 2048);
    BundleRecipe recipe = recipe("1.1", 11);
    recipe.loader(LoaderKind.BIOS, BundleLoader.CORE, Content.bytes(cut));
    assertThatThrownBy(() -> install(recipe, "1.1"))
        .isInstanceOf(FormatException.class)
        .hasMessage(
            "core image in the bundle: blocklist len: found 3072 bytes in all, the image has 2048");
    assertThat(disk.store().read().next()).contains(Slot.A);
    assertThat(disk.store().read().loader(LoaderKind.BIOS)).isEqualTo(LoaderTrial.NONE);
    assertThat(disk.slot(Slot.B).readFully(0, 1 << 20)).as("nothing was touched").containsOnly(0);
  }

  @Test
  void namesOnAFatAreTheSameInCapitals() throws Exception {
    BundleRecipe recipe = recipe("1.1", 11);
    SampleMachine.efi(1)
        .forEach((name, content) -> recipe.loader(LoaderKind.EFI, name.toUpperCase(ROOT), content));
    Content script = Content.utf8(SampleMachine.MENU.grubConfiguration());
    recipe.loader(LoaderKind.EFI, "GRUB.CFG", script);
    assertThat(install(recipe, "1.1").loaders()).as("it is there already").isEmpty();
    BundleRecipe twice = recipe("1.2", 12);
    twice.loader(LoaderKind.EFI, "grub.cfg", Content.utf8("a"));
    twice.loader(LoaderKind.EFI, "GRUB.CFG", Content.utf8("b"));
    assertThatThrownBy(() -> install(twice, "1.2"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("two boot loader files GRUB.CFG");
  }
}
