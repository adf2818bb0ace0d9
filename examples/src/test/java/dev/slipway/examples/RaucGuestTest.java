// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.disk.DiskIdentity;
import dev.slipway.fs.ext4.Ext4;
import dev.slipway.fs.ext4.Ext4Options;
import dev.slipway.io.BlockSink;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import dev.slipway.signature.DevelopmentKeys;
import dev.slipway.testing.Firmware;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.VirtualDisk;
import dev.slipway.testing.VirtualDisk.Bus;
import dev.slipway.testing.VirtualMachine;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A machine whose updater is RAUC, Debian's own, set up as {@code docs/updating.md} says: it
 * installs a verity bundle of ours into a slot of ours and has our boot store name it.
 */
@Tag("slow")
@EnabledIfSystemProperty(named = "slipway.long", matches = "true")
@RequiresTool(value = "qemu-system-x86_64", in = "qemu-system-x86")
@RequiresTool(value = "ssh", in = "openssh-client")
class RaucGuestTest {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @TempDir Path directory;
  private SecureShell ssh;

  @Test
  void raucInstallsOurBundleIntoOurSlotWhichStartsNext() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root for the sandbox");
    ssh = SecureShell.withNewKey(directory.resolve("key"));
    DevelopmentKeys keys = StoryReleases.newKeys("Story");
    Files.writeString(directory.resolve("ca.pem"), DevelopmentKeys.pem(keys.authority()));
    Files.writeString(directory.resolve("system.conf"), configuration());
    var releases =
        new StoryReleases(
            directory,
            keys,
            "root: {ssh-keys: ['"
                + ssh.publicKey()
                + "']}\n"
                + StoryReleases.PATIENT_WATCHDOG
                + "packages: [rauc, rauc-service]\nfiles:\n"
                + "  - {path: /etc/rauc/system.conf, source: system.conf}\n"
                + "  - {path: /etc/rauc/ca.pem, source: ca.pem}\n");
    Path disk = releases.build("1.0", "").image();
    Path slot = releases.slot("1.1", "files: [{path: /etc/news, content: new}]\n");
    Path stick = stick(releases.whole("1.1", slot));

    try (VirtualMachine machine =
        VirtualMachine.with(Firmware.BIOS)
            .disk(VirtualDisk.kept(disk, Bus.VIRTIO))
            .disk(VirtualDisk.snapshot(stick, Bus.VIRTIO))
            .network()
            .argument("-cpu", "max,avx=off") // the newest words are emulated slowly
            .start(Files.createDirectories(directory.resolve("machine")))) {
      requireStarted(machine, "A", "1.0");
      assertThat(rauc(machine, "status --output-format=shell"))
          .contains("RAUC_SYSTEM_BOOTED_BOOTNAME='/dev/vda3'", "RAUC_BOOT_PRIMARY='rootfs.0'");
      assertThat(rauc(machine, "install /mnt/update.raucb"))
          .contains("Installing `/mnt/update.raucb` succeeded")
          .endsWith("status 0");
      assertThat(ssh.output(machine, "journalctl --unit rauc --output cat"))
          .as("an adaptive update takes blocks from the slot that runs")
          .containsPattern("access stats for active_slot: count=[1-9]");
      assertThat(rauc(machine, "status --output-format=shell"))
          .contains("RAUC_BOOT_PRIMARY='rootfs.1'");
      assertThat(ssh.output(machine, "slipway-boot status"))
          .contains("RUNNING=A", "ORDER=B A", "B_OK=1", "B_TRY=0", "LAST_GOOD=A");
      ssh.once(machine, "systemctl reboot");
      requireStarted(machine, "B", "1.1");
      assertThat(rauc(machine, "status mark-good"))
          .contains("marked slot rootfs.1 as good")
          .endsWith("status 0");
      assertThat(rauc(machine, "status --output-format=shell"))
          .contains("RAUC_SYSTEM_BOOTED_BOOTNAME='/dev/vda4'", "RAUC_BOOT_PRIMARY='rootfs.1'");
      assertThat(rauc(machine, "status mark-bad other")).endsWith("status 0");
      assertThat(ssh.output(machine, "slipway-boot status"))
          .contains("RUNNING=B", "ORDER=B A", "A_OK=0", "B_OK=1", "B_TRY=0", "LAST_GOOD=B");
      ssh.once(machine, "systemctl poweroff");
      machine.waitForEnd();
    }
  }

  /** The one in the manual. */
  private static String configuration() throws IOException {
    String manual = Files.readString(Path.of("../docs/updating.md"));
    String[] lines = manual.substring(manual.indexOf("## With RAUC")).split("\n");
    var text = new StringBuilder();
    for (int i = 1; i < lines.length && (text.isEmpty() || lines[i].startsWith("    ")); i++) {
      if (lines[i].startsWith("    ")) {
        text.append(lines[i].strip()).append('\n');
      }
    }
    return text.toString().replace("compatible=robot", "compatible=story");
  }

  /** A disk with the bundle. */
  private Path stick(Path bundle) throws IOException {
    Content content = Content.file(bundle);
    Size size = Size.mib(content.sizeBytes() / Size.mib(1).bytes() + 64);
    Volume volume =
        Ext4.of(
            Tree.of(t -> t.file("/update.raucb", 0644, content)),
            Ext4Options.writable(DiskIdentity.of("stick").fileSystemId("stick"), 0, size));
    Path file = directory.resolve("stick.img");
    try (BlockSink sink = BlockSink.createFile(file, volume.size())) {
      volume.writeTo(sink, Progress.none());
    }
    Files.delete(bundle);
    return file;
  }

  private void requireStarted(VirtualMachine machine, String slot, String version)
      throws Exception {
    machine.waitFor("starting slot " + slot + ", try 1 of 3", PATIENCE);
    assertThat(
            ssh.output(
                machine,
                "until [ -e /run/slipway/health ]; do sleep 1; done; cat /run/slipway/health;"
                    + " . /etc/os-release; echo $IMAGE_VERSION; mount -o ro /dev/vdb /mnt"))
        .isEqualTo("good\n" + version);
  }

  private String rauc(VirtualMachine machine, String words) throws Exception {
    return ssh.output(machine, "rauc " + words + " 2>&1; echo status $?");
  }
}
