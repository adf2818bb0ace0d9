// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.bundle.Bundle;
import dev.slipway.io.BlockSource;
import dev.slipway.progress.Progress;
import dev.slipway.signature.CmsPolicy;
import dev.slipway.signature.DevelopmentKeys;
import dev.slipway.testing.Firmware;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.VirtualDisk;
import dev.slipway.testing.VirtualDisk.Bus;
import dev.slipway.testing.VirtualMachine;
import dev.slipway.update.InstallOptions;
import dev.slipway.update.Installed;
import dev.slipway.update.Installer;
import dev.slipway.update.Pace;
import dev.slipway.update.SystemDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The life of a machine from one release to the next: installed, confirmed by its health checks,
 * then a release that does not work, which the machine leaves by itself.
 */
@Tag("slow")
@RequiresTool(value = "qemu-system-x86_64", in = "qemu-system-x86")
@RequiresTool(value = "ssh", in = "openssh-client")
class UpdateStoryTest {
  private static final Duration PATIENCE = Duration.ofMinutes(8);

  @TempDir Path directory;
  private SecureShell ssh;
  private DevelopmentKeys keys;

  @Test
  void aGoodReleaseIsConfirmedAndABadOneIsLeft() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root for the sandbox");
    ssh = SecureShell.withNewKey(directory.resolve("key"));
    keys = StoryReleases.newKeys("Story");
    var releases =
        new StoryReleases(directory, keys, "root: {ssh-keys: ['" + ssh.publicKey() + "']}\n");
    Path disk = releases.build("1.0", "").image();
    Path second =
        bundle(releases, "1.1", "users: [{name: fresh}]\nrun: [useradd --system agent]\n");
    Path third =
        bundle(
            releases,
            "1.2",
            "files: [{path: /usr/lib/slipway/check.d/required/10-app, mode: '0755', content: \"#!/bin/sh\\nexit 1\\n\"}]\n");

    try (VirtualMachine machine = start(disk)) {
      machine.waitFor("starting slot A, try 1 of 3", PATIENCE);
      assertThat(verdict(machine)).isEqualTo("good");
      assertThat(ssh.output(machine, "slipway-boot status")).contains("RUNNING=A", "A_TRY=0");
      ssh.output(machine, "useradd --create-home local");
      stop(machine);
    }
    assertThat(install(disk, second).slot().name()).isEqualTo("B");
    try (VirtualMachine machine = start(disk)) {
      machine.waitFor("starting slot B, try 1 of 3", PATIENCE);
      assertThat(verdict(machine)).isEqualTo("good");
      assertThat(ssh.output(machine, ". /etc/os-release; echo $IMAGE_VERSION")).isEqualTo("1.1");
      assertThat(ssh.output(machine, "id -un agent fresh local; cd ~fresh && cd ~local && pwd"))
          .as("accounts of the new release, beside one that was made on the machine")
          .isEqualTo("agent\nfresh\nlocal\n/home/local");
      assertThat(ssh.output(machine, "slipway-boot status"))
          .contains("RUNNING=B", "B_TRY=0", "LAST_GOOD=B");
      stop(machine);
    }
    assertThat(install(disk, third).slot().name()).isEqualTo("A");
    try (VirtualMachine machine = start(disk)) {
      for (int attempt = 1; attempt <= 3; attempt++) {
        machine.waitFor("starting slot A, try " + attempt + " of 3", PATIENCE);
      }
      machine.waitFor("starting slot B, try 1 of 3", PATIENCE);
      assertThat(verdict(machine)).isEqualTo("good");
      assertThat(ssh.output(machine, "cat /var/lib/slipway/fell-back")).isEqualTo("slot=A tries=3");
      assertThat(ssh.output(machine, "slipway-boot status"))
          .contains("ORDER=B A", "A_OK=0", "B_TRY=0", "LAST_GOOD=B");
      stop(machine);
    }
  }

  private String verdict(VirtualMachine machine) throws Exception {
    return ssh.output(
        machine, "until [ -e /run/slipway/health ]; do sleep 1; done; cat /run/slipway/health");
  }

  private Path bundle(StoryReleases releases, String version, String more) throws Exception {
    Path slot = releases.slot(version, more);
    Path bundle = releases.whole(version, slot);
    Files.delete(slot);
    return bundle;
  }

  private Installed install(Path image, Path bundle) throws Exception {
    CmsPolicy policy =
        CmsPolicy.trusting(List.of(keys.authority()), StoryReleases.TIME, StoryReleases.TIME);
    try (SystemDisk disk = SystemDisk.open(image);
        BlockSource source = BlockSource.file(bundle);
        Bundle open = Bundle.open(source, bundle.toString(), policy)) {
      var options =
          new InstallOptions(
              directory.resolve("state"), Optional.empty(), StoryReleases.TIME, false, Pace.free());
      return Installer.of(disk, options).install(open, Progress.none());
    }
  }

  private VirtualMachine start(Path image) throws Exception {
    return VirtualMachine.with(Firmware.BIOS)
        .disk(VirtualDisk.kept(image, Bus.VIRTIO))
        .network()
        .start(Files.createDirectories(directory.resolve("machine")));
  }

  private void stop(VirtualMachine machine) throws Exception {
    ssh.once(machine, "systemctl poweroff");
    machine.waitForEnd();
  }
}
