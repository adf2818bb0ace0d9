// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.bootconfig.BootState;
import dev.slipway.bootconfig.BootState.SlotState;
import dev.slipway.bootconfig.BootStore;
import dev.slipway.bootconfig.KernelCommandLine;
import dev.slipway.bootconfig.Slot;
import dev.slipway.digest.Digest;
import dev.slipway.progress.Progress;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A deployment is never started before it counts as untried, so that a bad one gives way. */
class CountedDeploymentTest {
  private static final String STORE = "/EFI/debian/grubenv";

  @TempDir Path work;
  private Path root;
  private Path machine;
  private Sysroot elsewhere;
  private Sysroot running;

  @BeforeEach
  void startTheFirst() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "deployments are owned by root");
    root = work.resolve("sysroot");
    machine = work.resolve("machine");
    elsewhere = Sysroot.init(root);
    elsewhere.initStateroot("debian");
    program("write-grub-cfg", resource(GrubUpkeep.class, "write-grub-cfg"));
    program("usr/sbin/slipway-boot", resource(BootStore.class, "slipway-boot"));
    program(
        "called",
        "#!/bin/sh\nexport SLIPWAY_ROOT=%1$s SLIPWAY_ESP=%1$s/esp\nexec %1$s/write-grub-cfg \"$@\"\n"
            .formatted(machine));
    Files.createDirectories(machine.resolve("run/slipway"));
    Files.writeString(
        machine.resolve("run/slipway/boot"), "slot=A\nesp=/dev/none\nstore=" + STORE + "\n");
    running = elsewhere.withScript(machine.resolve("called"));
    deploy(elsewhere, "1");
    script();
    storeSays(new SlotState(true, 0), Slot.A);
  }

  @AfterEach
  void makeMutable() throws IOException {
    DeploymentsOnDisk.makeMutable(root);
  }

  private static String resource(Class<?> beside, String name) throws IOException {
    try (InputStream in = beside.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void program(String path, String text) throws IOException {
    Path file = machine.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** The store of a machine whose slot B was never started. */
  private void storeSays(SlotState a, Slot lastGood) throws IOException {
    var state =
        new BootState(
            List.of(Slot.A, Slot.B),
            Map.of(Slot.A, a, Slot.B, new SlotState(false, 0)),
            Optional.of(lastGood),
            0);
    for (int i = 0; i < BootStore.BLOCKS; i++) {
      Path block = machine.resolve("esp" + STORE + "." + (i + 1));
      Files.createDirectories(block.getParent());
      Files.write(block, BootStore.fresh(state).get(i).bytes());
    }
  }

  private String store() throws Exception {
    return Tool.run(
            Map.of("SLIPWAY_ROOT", machine.toString(), "SLIPWAY_ESP", machine.resolve("esp") + ""),
            machine.resolve("usr/sbin/slipway-boot").toString(),
            "status")
        .output();
  }

  private Tool.Result script() throws Exception {
    return Tool.run(
        Map.of(),
        machine.resolve("called").toString(),
        root.resolve("boot").toString(),
        root.toString());
  }

  private Deployment deploy(Sysroot sysroot, String version) throws IOException {
    Tree tree =
        FittedTree.of(
                Tree.of(FittedTreeTest::debian)
                    .with(t -> t.file("/etc/version", 0644, Content.utf8(version))),
                Repositories.TIME)
            .tree();
    Digest commit =
        sysroot
            .repository()
            .commit(
                tree,
                CommitInfo.of(version, Repositories.TIME).onBranch("edge"),
                2,
                Progress.none())
            .checksum();
    return sysroot
        .deploy(
            "debian",
            commit,
            Optional.of("edge"),
            Optional.of(KernelCommandLine.of("rw")),
            2,
            Progress.none())
        .deployment();
  }

  private String menu() throws IOException {
    return Files.readString(root.resolve("boot/grub/grub.cfg"));
  }

  private String counted() throws IOException {
    return Files.readString(root.resolve("boot/grub/counted")).strip();
  }

  @Test
  void whatIsDeployedOnTheRunningMachineIsUntried() throws Exception {
    assertThat(store()).contains("LAST_GOOD=A");

    Deployment two = deploy(running, "2");

    assertThat(menu()).contains("starting deployment " + two.name());
    assertThat(counted()).isEqualTo(two.name());
    assertThat(store()).contains("ORDER=A B", "A_OK=1", "A_TRY=0", "B_OK=1", "LAST_GOOD=B");
  }

  @Test
  void goingBackOnTheRunningMachineCountsToo() throws Exception {
    Deployment one = elsewhere.deployments().get(0);
    deploy(running, "2");
    storeSays(new SlotState(true, 0), Slot.A);

    running.rollback();

    assertThat(counted()).isEqualTo(one.name());
    assertThat(store()).contains("LAST_GOOD=B");
  }

  @Test
  void whatWasDeployedOnAMountedDiskIsCountedAtItsNextStart() throws Exception {
    Deployment two = deploy(elsewhere, "2");
    assertThat(store()).contains("LAST_GOOD=A");

    assertThat(script().output()).isEmpty();

    assertThat(counted()).isEqualTo(two.name());
    assertThat(store()).contains("LAST_GOOD=B");
  }

  @Test
  void theMenuChangesAfterTheStore() throws Exception {
    program(
        "usr/sbin/slipway-boot",
        "#!/bin/sh\ngrep -c \"$(cat %1$s/two)\" %2$s/boot/grub/grub.cfg >>%1$s/seen\n:\n"
            .formatted(machine, root));
    Deployment one = elsewhere.deployments().get(0);
    String two = one.commit() + ".1";
    Files.writeString(machine.resolve("two"), two);

    elsewhere
        .withScript(machine.resolve("called"))
        .deploy("debian", one.commit(), Optional.empty(), Optional.empty(), 1, Progress.none());

    assertThat(machine.resolve("seen")).hasContent("0\n0\n");
    assertThat(menu()).contains(two);
  }

  @Test
  void aStoreThatCannotBeChangedLeavesTheOldMenu() throws Exception {
    String before = menu();
    program("usr/sbin/slipway-boot", "#!/bin/sh\necho broken >&2\nexit 1\n");

    assertThatThrownBy(() -> deploy(running, "2"))
        .hasMessageContaining("broken")
        .hasMessageContaining("the boot store cannot be changed")
        .hasMessageContaining("stays as it is");

    assertThat(menu()).isEqualTo(before);
    DeploymentsOnDisk.requireBootable(root);
  }

  @Test
  void onlyAnotherFirstDeploymentIsCounted() throws Exception {
    deploy(running, "2");
    storeSays(new SlotState(true, 0), Slot.A);

    running.undeploy(1);
    script();

    assertThat(store()).contains("LAST_GOOD=A");
  }

  @Test
  void countingThatDiedHalfWayIsDoneAgain() throws Exception {
    String one = counted();
    Deployment two = deploy(running, "2");
    Files.writeString(root.resolve("boot/grub/counted"), one + "\n");
    storeSays(new SlotState(true, 1), Slot.A);

    script();

    assertThat(counted()).isEqualTo(two.name());
    assertThat(store()).contains("A_TRY=0", "LAST_GOOD=B");
  }
}
