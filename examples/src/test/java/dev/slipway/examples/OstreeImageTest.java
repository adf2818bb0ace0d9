// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import dev.slipway.build.BuildOptions;
import dev.slipway.build.BuildResult;
import dev.slipway.build.ImageBuild;
import dev.slipway.digest.Digest;
import dev.slipway.disk.DiskInspection;
import dev.slipway.fs.ext4.Ext4;
import dev.slipway.io.BlockSource;
import dev.slipway.ostree.CommitInfo;
import dev.slipway.ostree.DeltaName;
import dev.slipway.ostree.DeltaOptions;
import dev.slipway.ostree.OstreeRepository;
import dev.slipway.ostree.RepositoryHandler;
import dev.slipway.ostree.RepositoryMode;
import dev.slipway.ostree.StaticDelta;
import dev.slipway.progress.Progress;
import dev.slipway.spec.ImageSpec;
import dev.slipway.testing.Firmware;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.testing.VirtualDisk;
import dev.slipway.testing.VirtualDisk.Bus;
import dev.slipway.testing.VirtualMachine;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The story of a machine that lives on ostree: its image is built and started, the real ostree in
 * it finds itself at home, takes an upgrade from our server by our static delta, and goes back.
 */
@Tag("slow")
@RequiresTool(value = "qemu-system-x86_64", in = "qemu-system-x86")
@RequiresTool(value = "/usr/share/OVMF/OVMF_CODE_4M.fd", in = "ovmf")
@RequiresTool(value = "ssh", in = "openssh-client")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OstreeImageTest {
  private static final Duration PATIENCE = Duration.ofMinutes(9);

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private Path directory;
  private SecureShell ssh;
  private HttpServer http;
  private OstreeRepository server;
  private BuildResult built;
  private BlockSource image;
  private Tree release;
  private Digest first;
  private Digest second;

  @BeforeAll
  void build(@TempDir Path temporary) throws Exception {
    directory = temporary;
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root for the sandbox");
    ssh = SecureShell.withNewKey(directory.resolve("key"));
    server = OstreeRepository.init(directory.resolve("repo"), RepositoryMode.ARCHIVE);
    http = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    var handler = RepositoryHandler.of(server);
    http.createContext(
        "/",
        exchange -> {
          requests.add(exchange.getRequestURI().getPath());
          handler.handle(exchange);
        });
    http.start();
    Path spec = directory.resolve("fleet.yaml");
    Files.writeString(
        spec,
        "extends: "
            + Path.of("cloud.yaml").toAbsolutePath()
            + "\nname: fleet\nhostname: fleet\nlayout: ostree\npackages: [ostree]\n"
            + "root: {ssh-keys: ['"
            + ssh.publicKey()
            + "']}\nfiles:\n"
            + "  - {path: /etc/ostree/remotes.d/origin.conf, content: \"[remote \\\"origin\\\"]\\n"
            + "url=http://10.0.2.2:"
            + http.getAddress().getPort()
            + "\\ngpg-verify=false\\n\"}\n");
    Path store =
        Path.of(System.getProperty("slipway.test.store", directory.resolve("store").toString()));
    built =
        ImageBuild.of(ImageSpec.read(spec), BuildOptions.of(directory.resolve("out"), store))
            .run(Progress.none());
    publishFirst();
    publishSecond();
  }

  /** The commit that lies in the image, on the server too: the same tree, the same checksum. */
  private void publishFirst() throws Exception {
    image = BlockSource.file(built.image());
    var root = DiskInspection.of(image, "image").partition("root").orElseThrow();
    Tree disk = Ext4.read(image.slice(root.offsetBytes(), root.sizeBytes()), "root");
    TreePath deployments = TreePath.of("/ostree/deploy/debian/deploy");
    TreePath deployment =
        disk.children(deployments).stream()
            .filter(path -> path.name().endsWith(".0"))
            .findFirst()
            .orElseThrow();
    release = disk.subtree(deployment).without(path -> path.toString().equals("/etc"));
    first = Digest.parse(deployment.name().substring(0, 64));
    OstreeRepository inside =
        OstreeRepository.init(directory.resolve("inside"), RepositoryMode.ARCHIVE);
    Files.createDirectories(directory.resolve("inside/objects/" + first.hex().substring(0, 2)));
    String object = first.hex().substring(0, 2) + "/" + first.hex().substring(2) + ".commit";
    Files.write(
        directory.resolve("inside/objects/" + object), disk.read("/ostree/repo/objects/" + object));
    CommitInfo info =
        CommitInfo.of("fleet-1.0", inside.commit(first).timestampSeconds())
            .onBranch("fleet/amd64")
            .withVersion("1.0");
    assertThat(server.commit(release, info, 2, Progress.none()).checksum()).isEqualTo(first);
  }

  @AfterAll
  void stopServer() throws Exception {
    if (http != null) {
      http.stop(0);
    }
    if (image != null) {
      image.close();
    }
  }

  /** The next release of the same machine, and our delta from the first to it. */
  private void publishSecond() throws Exception {
    Tree newer =
        release.with(
            t ->
                t.file("/usr/share/release-notes", 0644, Content.utf8("second\n"))
                    .file("/usr/etc/notes.conf", 0644, Content.utf8("level=2\n")));
    CommitInfo info =
        CommitInfo.of("fleet-2.0", server.commit(first).timestampSeconds() + 1)
            .onBranch("fleet/amd64")
            .withVersion("2.0");
    second = server.commit(newer, info, 2, Progress.none()).checksum();
    StaticDelta.make(
        server,
        new DeltaName(Optional.of(first), second),
        DeltaOptions.threads(2),
        Progress.none());
    server.writeSummary(Instant.ofEpochSecond(1_800_000_000));
  }

  @Test
  void whatIsDeployedUnderOneFirmwareStartsUnderTheOther() throws Exception {
    Path disk = newDisk("both");
    try (VirtualMachine machine = start(disk, Firmware.BIOS)) {
      requireAtHome(machine);
      upgrade(machine);
      powerOff(machine);
    }
    try (VirtualMachine machine = start(disk, Firmware.UEFI)) {
      requireUpgraded(machine);
      goBack(machine);
      powerOff(machine);
    }
    try (VirtualMachine machine = start(disk, Firmware.BIOS)) {
      requireBack(machine);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BIOS", "UEFI"})
  @EnabledIfSystemProperty(named = "slipway.long", matches = "true")
  void upgradesAndGoesBackByRestarts(Firmware firmware) throws Exception {
    try (VirtualMachine machine = start(newDisk(firmware.name()), firmware)) {
      requireAtHome(machine);
      upgrade(machine);
      restart(machine);
      requireUpgraded(machine);
      goBack(machine);
      restart(machine);
      requireBack(machine);
    }
  }

  private Path newDisk(String name) throws Exception {
    Path disk = directory.resolve(name + ".img");
    Tool.output("cp", "--sparse=always", built.image().toString(), disk.toString());
    return disk;
  }

  private VirtualMachine start(Path disk, Firmware firmware) throws Exception {
    return VirtualMachine.with(firmware)
        .disk(VirtualDisk.kept(disk, Bus.VIRTIO))
        .network()
        .memoryMib(1024)
        .start(Files.createDirectories(Path.of(disk + "-machine")));
  }

  private String booted(VirtualMachine machine) throws Exception {
    return ssh.output(machine, "ostree admin status | sed -n 's/^\\* //p'");
  }

  /** The image as it was built starts into its deployment; leaves something of its own there. */
  private void requireAtHome(VirtualMachine machine) throws Exception {
    machine.waitFor("fleet login:", PATIENCE);
    assertThat(booted(machine)).isEqualTo("debian " + first + ".0");
    assertThat(ssh.output(machine, "touch /usr/x 2>&1")).contains("Read-only file system");
    assertThat(ssh.output(machine, "systemctl --failed --no-legend")).isEmpty();
    ssh.output(machine, "echo mine >/etc/mine; echo mine >/var/lib/mine");
    ssh.output(machine, "systemctl is-system-running --wait");
    assertThat(ssh.output(machine, "slipway-boot status")).contains("A_OK=1", "A_TRY=0");
  }

  /** The real ostree pulls the next release by our delta and deploys it. */
  private void upgrade(VirtualMachine machine) throws Exception {
    requests.clear();
    assertThat(ssh.output(machine, "ostree admin upgrade 2>&1"))
        .contains("bootconfig swap: yes", "deployment count change: 1");
    String delta = "/" + new DeltaName(Optional.of(first), second).path();
    assertThat(requests).contains(delta + "/superblock", delta + "/0");
  }

  private void requireUpgraded(VirtualMachine machine) throws Exception {
    assertThat(booted(machine)).isEqualTo("debian " + second + ".0");
    assertThat(ssh.output(machine, "cat /usr/share/release-notes /etc/mine /var/lib/mine"))
        .isEqualTo("second\nmine\nmine");
  }

  private void goBack(VirtualMachine machine) throws Exception {
    ssh.output(machine, "ostree admin deploy " + first + " 2>&1");
  }

  private void requireBack(VirtualMachine machine) throws Exception {
    assertThat(booted(machine)).startsWith("debian " + first + ".");
    assertThat(ssh.output(machine, "cat /usr/share/release-notes /etc/mine 2>&1"))
        .contains("No such file")
        .endsWith("mine");
  }

  private void powerOff(VirtualMachine machine) throws Exception {
    ssh.once(machine, "systemctl poweroff");
    machine.waitForEnd();
  }

  private void restart(VirtualMachine machine) throws Exception {
    String before = ssh.output(machine, "cat /proc/sys/kernel/random/boot_id");
    ssh.once(machine, "systemctl reboot");
    Instant end = Instant.now().plus(PATIENCE);
    while (ssh.output(machine, "cat /proc/sys/kernel/random/boot_id").equals(before)) {
      assertThat(Instant.now()).as("it starts again").isBefore(end);
      Thread.sleep(1000);
    }
  }
}
