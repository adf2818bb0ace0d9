// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.build.BuildResult;
import dev.slipway.bundle.BundleRecipe;
import dev.slipway.digest.Digest;
import dev.slipway.disk.DiskLayout;
import dev.slipway.gpt.Gpt;
import dev.slipway.io.BlockSource;
import dev.slipway.signature.DevelopmentKeys;
import dev.slipway.testing.Firmware;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.TestServer;
import dev.slipway.testing.VirtualDisk;
import dev.slipway.testing.VirtualDisk.Bus;
import dev.slipway.testing.VirtualMachine;
import dev.slipway.tree.Content;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A machine that updates itself, by the installer that runs on it and a web server: bundles that it
 * must refuse, an installation that a power cut ends, a release that works, and then those that
 * fail, panic, hang, or end on the way, all of which it leaves by itself; last, a factory reset.
 */
@Tag("slow")
@EnabledIfSystemProperty(named = "slipway.long", matches = "true")
@RequiresTool(value = "qemu-system-x86_64", in = "qemu-system-x86")
@RequiresTool(value = "/usr/share/OVMF/OVMF_CODE_4M.fd", in = "ovmf")
@RequiresTool(value = "ssh", in = "openssh-client")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FieldStoryTest {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** What the new release brings: incompressible, so that fetching it takes a while. */
  private static final int NEWS_BYTES = 400_000;

  /** QEMU's name for the machine that it runs on, as a guest without a network of its own sees. */
  private static final String HOST = "10.0.2.2";

  /** Of units that start before most others. */
  private static final String EARLY = "DefaultDependencies=no";

  private Path directory;
  private SecureShell ssh;
  private DevelopmentKeys keys;
  private StoryReleases releases;
  private BuildResult first;
  private Path firstSlot;
  private Path secondSlot;
  private TestServer server;

  @BeforeAll
  void makeReleases(@TempDir Path temporary) throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root for the sandbox");
    directory = temporary;
    ssh = SecureShell.withNewKey(directory.resolve("key"));
    keys = StoryReleases.newKeys("Story");
    Files.writeString(directory.resolve("keys.pem"), DevelopmentKeys.pem(keys.authority()));
    SlipwayProcess.in(directory).output("runtime", directory.resolve("runtime").toString());
    releases =
        new StoryReleases(
            directory,
            keys,
            "root: {ssh-keys: ['"
                + ssh.publicKey()
                + "']}\n"
                + StoryReleases.PATIENT_WATCHDOG
                + "files:\n"
                + "  - {path: /opt/slipway, source: runtime}\n"
                + "  - {path: /usr/share/slipway/keys.pem, source: keys.pem}\n");
    first = releases.build("1.0", "files: [{path: /etc/app.conf, content: of 1.0}]\n");
    firstSlot = releases.slot(first, "1.0");
    byte[] news = new byte[NEWS_BYTES];
    new Random(11).nextBytes(news);
    Files.write(directory.resolve("news"), news);
    secondSlot = releases.slot("1.1", withFiles(""));
    server = TestServer.start();
    serve(releases.delta("1.0", firstSlot, "1.1", secondSlot), "1.1");
    serveNext("1.2", unit("", "", "exit 1", "multi-user.target"));
    serveNext("1.3", unit(EARLY, "", "echo c >/proc/sysrq-trigger", "sysinit.target"));
    // systemd stops for ever when it is told to, and feeds the watchdog no more
    serveNext("1.4", unit(EARLY, "", "kill -ABRT 1", "sysinit.target") + "watchdog: 30\n");
    serveNext("1.5", unit(EARLY + " OnFailure=emergency.target", "", "exit 1", "sysinit.target"));
    serveNext(
        "1.6",
        unit("", "TimeoutStartSec=infinity", "sleep infinity", "multi-user.target")
            .replace(
                "files:\n",
                "files:\n  - path: /etc/systemd/system/multi-user.target.d/sooner.conf\n"
                    + "    content: |\n      [Unit]\n      JobTimeoutSec=40s\n"));
    serveRefused();
  }

  @AfterAll
  void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  /** A release with a unit that does something once. */
  private static String unit(String unit, String service, String command, String target) {
    var text = new StringBuilder("  - path: /etc/systemd/system/app.service\n    content: |\n");
    String lines =
        "[Unit] "
            + unit
            + " [Service] Type=oneshot "
            + service
            + " [Install] WantedBy="
            + target
            + " [Service]";
    for (String line : lines.split(" +")) {
      text.append("      ").append(line).append('\n');
    }
    text.append("      ExecStart=/bin/sh -c '").append(command).append("'\n");
    return withFiles(text.toString()) + "units: {enable: [app.service]}\n";
  }

  private static String withFiles(String more) {
    return "files:\n  - {path: /opt/news, source: ../news}\n"
        + "  - {path: /etc/app.conf, content: of 1.1}\n"
        + more;
  }

  private void serve(Path bundle, String name) throws IOException {
    server.put("/" + name, Files.readAllBytes(bundle));
    Files.delete(bundle);
  }

  private void serveNext(String version, String more) throws Exception {
    Path slot = releases.slot(version, more);
    serve(releases.delta("1.1", secondSlot, version, slot), version);
    Files.delete(slot);
  }

  /** The good update again, each time with something that must keep machines from it. */
  private void serveRefused() throws Exception {
    serveVariant("expired", releases.recipe("1.1").expiresAt(StoryReleases.TIME.plusSeconds(60)));
    serveVariant("other", new BundleRecipe("tram", "1.1", StoryReleases.TIME).sequence(1L << 40));
    serveVariant("older", releases.recipe("0.9").sequence(1));
    DevelopmentKeys stranger = StoryReleases.newKeys("Stranger");
    serve(
        releases.write(withNews(releases.recipe("1.1")), stranger.signer(), "stranger"),
        "stranger");
    byte[] bytes = server.get("/1.1");
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = text.lastIndexOf("version=1.1") + "version=".length();
    bytes[at] = '2';
    server.put("/altered", bytes);
  }

  private BundleRecipe withNews(BundleRecipe recipe) throws IOException {
    return releases.withDelta(recipe, "1.0", firstSlot, "1.1", secondSlot);
  }

  private void serveVariant(String name, BundleRecipe recipe) throws IOException {
    serve(releases.write(withNews(recipe), keys.signer(), name), name);
  }

  @ParameterizedTest
  @EnumSource(
      value = Firmware.class,
      names = {"BIOS", "UEFI"})
  void aMachineUpdatesItselfAndLeavesWhatDoesNotWork(Firmware firmware, @TempDir Path temp)
      throws Exception {
    Path disk = Files.copy(first.image(), temp.resolve("disk.img"));
    try (VirtualMachine machine =
        VirtualMachine.with(firmware)
            .disk(VirtualDisk.kept(disk, Bus.VIRTIO))
            .network()
            .argument("-cpu", "max,avx=off") // the newest words are emulated slowly
            .start(temp)) {
      requireStarted(machine, "A", "1.0");
      ssh.output(machine, "echo of this machine >/etc/app.conf");
      refuses(machine, disk);
      cutWhileInstalling(machine, disk);
      requireStarted(machine, "A", "1.0");

      assertThat(install(machine, "1.1"))
          .contains("release 1.1 is in slot B, by a delta from 1.0; ");
      restart(machine);
      requireStarted(machine, "B", "1.1");
      assertThat(ssh.output(machine, "slipway-boot status"))
          .contains("RUNNING=B", "B_TRY=0", "LAST_GOOD=B");

      assertThat(ssh.output(machine, "/opt/slipway/bin/slipway status"))
          .contains("slot A: 1.0, in reserve", "slot B: 1.1, running, confirmed")
          .contains("/etc/app.conf: changed here, and its default changed with the release");

      fallsBack(machine, "1.2", "Failed to start .*app\\.service");
      fallsBack(machine, "1.3", "Kernel panic - not syncing: sysrq triggered crash");
      fallsBack(machine, "1.4", "softdog: Initiating system reboot");
      if (firmware == Firmware.BIOS) { // systemd's part is the same everywhere
        fallsBack(machine, "1.5", "Give up this start of the slot");
        fallsBack(machine, "1.6", "start job is running for .*app\\.service|job timed out");
      }
      assertThat(ssh.output(machine, "cat /etc/app.conf")).isEqualTo("of this machine");
      ssh.once(machine, "/opt/slipway/bin/slipway reset --yes && systemctl reboot");
      requireStarted(machine, "B", "1.1");
      assertThat(ssh.output(machine, "cat /etc/app.conf")).isEqualTo("of 1.1");
      ssh.once(machine, "systemctl poweroff");
      machine.waitForEnd();
    }
    try (BlockSource image = BlockSource.file(disk)) {
      Gpt table = Gpt.read(image, "disk").table();
      long offset = table.offsetBytes(table.entry(DiskLayout.ROOT_B).orElseThrow());
      Content second = Content.file(secondSlot);
      assertThat(Digest.of(image.stream(offset, second.sizeBytes()))).isEqualTo(second.digest());
    }
  }

  /** Waits for the health checks of a release. */
  private void requireStarted(VirtualMachine machine, String slot, String version)
      throws Exception {
    machine.waitFor("starting slot " + slot + ", try 1 of 3", PATIENCE);
    assertThat(
            ssh.output(
                machine,
                "until [ -e /run/slipway/health ]; do sleep 1; done; cat /run/slipway/health;"
                    + " . /etc/os-release; echo $IMAGE_VERSION; slipway-boot get-current"))
        .isEqualTo("good\n" + version + "\n" + slot);
  }

  private String install(VirtualMachine machine, String name, String... options) throws Exception {
    return ssh.output(machine, command(name, options) + " 2>&1; echo status $?");
  }

  private String command(String name, String... options) {
    return "/opt/slipway/bin/slipway install http://"
        + HOST
        + ":"
        + server.uri("/").getPort()
        + "/"
        + name
        + " --keyring /usr/share/slipway/keys.pem "
        + String.join(" ", options);
  }

  private void refuses(VirtualMachine machine, Path disk) throws Exception {
    Digest before = systemPartitions(disk);
    assertThat(install(machine, "stranger")).contains("not trusted").endsWith("status 1");
    assertThat(install(machine, "altered")).contains("signature").endsWith("status 1");
    assertThat(install(machine, "expired"))
        .contains("the bundle expired at 2026-01-02T03:05:05Z")
        .endsWith("status 1");
    assertThat(install(machine, "other"))
        .contains("the bundle is for \"tram\", this machine is a \"story\"")
        .endsWith("status 1");
    assertThat(install(machine, "older"))
        .contains("the bundle is older than what runs")
        .endsWith("status 1");
    assertThat(systemPartitions(disk)).as("boot loader, boot store and slots").isEqualTo(before);
  }

  /** Everything but the data partition. */
  private static Digest systemPartitions(Path disk) throws IOException {
    try (BlockSource image = BlockSource.file(disk)) {
      Gpt table = Gpt.read(image, "disk").table();
      return Digest.of(
          image.stream(0, table.offsetBytes(table.entry(DiskLayout.DATA).orElseThrow())));
    }
  }

  /** Pulls the plug when the first bytes have reached the other slot. */
  private void cutWhileInstalling(VirtualMachine machine, Path disk) throws Exception {
    ssh.once(machine, "systemd-run --quiet --collect " + command("1.1", "--rate-limit", "'8 KiB'"));
    Instant end = Instant.now().plus(PATIENCE);
    while (isEmpty(disk, DiskLayout.ROOT_B)) {
      assertThat(Instant.now()).as("something is written").isBefore(end);
      Thread.sleep(500);
    }
    assertThat(ssh.output(machine, "slipway-boot status")).contains("ORDER=A B", "B_OK=0");
    machine.reset();
  }

  private static boolean isEmpty(Path disk, String partition) throws IOException {
    try (BlockSource image = BlockSource.file(disk)) {
      Gpt table = Gpt.read(image, "disk").table();
      byte[] start =
          image.readFully(table.offsetBytes(table.entry(partition).orElseThrow()), 1 << 20);
      for (byte b : start) {
        if (b != 0) {
          return false;
        }
      }
      return true;
    }
  }

  /** Installs a release that does not work, and waits until the machine is back. */
  private void fallsBack(VirtualMachine machine, String version, String sign) throws Exception {
    assertThat(install(machine, version))
        .contains("release " + version + " is in slot A, by a delta from 1.1; ");
    restart(machine);
    for (int attempt = 1; attempt <= 3; attempt++) {
      machine.waitFor("starting slot A, try " + attempt + " of 3", PATIENCE);
      machine.waitFor(sign, PATIENCE);
    }
    requireStarted(machine, "B", "1.1");
    assertThat(
            ssh.output(
                machine,
                "cat /var/lib/slipway/fell-back; rm /var/lib/slipway/fell-back;"
                    + " /opt/slipway/bin/slipway status"))
        .startsWith("slot=A tries=3\n")
        .contains("slot A: " + version + ", not to be started")
        .contains("slot B: 1.1, running, confirmed")
        .contains("next start: slot B");
  }

  private void restart(VirtualMachine machine) throws Exception {
    ssh.once(machine, "systemctl reboot");
  }
}
