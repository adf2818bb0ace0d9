// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.FormatException;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeploymentMenuTest {
  private static final BootPartition ESP = new BootPartition(2, new UUID(1, 2));
  private static final BootPartition ROOT = new BootPartition(3, new UUID(1, 3));

  /** As ostree 2022.7 wrote it. */
  private static final String ENTRY =
      "title Debian GNU/Linux 12 (bookworm) 1.0 (ostree:0)\n"
          + "version 1\n"
          + "options root=/dev/x ro ostree=/ostree/boot.1/debian/371d/0\n"
          + "linux /ostree/debian-371d/vmlinuz-6.1\n"
          + "initrd /ostree/debian-371d/initramfs-6.1.img\n";

  private static BootMenu menu() {
    return BootMenu.deployments(ROOT, ESP);
  }

  @Test
  void entriesOfOstreeComeOutAsTheyWere() throws Exception {
    LoaderEntry entry = LoaderEntry.read("ostree-1-debian.conf", ENTRY);

    assertThat(entry.text()).isEqualTo(ENTRY);
    assertThat(entry.options().parameters()).contains("ostree=/ostree/boot.1/debian/371d/0");
  }

  @Test
  void brokenEntriesAreNamed() {
    assertThatThrownBy(() -> LoaderEntry.read("e.conf", ENTRY.replace("linux ", "efi ")))
        .isInstanceOf(FormatException.class)
        .hasMessage("e.conf: linux is missing");
    assertThatThrownBy(() -> LoaderEntry.read("e.conf", ENTRY + "title again\n"))
        .isInstanceOf(FormatException.class)
        .hasMessage("e.conf: line 6: title stands there twice");
    assertThatThrownBy(() -> LoaderEntry.read("e.conf", ENTRY.replace("version 1", "version")))
        .isInstanceOf(FormatException.class)
        .hasMessage("e.conf: line 2: version has no value");
    assertThatThrownBy(() -> LoaderEntry.read("e.conf", ENTRY.replace("/vmlinuz", "/x ';reboot")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("linux: expected an absolute path of plain names");
  }

  @Test
  @RequiresTool(value = "grub-script-check", in = "grub-common")
  void grubParsesBothScripts(@TempDir Path temp) throws Exception {
    LoaderEntry entry = LoaderEntry.read("ostree-1-debian.conf", ENTRY);
    String deployments =
        DeploymentMenu.of(
            List.of(
                new DeploymentMenu.Named("aa.0", entry), new DeploymentMenu.Named("bb.0", entry)));
    for (String script :
        List.of(
            menu().grubConfiguration(),
            menu().withConsole(BootConsole.SCREEN).withTimeout(3).grubConfiguration(),
            deployments)) {
      Path file = temp.resolve("grub.cfg");
      Files.writeString(file, script);
      assertThat(Tool.output("grub-script-check", file.toString())).isEmpty();
    }
  }

  @Test
  void theStoreIsThatOfTwoSlots() {
    assertThat(menu().freshState(Set.of(Slot.A)))
        .isEqualTo(
            BootMenu.ab(ROOT, new BootPartition(4, new UUID(1, 4)), ESP)
                .freshState(Set.of(Slot.A)));
  }

  @Test
  void theKernelIsToldWhatStaysTheSameForAllDeployments() {
    assertThat(menu().withConsole(BootConsole.SERIAL).deploymentCommandLine().toString())
        .isEqualTo(
            "root=PARTUUID=00000000-0000-0001-0000-000000000003 rw"
                + " slipway.esp=00000000-0000-0001-0000-000000000002"
                + " slipway.env=/EFI/debian/grubenv panic=10 console=ttyS0,115200");
    assertThatThrownBy(() -> BootMenu.single(ROOT, ESP).deploymentCommandLine())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("this layout has slots, and no deployments");
  }

  @Test
  void theNewestIsSlotAAndAllOthersAreB() throws Exception {
    LoaderEntry entry = LoaderEntry.read("ostree-1-debian.conf", ENTRY);

    assertThat(
            DeploymentMenu.of(
                List.of(
                    new DeploymentMenu.Named("aa.0", entry),
                    new DeploymentMenu.Named("bb.1", entry))))
        .contains("slipway.slot=A slipway.mark=$BOOT_MARK.$A_TRY.$B_TRY 'root=/dev/x' 'ro'")
        .contains("set A_KERNEL=1", "starting deployment aa.0", "set B_KERNEL=1")
        .contains("slipway.slot=B");
  }
}
