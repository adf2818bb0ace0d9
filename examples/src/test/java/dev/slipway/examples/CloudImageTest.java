// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.build.BuildOptions;
import dev.slipway.build.BuildResult;
import dev.slipway.build.ImageBuild;
import dev.slipway.digest.Digest;
import dev.slipway.disk.DiskInspection;
import dev.slipway.io.BlockSource;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import dev.slipway.spec.ImageSpec;
import dev.slipway.testing.Firmware;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.testing.VirtualDisk;
import dev.slipway.testing.VirtualDisk.Bus;
import dev.slipway.testing.VirtualMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole story of {@code examples/cloud.yaml}: built from this machine's own mirror, started,
 * used, started again.
 */
@Tag("slow")
@RequiresTool(value = "qemu-system-x86_64", in = "qemu-system-x86")
@RequiresTool(value = "ssh", in = "openssh-client")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CloudImageTest {
  private static final Duration PATIENCE = Duration.ofMinutes(6);

  private Path directory;
  private SecureShell ssh;
  private BuildResult built;

  @BeforeAll
  void build(@TempDir Path temporary) throws Exception {
    directory = temporary;
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root for the sandbox");
    ssh = SecureShell.withNewKey(directory.resolve("key"));
    Path spec = directory.resolve("story.yaml");
    Files.writeString(
        spec,
        "extends: "
            + Path.of("cloud.yaml").toAbsolutePath()
            + "\nname: story\nroot: {ssh-keys: ['"
            + ssh.publicKey()
            + "']}\n");
    Path store =
        Path.of(System.getProperty("slipway.test.store", directory.resolve("store").toString()));
    built =
        ImageBuild.of(ImageSpec.read(spec), BuildOptions.of(directory.resolve("out"), store))
            .run(Progress.none());
  }

  private Path copy(String name) throws IOException, InterruptedException {
    Path copy = directory.resolve(name);
    Files.deleteIfExists(copy);
    Tool.output("cp", "--sparse=always", built.image().toString(), copy.toString());
    return copy;
  }

  private VirtualMachine start(Firmware firmware, Path image, String serial) throws Exception {
    Path work = Files.createDirectories(directory.resolve("machine-" + serial));
    return VirtualMachine.with(firmware)
        .disk(VirtualDisk.kept(image, Bus.VIRTIO))
        .network()
        .argument("-smbios", "type=1,serial=" + serial)
        .start(work);
  }

  /** Asks once: the connection may end before the answer comes. */
  private void stop(VirtualMachine machine) throws Exception {
    ssh.once(machine, "systemctl poweroff");
    machine.waitForEnd();
  }

  @Test
  void usesLittleSpace() {
    assertThat(built.usedBytes()).isLessThan(Size.mib(450).bytes());
  }

  @Test
  @RequiresTool(value = "e2fsck", in = "e2fsprogs")
  @RequiresTool(value = "fsck.fat", in = "dosfstools")
  @RequiresTool(value = "sgdisk", in = "gdisk")
  @RequiresTool(value = "sfdisk", in = "fdisk")
  void refereesAreSilent() throws Exception {
    assertThat(Tool.output("sgdisk", "-v", built.image().toString())).contains("No problems found");
    assertThat(Tool.output("sfdisk", "--verify", built.image().toString()))
        .contains("No errors detected");
    try (BlockSource source = BlockSource.file(built.image())) {
      int checked = 0;
      for (var partition : DiskInspection.of(source, "story").partitions()) {
        if (partition.name().equals("root-a")
            || partition.name().equals("data")
            || partition.name().equals("esp")) {
          Path file = directory.resolve(partition.name() + ".fs");
          try (var in = source.stream(partition.offsetBytes(), partition.sizeBytes())) {
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
          }
          if (partition.name().equals("esp")) {
            assertThat(Tool.output("fsck.fat", "-n", file.toString()).lines())
                .as("its name and version, and a summary of one line")
                .hasSize(2);
          } else {
            assertThat(Tool.output("e2fsck", "-fn", file.toString()).lines())
                .filteredOn(line -> !line.matches("e2fsck .*|Pass [1-5]: .*|.* blocks"))
                .isEmpty();
            assertThat(Tool.output("dumpe2fs", "-h", file.toString())).contains(" clean");
          }
          Files.delete(file);
          checked++;
        }
      }
      assertThat(checked).isEqualTo(3);
    }
  }

  private void expectAllIsWell(VirtualMachine machine) throws Exception {
    assertThat(
            ssh.output(
                machine, "systemctl is-system-running --wait; systemctl --failed --no-legend"))
        .isEqualTo("running");
    assertThat(
            ssh.output(machine, "dmesg --level=err,warn | grep -E 'EXT4-fs|FAT-fs|GPT:' || true"))
        .isEmpty();
  }

  private String hostKeys(VirtualMachine machine) throws Exception {
    String keys = ssh.output(machine, "cut -d' ' -f1,2 /etc/ssh/ssh_host_*_key.pub");
    assertThat(keys).contains("ssh-ed25519 ", "ssh-rsa ");
    return keys;
  }

  private long room(VirtualMachine machine) throws Exception {
    return Long.parseLong(ssh.output(machine, "df --output=size -B1 /var | tail -1").strip());
  }

  private String randomSeed(VirtualMachine machine) throws Exception {
    String seed = ssh.output(machine, "od -An -v -tx1 /var/lib/systemd/random-seed | tr -d ' \\n'");
    assertThat(seed).matches("[0-9a-f]{64,}");
    return seed;
  }

  /** One disk in three machines that differ in their firmware alone, and a clone of the disk. */
  @Test
  void keepsWhatIsItsOwnAndNeverChangesItsSlot() throws Exception {
    Path image = copy("kept.img");
    String id;
    String hostKeys;
    String seed;
    long room;
    try (VirtualMachine machine = start(Firmware.BIOS, image, "SN-7")) {
      machine.waitFor("cloud-sn-7 login:", PATIENCE);
      expectAllIsWell(machine);
      assertThat(ssh.output(machine, "hostname")).isEqualTo("cloud-sn-7");
      assertThat(ssh.output(machine, "touch /x 2>&1")).contains("Read-only file system");
      ssh.output(machine, "echo kept >/etc/own; echo kept >/var/lib/own; useradd -m local");
      id = ssh.output(machine, "cat /etc/machine-id");
      assertThat(id).matches("[0-9a-f]{32}");
      hostKeys = hostKeys(machine);
      seed = randomSeed(machine);
      room = room(machine);
      assertThat(ssh.output(machine, "slipway-boot status")).contains("A_OK=1").contains("A_TRY=0");
      assertThat(ssh.output(machine, "dpkg -s openssh-server | grep ^Status"))
          .isEqualTo("Status: install ok installed");
      stop(machine);
    }
    for (Firmware firmware : List.of(Firmware.UEFI, Firmware.SECURE_BOOT)) {
      try (VirtualMachine machine = start(firmware, image, "SN-7")) {
        machine.waitFor("cloud-sn-7 login:", PATIENCE);
        expectAllIsWell(machine);
        assertThat(
                ssh.output(
                    machine,
                    "cat /etc/machine-id; cat /etc/own /var/lib/own; id -un local; hostname"))
            .isEqualTo(id + "\nkept\nkept\nlocal\ncloud-sn-7");
        assertThat(hostKeys(machine)).isEqualTo(hostKeys);
        stop(machine);
      }
    }
    assertThat(slotDigest(image).hex()).isEqualTo(slotDigest(built.image()).hex());
    assertThat(Files.readString(built.manifest())).contains(slotDigest(image).hex());
    Path larger = copy("clone.img");
    Tool.output("truncate", "--size=+1G", larger.toString());
    try (VirtualMachine clone = start(Firmware.BIOS, larger, "SN-8")) {
      assertThat(ssh.output(clone, "cat /etc/machine-id")).matches("[0-9a-f]{32}").isNotEqualTo(id);
      assertThat(hostKeys(clone).lines()).doesNotContainAnyElementsOf(hostKeys.lines().toList());
      assertThat(randomSeed(clone)).isNotEqualTo(seed);
      assertThat(room(clone))
          .as("room on a disk with a GiB to spare")
          .isGreaterThan(room + Size.mib(800).bytes());
    }
  }

  private static Digest slotDigest(Path image) throws IOException {
    try (BlockSource source = BlockSource.file(image)) {
      var slot = DiskInspection.of(source, "image").partition("root-a").orElseThrow();
      return Digest.of(source.stream(slot.offsetBytes(), slot.sizeBytes()));
    }
  }
}
