// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.build.BuildOptions;
import dev.slipway.build.BuildResult;
import dev.slipway.build.ImageBuild;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import dev.slipway.testing.Firmware;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.VirtualDisk;
import dev.slipway.testing.VirtualDisk.Bus;
import dev.slipway.testing.VirtualMachine;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Images beside {@code examples/cloud.yaml}: the robot of the README, and the next release. */
@Tag("slow")
@RequiresTool(value = "qemu-system-x86_64", in = "qemu-system-x86")
@RequiresTool(value = "ssh", in = "openssh-client")
class OtherImagesTest {
  @TempDir Path directory;

  private SecureShell ssh;

  @BeforeEach
  void makeKey() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root for the sandbox");
    ssh = SecureShell.withNewKey(directory.resolve("key"));
  }

  @Test
  void theRobotRunsItsApplication() throws Exception {
    BuildResult robot = build("robot.yaml", "");
    assertThat(robot.usedBytes()).isLessThan(Size.mib(800).bytes());
    try (VirtualMachine machine = start(Firmware.UEFI, Bus.NVME, robot)) {
      assertThat(ssh.output(machine, "systemctl is-system-running --wait")).isEqualTo("running");
      assertThat(ssh.output(machine, "systemctl is-active robot; hostname"))
          .isEqualTo("active\nrobot-sn-3");
    }
  }

  @Test
  void trixieStartsToo() throws Exception {
    BuildResult trixie = build("cloud.yaml", "suite: trixie\n");
    try (VirtualMachine machine = start(Firmware.SECURE_BOOT, Bus.SATA, trixie)) {
      assertThat(ssh.output(machine, "systemctl is-system-running --wait")).isEqualTo("running");
      assertThat(ssh.output(machine, ". /etc/os-release; echo $VERSION_CODENAME; hostname"))
          .isEqualTo("trixie\ncloud-sn-3");
    }
  }

  @EnabledIfSystemProperty(named = "slipway.long", matches = "true")
  @Test
  void debiansOwnInitramfsStartsASlotToo() throws Exception {
    BuildResult stock = build("cloud.yaml", "initramfs: initramfs-tools\n");
    try (VirtualMachine machine = start(Firmware.BIOS, Bus.SATA, stock)) {
      assertThat(ssh.output(machine, "systemctl is-system-running --wait")).isEqualTo("running");
      assertThat(ssh.output(machine, ". /run/slipway/boot; echo $slot $data_state; echo x >/etc/x"))
          .isEqualTo("A ok");
      assertThat(ssh.output(machine, "findmnt -no FSTYPE /etc; findmnt -no SOURCE /var"))
          .startsWith("overlay\n/dev/sda5");
      assertThat(ssh.output(machine, "findmnt -no OPTIONS /; touch /x 2>&1"))
          .startsWith("ro,")
          .contains("Read-only file system");
    }
  }

  private BuildResult build(String example, String more) throws Exception {
    Path spec = directory.resolve("other.yaml");
    Files.writeString(
        spec,
        "extends: %s\nname: other\nroot: {ssh-keys: ['%s']}\n%s"
            .formatted(Path.of(example).toAbsolutePath(), ssh.publicKey(), more));
    BuildOptions options = BuildOptions.of(directory.resolve("out"), directory.resolve("store"));
    return ImageBuild.read(spec, options).run(Progress.none());
  }

  private VirtualMachine start(Firmware firmware, Bus bus, BuildResult built) throws Exception {
    return VirtualMachine.with(firmware)
        .disk(VirtualDisk.snapshot(built.image(), bus))
        .network()
        .argument("-smbios", "type=1,serial=SN-3")
        .start(Files.createDirectories(directory.resolve("machine")));
  }
}
