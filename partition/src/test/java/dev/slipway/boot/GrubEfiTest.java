// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.bootconfig.BootMenu;
import dev.slipway.bootconfig.BootPartition;
import dev.slipway.bootconfig.BootState;
import dev.slipway.bootconfig.BootStore;
import dev.slipway.bootconfig.Slot;
import dev.slipway.fs.fat.Fat;
import dev.slipway.fs.fat.FatOptions;
import dev.slipway.fs.fat.FatVolume;
import dev.slipway.io.FormatException;
import dev.slipway.io.Size;
import dev.slipway.testing.RequiresTool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@RequiresTool(value = "/usr/lib/shim/shimx64.efi.signed", in = "shim-signed")
@RequiresTool(
    value = "/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed",
    in = "grub-efi-amd64-signed")
class GrubEfiTest {
  private static final String GRUB = "/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed";
  private static final String SHIM = "/usr/lib/shim/shimx64.efi.signed";
  private static final BootMenu MENU =
      BootMenu.ab(partition(3), partition(4), partition(2)).withData(partition(5));

  private static BootPartition partition(int number) {
    return new BootPartition(number, new UUID(0, number));
  }

  private static Tree packages() {
    return InstalledPackages.below("/usr/lib/shim", "/usr/lib/grub/x86_64-efi-signed");
  }

  @Test
  void laysOutTheSignedFilesUnchanged() throws Exception {
    GrubEfi grub = GrubEfi.of(packages());
    assertThat(grub.machine()).isEqualTo("x64");
    assertThat(grub.directory()).isEqualTo("/EFI/debian");
    BootState state = MENU.freshState(Set.of(Slot.A));
    Tree esp = grub.esp(MENU, state);
    assertThat(esp.entries().keySet())
        .extracting(TreePath::toString)
        .containsExactly(
            "/",
            "/EFI",
            "/EFI/BOOT",
            "/EFI/BOOT/BOOTX64.EFI",
            "/EFI/BOOT/PLACE1",
            "/EFI/BOOT/grub.cfg",
            "/EFI/BOOT/grubx64.efi",
            "/EFI/BOOT/mmx64.efi",
            "/EFI/SPARE",
            "/EFI/SPARE/PLACE2",
            "/EFI/debian",
            "/EFI/debian/grubenv.1",
            "/EFI/debian/grubenv.1-apart",
            "/EFI/debian/grubenv.2");
    assertThat(esp.read("/EFI/BOOT/BOOTX64.EFI")).isEqualTo(Files.readAllBytes(Path.of(SHIM)));
    assertThat(esp.read("/EFI/BOOT/grubx64.efi")).isEqualTo(Files.readAllBytes(Path.of(GRUB)));
    assertThat(esp.read("/EFI/debian/grubenv.1")).isEqualTo(BootStore.fresh(state).get(0).bytes());
    assertThat(esp.read("/EFI/debian/grubenv.2")).isEqualTo(BootStore.fresh(state).get(1).bytes());
  }

  @Test
  void theStoreIsNotLostWithOnePageOfTheDisk() throws Exception {
    Tree tree = GrubEfi.configuration(MENU, MENU.freshState(Set.of(Slot.A)));
    FatVolume esp = Fat.read(Fat.of(tree, FatOptions.of(Size.mib(8), 1)).open(), "esp");
    long first = esp.place("/EFI/debian/grubenv.1").offset();
    long second = esp.place("/EFI/debian/grubenv.2").offset();
    assertThat(second - first).isGreaterThanOrEqualTo(64 << 10);
  }

  @Test
  void takesTheDirectoryFromTheFileAndNotFromItsName() throws Exception {
    byte[] other = replaced(Files.readAllBytes(Path.of(GRUB)), "/EFI/debian\0", "/EFI/ubuntu\0");
    GrubEfi grub = GrubEfi.of(packages().with(t -> t.file(GRUB, 0644, Content.bytes(other))));
    assertThat(grub.directory()).isEqualTo("/EFI/ubuntu");
    assertThatThrownBy(() -> grub.esp(MENU, MENU.freshState(Set.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("this GRUB looks into /EFI/ubuntu, the menu is for /EFI/debian");
    assertThat(
            grub.esp(MENU.withDirectory("/EFI/ubuntu"), MENU.freshState(Set.of()))
                .contains("/EFI/ubuntu/grubenv.1"))
        .isTrue();
  }

  @Test
  void findsFilesForOtherMachinesByTheirHeaders() throws Exception {
    Tree arm =
        Tree.of(
            t -> {
              t.file(
                  "/usr/lib/grub/arm64-efi-signed/grubaa64.efi.signed",
                  0644,
                  Content.bytes(forArm(GRUB)));
              t.file("/usr/lib/shim/shimaa64.efi.signed.latest", 0644, Content.bytes(forArm(SHIM)));
            });
    GrubEfi grub = GrubEfi.of(arm);
    assertThat(grub.machine()).isEqualTo("aa64");
    assertThat(grub.esp(MENU, MENU.freshState(Set.of())).contains("/EFI/BOOT/BOOTAA64.EFI"))
        .isTrue();
    assertThat(grub.esp(MENU, MENU.freshState(Set.of())).contains("/EFI/BOOT/grubaa64.efi"))
        .isTrue();
  }

  @Test
  void saysWhichPackageLacks() {
    assertThatThrownBy(() -> GrubEfi.of(Tree.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a signed GRUB is missing; add the package grub-efi-ARCH-signed, such as"
                + " grub-efi-amd64-signed");
    assertThatThrownBy(() -> GrubEfi.of(InstalledPackages.below("/usr/lib/grub/x86_64-efi-signed")))
        .hasMessage("shim for x64 is missing; add the package shim-signed");
  }

  @Test
  void saysWhichModulesAreNotBuiltIn() throws Exception {
    byte[] other = replaced(Files.readAllBytes(Path.of(GRUB)), "\0regexp\0", "\0regexq\0");
    assertThatThrownBy(
            () -> GrubEfi.of(packages().with(t -> t.file(GRUB, 0644, Content.bytes(other)))))
        .isInstanceOf(FormatException.class)
        .hasMessage(GRUB + ": modules: our boot script needs [regexp], which are not built in");
  }

  @Test
  void refusesDamagedFiles() throws Exception {
    for (String name : List.of(GRUB, SHIM)) {
      byte[] whole = Files.readAllBytes(Path.of(name));
      for (int kept : List.of(0, 1, 63, 64, 200, 400, whole.length / 2, whole.length - 1)) {
        byte[] cut = Arrays.copyOf(whole, kept);
        assertThatThrownBy(
                () -> GrubEfi.of(packages().with(t -> t.file(name, 0644, Content.bytes(cut)))))
            .as("%s cut to %d bytes", name, kept)
            .isInstanceOf(FormatException.class)
            .hasMessageStartingWith(name);
      }
    }
  }

  private static byte[] forArm(String path) {
    try {
      byte[] bytes = Files.readAllBytes(Path.of(path));
      int coff = bytes[0x3C] & 0xff | (bytes[0x3D] & 0xff) << 8;
      bytes[coff + 4] = 0x64;
      bytes[coff + 5] = (byte) 0xAA;
      return bytes;
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** All places where a text stands, replaced by another of the same length. */
  private static byte[] replaced(byte[] bytes, String from, String to) {
    var charset = java.nio.charset.StandardCharsets.ISO_8859_1;
    return new String(bytes, charset).replace(from, to).getBytes(charset);
  }
}
