// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.boot.GrubEfi;
import dev.slipway.bootconfig.BootMenu;
import dev.slipway.bootconfig.BootPartition;
import dev.slipway.bootconfig.Slot;
import dev.slipway.disk.DiskIdentity;
import dev.slipway.disk.DiskLayout;
import dev.slipway.fs.ext4.Ext4;
import dev.slipway.fs.ext4.Ext4Options;
import dev.slipway.fs.fat.Fat;
import dev.slipway.fs.fat.FatOptions;
import dev.slipway.io.BlockSink;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import dev.slipway.testing.TestServer;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import dev.slipway.volume.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** An image is updated from the command line, offline. */
class UpdateCommandsTest {
  private static final DiskIdentity IDENTITY = DiskIdentity.of("robot");

  @TempDir Path temp;
  private final CommandShell slipway = new CommandShell();

  private String path(String name) {
    return temp.resolve(name).toString();
  }

  private static Volume release(String version) {
    String text = "compatible=robot\nversion=" + version + "\nsequence=1\n";
    return Ext4.of(
        Tree.of(t -> t.file("/usr/lib/slipway/release", 0644, Content.utf8(text))),
        Ext4Options.readOnly(IDENTITY.fileSystemId("slot"), 0));
  }

  private static BootPartition partition(int number, String name) {
    return new BootPartition(number, IDENTITY.partitionId(name));
  }

  private static void write(Volume volume, Path file) throws IOException {
    try (BlockSink sink = BlockSink.createFile(file, volume.size())) {
      volume.writeTo(sink, Progress.none());
    }
  }

  private void writeDisk(String shim, Path file) throws Exception {
    BootMenu menu =
        BootMenu.ab(
            partition(3, DiskLayout.ROOT_A),
            partition(4, DiskLayout.ROOT_B),
            partition(2, DiskLayout.ESP));
    Tree esp =
        GrubEfi.configuration(menu, menu.freshState(Set.of(Slot.A)))
            .with(t -> t.file("/EFI/BOOT/BOOTX64.EFI", 0644, Content.utf8(shim)));
    var parts =
        new DiskLayout.Parts(
            "amd64",
            new byte[440],
            Volume.zeros(4096),
            Fat.of(esp, FatOptions.of(Size.mib(8), IDENTITY.fatSerial("esp"))),
            release("1.0"),
            Optional.of(Size.mib(2)),
            Optional.empty(),
            Ext4.of(Tree.empty(), Ext4Options.readOnly(IDENTITY.fileSystemId("data"), 0)));
    write(DiskLayout.AB.plan(IDENTITY, parts).build(), file);
  }

  @BeforeEach
  void makeDiskAndBundle() throws Exception {
    writeDisk("shim 1", temp.resolve("disk.img"));
    writeDisk("shim 2", temp.resolve("next.img"));
    write(release("1.1"), temp.resolve("root.img"));
    assertThat(slipway.run("keys", "create", path("keys"), "--kind", "EC", "--name", "Test"))
        .isZero();
    assertThat(
            slipway.run(
                "bundle",
                "create",
                path("update.raucb"),
                "--compatible",
                "robot",
                "--version-name",
                "1.1",
                "--image",
                "rootfs=" + path("root.img"),
                "--boot-loader",
                path("next.img"),
                "--key",
                path("keys/signer.key"),
                "--cert",
                path("keys/signer.pem")))
        .as(slipway.err())
        .isZero();
  }

  @Test
  void installsShowsMarksAndRollsBack() {
    String disk = path("disk.img");
    assertThat(
            slipway.run(
                "install", path("update.raucb"), "--disk", disk, "--keyring", path("keys/ca.pem")))
        .as(slipway.err())
        .isZero();
    assertThat(slipway.out())
        .startsWith("release 1.1 is in slot B; ")
        .endsWith("a new boot loader for EFI is in place 2\n");
    assertThat(slipway.run("status", "--disk", disk)).isZero();
    assertThat(slipway.out())
        .isEqualTo(
            "slot A: 1.0, confirmed\nslot B: 1.1, to be tried\nnext start: slot B\n"
                + "boot loader for EFI: a new one, to be tried\n");
    assertThat(slipway.run("mark", "good", "--disk", disk)).isZero();
    assertThat(slipway.run("status", "--disk", disk, "--json")).isZero();
    assertThat(slipway.out()).contains("\"lastGood\" : \"B\"");
    assertThat(slipway.run("rollback", "--disk", disk)).isZero();
    assertThat(slipway.run("status", "--disk", disk)).isZero();
    assertThat(slipway.out()).contains("next start: slot A");
    assertThat(slipway.run("mark", "bad", "--slot", "B", "--disk", disk)).isZero();
    assertThat(slipway.run("rollback", "--disk", disk)).isEqualTo(Main.FAILED);
    assertThat(slipway.err()).contains("slot B holds no release that may be started");
  }

  /** It is made later than all, but from an image that is older than what runs. */
  @Test
  void anOlderReleaseInANewBundleIsAStepBack() throws Exception {
    write(release("0.9"), temp.resolve("old.img"));
    assertThat(
            slipway.run(
                "bundle",
                "create",
                path("old.raucb"),
                "--image",
                "rootfs=" + path("old.img"),
                "--key",
                path("keys/signer.key"),
                "--cert",
                path("keys/signer.pem")))
        .as(slipway.err())
        .isZero();
    assertThat(slipway.run("bundle", "info", path("old.raucb"))).isZero();
    assertThat(slipway.out()).contains("compatible  robot\n", "0.9");
    String[] install = {
      "install", path("old.raucb"), "--disk", path("disk.img"), "--keyring", path("keys/ca.pem")
    };
    assertThat(slipway.run(install)).isEqualTo(Main.FAILED);
    assertThat(slipway.err()).contains("version 0.9, this machine has 1.0; allow downgrades");
    assertThat(slipway.run("status", "--disk", path("disk.img"))).isZero();
    assertThat(slipway.out()).contains("slot B: no release, not to be started");
    var anyway = new ArrayList<>(List.of(install));
    anyway.add("--allow-downgrade");
    assertThat(slipway.run(anyway.toArray(String[]::new))).as(slipway.err()).isZero();
  }

  @Test
  void withoutAReleaseInTheImageItsNameMustBeGiven() throws Exception {
    Files.write(temp.resolve("opaque.img"), new byte[4096]);
    assertThat(
            slipway.run("bundle", "create", path("x"), "--image", "rootfs=" + path("opaque.img")))
        .isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(slipway.err())
        .contains("give --compatible: there is no image for slot rootfs that says it itself");
  }

  @Test
  void aBundleThatNobodyTrustedSignedIsRefused() {
    assertThat(slipway.run("keys", "create", path("other"), "--kind", "EC", "--name", "Other"))
        .isZero();
    assertThat(
            slipway.run(
                "install",
                path("update.raucb"),
                "--disk",
                path("disk.img"),
                "--keyring",
                path("other/ca.pem")))
        .isEqualTo(Main.FAILED);
    assertThat(slipway.err()).contains("not trusted");
    assertThat(slipway.run("status", "--disk", path("disk.img"))).isZero();
    assertThat(slipway.out()).contains("slot B: no release, not to be started");
  }

  /** With nothing on the search path but the shell's tools: no Java is installed on machines. */
  @Test
  @Tag("slow")
  void aMachineNeedsNothingButTheRuntimeThatIsMadeForIt() throws Exception {
    assertThat(slipway.run("runtime", path("made"))).as(slipway.err()).isZero();
    Files.move(temp.resolve("made"), temp.resolve("moved"));
    try (var jars = Files.list(temp.resolve("moved/lib/slipway"))) {
      assertThat(jars.map(jar -> jar.getFileName().toString()))
          .noneMatch(name -> name.matches(".*(debian|pipeline|ostree|sat4j|yaml).*"));
    }
    String disk = path("disk.img");
    try (TestServer server =
        TestServer.start().put("/b", Files.readAllBytes(temp.resolve("update.raucb")))) {
      assertThat(
              onMachine(
                  "install",
                  server.uri("/b").toString(),
                  "--disk",
                  disk,
                  "--keyring",
                  path("keys/ca.pem")))
          .contains("release 1.1 is in slot B; ");
    }
    assertThat(onMachine("status", "--disk", disk))
        .endsWith("next start: slot B\nboot loader for EFI: a new one, to be tried\n");
    onMachine("mark", "good", "--disk", disk);
    assertThat(onMachine("status", "--json", "--disk", disk)).contains("\"lastGood\" : \"B\"");
    onMachine("rollback", "--disk", disk);
    assertThat(onMachine("bundle", "info", path("update.raucb"), "--keyring", path("keys/ca.pem")))
        .contains("signed by");
    Files.write(temp.resolve("target"), new byte[(int) Files.size(temp.resolve("disk.img"))]);
    onMachine("flash", disk, path("target"));
    assertThat(temp.resolve("target")).hasSameBinaryContentAs(temp.resolve("disk.img"));
    assertThat(onMachine("reset", "--help")).contains("Factory reset");
  }

  private String onMachine(String... words) throws Exception {
    var command = new ArrayList<>(List.of("env", "-i", "PATH=/usr/bin:/bin"));
    command.add(path("moved/bin/slipway"));
    command.addAll(List.of(words));
    return Tool.output(command.toArray(String[]::new));
  }

  @Test
  void whatCannotBeMeantIsRefused() {
    assertThat(slipway.run("mark", "perhaps", "--disk", path("disk.img"))).isEqualTo(2);
    assertThat(slipway.run("reset")).isEqualTo(2);
    assertThat(slipway.run("install", path("update.raucb"), "--disk", path("disk.img")))
        .isEqualTo(Main.FAILED);
    assertThat(slipway.err()).contains("--keyring is needed");
  }
}
