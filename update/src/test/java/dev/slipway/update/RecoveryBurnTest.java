// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.boot.RecoveryBurn;
import dev.slipway.boot.TinySystem;
import dev.slipway.bootconfig.BootState;
import dev.slipway.bootconfig.BootState.SlotState;
import dev.slipway.bootconfig.Slot;
import dev.slipway.bundle.Bundle;
import dev.slipway.bundle.BundleOptions;
import dev.slipway.bundle.BundleRecipe;
import dev.slipway.digest.Digest;
import dev.slipway.disk.DiskImage;
import dev.slipway.disk.DiskLayout;
import dev.slipway.fs.fat.Fat;
import dev.slipway.fs.fat.FatOptions;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import dev.slipway.signature.DevelopmentKeys;
import dev.slipway.signature.SigningKey;
import dev.slipway.testing.Firmware;
import dev.slipway.testing.NameServer;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.TestServer;
import dev.slipway.testing.VirtualDisk;
import dev.slipway.testing.VirtualDisk.Bus;
import dev.slipway.testing.VirtualMachine;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import dev.slipway.volume.Volume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A machine whose slots hold nothing that starts gets a release by its recovery system. */
@Tag("slow")
@RequiresTool(value = "qemu-system-x86_64", in = "qemu-system-x86")
@RequiresTool(value = "/usr/lib/grub/i386-pc/kernel.img", in = "grub-pc-bin")
@RequiresTool(value = "/usr/lib/shim/shimx64.efi.signed", in = "shim-signed")
@RequiresTool(value = "busybox", in = "busybox-static")
@RequiresTool(value = "openssl", in = "openssl")
@RequiresTool(value = "dmsetup", in = "dmsetup")
class RecoveryBurnTest {
  private static final DevelopmentKeys STRANGER =
      DevelopmentKeys.create(
          DevelopmentKeys.Kind.EC, "Stranger", SampleMachine.TIME, 36_500, new SecureRandom());

  /** QEMU's name for the machine that it runs on. */
  private static final String HOST = "10.0.2.2";

  private static final String NAME = "update.example";

  @TempDir Path temp;
  private TinySystem tiny;

  @BeforeEach
  void makeSystem() throws Exception {
    tiny = TinySystem.of("cloud-amd64");
  }

  /** Slot A was started three times in vain, slot B is empty. */
  private static BootState usedUp(BootState fresh) {
    var slots = Map.of(Slot.A, new SlotState(true, 3), Slot.B, new SlotState(false, 0));
    return new BootState(List.of(Slot.A, Slot.B), slots, Optional.of(Slot.A), fresh.mark());
  }

  private static Optional<RecoveryBurn> burn(boolean unattended, String... sources) {
    return Optional.of(
        new RecoveryBurn(
            Content.utf8(DevelopmentKeys.pem(SampleMachine.KEYS.authority())),
            "tiny",
            10,
            SampleMachine.TIME.getEpochSecond(),
            List.of(sources),
            unattended));
  }

  private static BundleRecipe recipe(String version, long sequence, Volume slot) {
    return new BundleRecipe("tiny", version, SampleMachine.TIME)
        .sequence(sequence)
        .image(Installer.SLOT_CLASS, slot);
  }

  private byte[] bundle(BundleRecipe recipe, SigningKey signer) throws Exception {
    Path file = temp.resolve("made.raucb");
    Bundle.write(recipe, signer, BundleOptions.zstd(2, temp), file, Progress.none());
    byte[] bytes = Files.readAllBytes(file);
    Files.delete(file);
    return bytes;
  }

  private byte[] good(String version, long sequence) throws Exception {
    return bundle(
        recipe(version, sequence, TinySystem.fileSystem(tiny.slot(version))),
        SampleMachine.KEYS.signer());
  }

  /** A disk whose slot A has lost its kernel. */
  private Path brokenDisk(DiskImage disk) throws Exception {
    Path image = TinySystem.write(disk, temp.resolve("disk.img"), Size.mib(0));
    Tree broken = tiny.slot("one").with(t -> t.remove(TreePath.of("/initrd.img")));
    TinySystem.overwrite(image, disk, DiskLayout.ROOT_A, TinySystem.fileSystem(broken));
    return image;
  }

  /** A stick with a file system and no partitions. */
  private Path stick(Map<String, byte[]> files) throws Exception {
    Tree tree =
        Tree.of(t -> files.forEach((name, bytes) -> t.file(name, 0644, Content.bytes(bytes))));
    Volume volume = Fat.of(tree, FatOptions.of(Size.mib(128), 0x5741_1234));
    Path file = temp.resolve("stick.img");
    try (BlockSink sink = BlockSink.createFile(file, volume.size())) {
      volume.writeTo(sink, Progress.none());
    }
    return file;
  }

  private static String seenByGuest(TestServer server, String path) {
    return server.uri(path).toString().replace("127.0.0.1", HOST);
  }

  private static String byName(TestServer server, String path) {
    return server.uri(path).toString().replace("127.0.0.1", NAME);
  }

  /** The certificate says nothing of the server's name, and nobody vouches for it. */
  private static SSLContext worthlessCertificate() throws Exception {
    char[] password = "password".toCharArray();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    Certificate[] chain = {STRANGER.authority()};
    keys.setKeyEntry("server", STRANGER.authorityKey(), password, chain);
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), null, null);
    return context;
  }

  private VirtualMachine.Builder machine(Path image, Path stick) {
    return VirtualMachine.with(Firmware.BIOS)
        .disk(VirtualDisk.kept(image, Bus.VIRTIO))
        .disk(VirtualDisk.kept(stick, Bus.VIRTIO))
        .argument("-cpu", "max,avx=off"); // the newest words are emulated slowly
  }

  private void assertSlotHolds(Path image, DiskImage disk, String partition, Volume release)
      throws Exception {
    var place = disk.partition(partition).orElseThrow();
    try (BlockSource source = BlockSource.file(image)) {
      assertThat(Digest.of(source.stream(place.offsetBytes(), release.size())))
          .isEqualTo(Digest.of(release.open().stream(0, release.size())));
    }
  }

  @Test
  void withoutAnybodyARefusedStickIsPassedOverAndTheServersReleaseIsWrittenAndStarts()
      throws Exception {
    byte[] strange =
        bundle(recipe("evil", 99, TinySystem.fileSystem(tiny.slot("evil"))), STRANGER.signer());
    try (TestServer server = TestServer.start()) {
      server.put("/tiny.raucb", good("two", 11));
      DiskImage disk =
          tiny.recoveryDisk(
              RecoveryBurnTest::usedUp,
              Tree.empty(),
              burn(true, RecoveryBurn.DISK, seenByGuest(server, "/tiny.raucb")));
      Path image = brokenDisk(disk);
      try (var machine =
          machine(image, stick(Map.of("/evil.raucb", strange))).network().start(temp)) {
        machine.waitFor("slipway: starting recovery");
        machine.waitFor("looking for releases .* on disks and sticks");
        machine.waitFor(
            "evil.raucb: refused: its signature does not count here: unable to get local issuer");
        machine.waitFor("asking for an address on eth0");
        machine.waitFor("looking at http://10.0.2.2:[0-9]+/tiny.raucb");
        machine.waitFor("Writing release two over slot A");
        machine.waitFor("writing: 100 %");
        machine.waitFor("Release two is in slot A; restarting");
        machine.waitFor("starting slot A, try 1 of 3");
        machine.waitFor(TinySystem.READY + " two");
      }
      assertThat(TinySystem.state(image, disk).slot(Slot.A)).isEqualTo(new SlotState(true, 1));
      assertSlotHolds(image, disk, DiskLayout.ROOT_A, TinySystem.fileSystem(tiny.slot("two")));
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "slipway.long", matches = "true")
  void somebodyTakesTheLatestReleaseThatFitsFromAStick() throws Exception {
    byte[] two = good("two", 11);
    byte[] cut = Arrays.copyOf(two, two.length - 100);
    byte[] flipped = two.clone();
    flipped[two.length / 2] ^= 1;
    Volume any = TinySystem.fileSystem(Tree.of(t -> t.directory("/bin", 0755)));
    SigningKey signer = SampleMachine.KEYS.signer();
    var other = new BundleRecipe("other", "9", SampleMachine.TIME).sequence(9);
    byte[] foreign = bundle(other.image(Installer.SLOT_CLASS, any), signer);
    Instant past = SampleMachine.TIME.plusSeconds(60);
    byte[] expired = bundle(recipe("old", 12, any).expiresAt(past), signer);
    byte[] older = good("zero", 5);
    var files =
        Map.of(
            "/two.raucb", two,
            "/cut.raucb", cut,
            "/flipped.raucb", flipped,
            "/deep/er/other.raucb", foreign,
            "/expired.raucb", expired,
            "/older.raucb", older);
    DiskImage disk = tiny.recoveryDisk(RecoveryBurnTest::usedUp, Tree.empty(), burn(false));
    Path image = brokenDisk(disk);
    try (var machine = machine(image, stick(files)).start(temp)) {
      machine.waitFor("9  write a release over a slot, from a disk, a USB stick or the network");
      machine.waitFor("recovery> ");
      machine.type("9");
      machine.waitFor("Where is the release\\?");
      machine.type("2");
      machine.waitFor("address: ");
      machine.type("http://10.0.2.2:1/none.raucb");
      machine.waitFor("no network answers; is the cable connected\\?");
      machine.waitFor("recovery> ");
      machine.type("9");
      machine.type("1");
      machine.waitFor("taking (two|flipped).raucb on vdb");
      machine.waitFor("Release two will be written over slot A, which holds nothing");
      machine.waitFor("Type go to do it");
      machine.type("go");
      if (machine.waitFor("(could not|restarting|cannot be opened)").startsWith("c")) {
        // the altered one came first: it is found out when its altered block is read
        machine.waitFor("Type go to do it");
        machine.type("go");
      }
      machine.waitFor("starting slot A, try 1 of 3");
      machine.waitFor(TinySystem.READY + " two");
      assertThat(machine.console())
          .contains("cut.raucb: refused: it does not end in the length of a signature")
          .contains("other.raucb: refused: it is for \"other\", this machine is a \"tiny\"")
          .contains("expired.raucb: refused: it expired at " + past);
    }
    assertSlotHolds(image, disk, DiskLayout.ROOT_A, TinySystem.fileSystem(tiny.slot("two")));
  }

  @Test
  @EnabledIfSystemProperty(named = "slipway.long", matches = "true")
  void aServerIsAskedByItsNameAndOverTlsWhateverItsCertificate() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root for port 53");
    try (NameServer names = NameServer.start(NAME, HOST);
        TestServer server = TestServer.startTls(worthlessCertificate())) {
      server.put("/tiny.raucb", good("two", 11));
      server.once("/tiny.raucb", TestServer.status(503));
      DiskImage disk =
          tiny.recoveryDisk(
              RecoveryBurnTest::usedUp,
              Tree.empty(),
              burn(
                  true,
                  "https://gone.example/tiny.raucb",
                  byName(server, "/tiny.raucb"),
                  byName(server, "/tiny.raucb")));
      Path image = brokenDisk(disk);
      try (var machine = machine(image, stick(Map.of())).network().names(names).start(temp)) {
        machine.waitFor("looking at https://gone.example/tiny.raucb");
        machine.waitFor("no answer that tells a length: .*bad address 'gone.example'");
        machine.waitFor("looking at https://update.example:[0-9]+/tiny.raucb");
        machine.waitFor("no answer that tells a length: .*503");
        machine.waitFor("looking at https://update.example:[0-9]+/tiny.raucb");
        machine.waitFor("Writing release two over slot A");
        machine.waitFor("Release two is in slot A; restarting");
        machine.waitFor(TinySystem.READY + " two");
      }
      assertThat(names.asked()).contains("gone.example", NAME);
      assertSlotHolds(image, disk, DiskLayout.ROOT_A, TinySystem.fileSystem(tiny.slot("two")));
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "slipway.long", matches = "true")
  void theDataPartitionHasAReleaseForWhenNoServerHasOne() throws Exception {
    byte[] two = good("two", 11);
    try (TestServer server = TestServer.start()) {
      server.put("/tiny.raucb", Arrays.copyOf(two, two.length / 2));
      DiskImage disk =
          tiny.recoveryDisk(
              RecoveryBurnTest::usedUp,
              Tree.of(t -> t.file("/var/spare/two.raucb", 0644, Content.bytes(two))),
              burn(true, seenByGuest(server, "/tiny.raucb"), RecoveryBurn.DISK));
      Path image = brokenDisk(disk);
      try (var machine = machine(image, stick(Map.of())).network().start(temp)) {
        machine.waitFor("looking at http://10.0.2.2:[0-9]+/tiny.raucb");
        machine.waitFor("tiny.raucb: refused: it does not end in the length of a signature");
        machine.waitFor("looking for releases .* on disks and sticks");
        machine.waitFor("taking two.raucb on vda6");
        machine.waitFor("Release two is in slot A; restarting");
        machine.waitFor(TinySystem.READY + " two");
      }
      assertSlotHolds(image, disk, DiskLayout.ROOT_A, TinySystem.fileSystem(tiny.slot("two")));
    }
  }
}
