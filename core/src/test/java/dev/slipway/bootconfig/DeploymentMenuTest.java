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

  private static DeploymentMenu menu() {
    return DeploymentMenu.of(ROOT, ESP, BootMenu.DEBIAN_DIRECTORY);
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
        DeploymentMenu.deployments(
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
  void theBlockStaysWithinOneSectorWithTheLongestName() {
    String name = "f".repeat(64) + ".99";
    GrubEnvironment block =
        menu().freshEnvironment().with(DeploymentMenu.DEPLOYMENT, name).with("B_OK", "1");

    assertThat(block.fitsOneSector()).isTrue();
  }

  @Test
  void theNewestIsSlotAAndAllOthersAreB() throws Exception {
    LoaderEntry entry = LoaderEntry.read("ostree-1-debian.conf", ENTRY);

    assertThat(
            DeploymentMenu.deployments(
                List.of(
                    new DeploymentMenu.Named("aa.0", entry),
                    new DeploymentMenu.Named("bb.1", entry))))
        .contains("slipway.slot=A slipway.mark=$BOOT_MARK.$A_TRY.$B_TRY 'root=/dev/x' 'ro'")
        .contains("slipway.slot=B")
        .endsWith("set first='aa.0'\nset second='bb.1'\n");
  }
}
