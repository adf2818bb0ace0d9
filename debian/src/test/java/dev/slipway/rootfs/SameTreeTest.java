// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.progress.Progress;
import dev.slipway.store.Blob;
import dev.slipway.store.BlobWriter;
import dev.slipway.store.PackWriter;
import dev.slipway.store.Store;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.TestDeb;
import dev.slipway.testing.Tool;
import dev.slipway.tree.TarReader;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeDifference;
import dev.slipway.tree.TreeDifference.Aspect;
import dev.slipway.tree.TreeDifference.Difference;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our trees against mmdebstrap's, of the very same packages. */
@Tag("slow")
@RequiresTool(value = "mmdebstrap", in = "mmdebstrap")
@RequiresTool(value = "dpkg-scanpackages", in = "dpkg-dev")
class SameTreeTest {
  private static final long EPOCH = 1_735_689_600L;

  /** What may differ, each with its reason. */
  private static final Map<String, String> ALLOWED = allowed();

  @TempDir static Path work;

  private static Store store;

  private static Map<String, String> allowed() {
    var reasons = new TreeMap<String, String>();
    reasons.put("/(dev|run|tmp)(/.*)?", "made anew on every machine");
    reasons.put("/var/(cache|log|lib/apt)(/.*)?", "caches, logs and apt's state of the run");
    reasons.put("/etc/(hostname|hosts|resolv\\.conf|fstab|machine-id)", "facts of the host");
    reasons.put(
        "/etc/apt/(sources\\.list(\\.d)?|preferences\\.d)",
        "apt sources; mmdebstrap makes them and their directories");
    reasons.put(
        "/etc/\\.resolv\\.conf\\.systemd-resolved\\.bak",
        "what mmdebstrap put into /etc/resolv.conf, kept by systemd-resolved's script");
    reasons.put("/etc/ssh/ssh_host_.*", "host keys are made at first boot");
    reasons.put("/etc/(passwd|group|shadow|gshadow|subuid|subgid)-", "backups");
    reasons.put(
        "/var/lib/dpkg/(arch|available|status-old|lock.*|triggers/.*|.*-old)",
        "dpkg's records of the run");
    reasons.put("/boot/initrd\\.img-.*|/var/lib/initramfs-tools(/.*)?", "the initrd is our own");
    return reasons;
  }

  @BeforeAll
  static void openStore() throws IOException {
    Assumptions.assumeTrue(HostUser.current().isRoot(), "mmdebstrap runs as root here");
    store = Store.open(work.resolve("store"));
  }

  @AfterAll
  static void closeStore() throws IOException {
    if (store != null) {
      store.close();
    }
  }

  private Path referee(String name, String packages) throws IOException, InterruptedException {
    Path directory = Files.createDirectories(work.resolve(name));
    Path script = work.resolve("referee.sh");
    try (InputStream in = SameTreeTest.class.getResourceAsStream("referee.sh")) {
      Files.write(script, in.readAllBytes());
    }
    Tool.output(
        "bash",
        script.toString(),
        "bookworm",
        packages,
        directory.toString(),
        Long.toString(EPOCH));
    return directory;
  }

  private List<Blob> debs(Path pool) throws IOException {
    var debs = new ArrayList<Blob>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(pool, "*.deb")) {
      for (Path file : files) {
        debs.add(deb(file.getFileName().toString(), Files.readAllBytes(file)));
      }
    }
    return debs;
  }

  private Blob deb(String name, byte[] bytes) throws IOException {
    try (BlobWriter out = store.newBlob(name)) {
      out.write(bytes);
      return out.commit();
    }
  }

  private RootfsResult assemble(List<Blob> debs, SandboxDoor door) throws IOException {
    return assemble(store, debs, new ChildSandbox(door));
  }

  private static RootfsResult assemble(Store in, List<Blob> debs, Sandbox sandbox)
      throws IOException {
    return Rootfs.in(in).assemble(debs, RootfsOptions.of("amd64", EPOCH), sandbox, Progress.none());
  }

  private Tree sameAsMmdebstrap(String name, String packages) throws Exception {
    Path directory = referee(name, packages);
    Tree ours = assemble(debs(directory.resolve("pool")), TestDoors.chroot()).tree();
    Tree theirs;
    try (PackWriter pack = store.newPack("referee");
        InputStream in =
            new BufferedInputStream(Files.newInputStream(directory.resolve("root.tar")))) {
      theirs = TarReader.read(in, "root.tar", pack);
      pack.commit();
    }
    var unexplained = new ArrayList<String>();
    for (Difference difference :
        TreeDifference.between(ours, theirs).ignoring(Aspect.MTIME).differences()) {
      if (!isAllowed(difference) && !isExplained(difference, ours, theirs)) {
        unexplained.add(difference.toString());
      }
    }
    assertThat(unexplained).as("ours | mmdebstrap's").isEmpty();
    assertThat(ours.size()).isGreaterThan(8000);
    return ours;
  }

  private static boolean isAllowed(Difference difference) {
    return ALLOWED.keySet().stream()
        .anyMatch(pattern -> Pattern.matches(pattern, difference.path().toString()));
  }

  /** Differences that are none when one looks closer. */
  private static boolean isExplained(Difference difference, Tree ours, Tree theirs)
      throws IOException {
    String path = difference.path().relative();
    if (difference.aspect() == Aspect.CONTENT
        && path.matches("etc/(shells|passwd|group|gshadow|shadow)")) {
      // The lines stand in the order in which packages were configured, which is apt's there and
      // dpkg's here; each line must be the same. The days in shadow are not:
      // passwords that were there before the instant is known have the clock's.
      return lines(ours, path).equals(lines(theirs, path));
    }
    if (difference.aspect() == Aspect.CONTENT && path.endsWith(".pyc")) {
      // The first 16 bytes say how the file is held against its source: by time when Python
      // compiles what it imports, by hash when a script compiles first. Which one
      // comes first differs, because here all of Python is unpacked before anything is configured.
      // The code must be the same.
      byte[] a = ours.read(path);
      byte[] b = theirs.read(path);
      return Arrays.equals(a, 16, a.length, b, 16, b.length);
    }
    // mmdebstrap unpacks into /bin and /usr/bin apart, and the package usrmerge then copies one
    // into the other, which takes this link apart.
    return difference.aspect() == Aspect.HARD_LINKS && path.matches("usr/bin/(gunzip|uncompress)");
  }

  private static List<String> lines(Tree tree, String path) throws IOException {
    String text = new String(tree.read(path), StandardCharsets.UTF_8);
    return text.lines()
        .map(
            line ->
                path.equals("etc/shadow")
                    ? line.replaceFirst("^([^:]*:[^:]*):[0-9]+:", "$1:DAY:")
                    : line)
        .sorted()
        .toList();
  }

  @Test
  void minbaseIsTheSame() throws Exception {
    sameAsMmdebstrap("minbase", "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cloud", "robot"})
  void theSetOfAnExampleIsTheSame(String name) throws Exception {
    List<String> packages = packagesOf(name);
    assertThat(packages).contains("systemd-sysv", "openssh-server");
    sameAsMmdebstrap(name, String.join(",", packages));
  }

  private static List<String> packagesOf(String example) throws IOException {
    return Files.readAllLines(Path.of("../examples", example + ".yaml")).stream()
        .dropWhile(line -> !line.equals("packages:"))
        .skip(1)
        .takeWhile(line -> line.startsWith("  - "))
        .map(line -> line.substring("  - ".length()))
        .toList();
  }

  @Test
  void aSetWithPythonAndServicesIsTheSame() throws Exception {
    Tree tree =
        sameAsMmdebstrap("services", "nginx,python3,dbus,network-manager,iputils-ping,libcap2-bin");
    assertThat(tree.inode("/usr/bin/ping").orElseThrow().metadata().xattrs().asMap())
        .as("what ping's script gives it")
        .containsOnlyKeys("security.capability");
  }

  /** One pool for the tests that only need some base system. */
  private List<Blob> minbase() throws Exception {
    return debs(pool("minbase", ""));
  }

  private Path pool(String name, String packages) throws Exception {
    Path pool = work.resolve(name).resolve("pool");
    return Files.isDirectory(pool) ? pool : referee(name, packages).resolve("pool");
  }

  @Test
  void bothDoorsGiveTheSameTreeWhateverTheThreadsAndTheOrder() throws Exception {
    List<Blob> debs = minbase();
    Tree asRoot = assemble(debs, TestDoors.chroot()).tree();
    var reversed = new ArrayList<>(debs);
    java.util.Collections.reverse(reversed);
    try (Store fresh = Store.open(work.resolve("fresh"))) {
      List<Blob> there = copied(reversed, fresh);
      RootfsResult asUser =
          Rootfs.in(fresh)
              .withThreads(1)
              .assemble(
                  there,
                  RootfsOptions.of("amd64", EPOCH),
                  new ChildSandbox(TestDoors.namespaces()),
                  Progress.none());
      assertThat(TreeDifference.between(asRoot, asUser.tree()).differences()).isEmpty();
      assertThat(asUser.reused()).isFalse();
      RootfsResult again = assemble(fresh, debs, new ChildSandbox(TestDoors.chroot()));
      assertThat(again.reused()).isTrue();
      assertThat(again.ids()).isEqualTo(asUser.ids());
      assertThat(TreeDifference.between(asRoot, again.tree()).differences()).isEmpty();
    }
  }

  private static List<Blob> copied(List<Blob> blobs, Store to) throws IOException {
    var copies = new ArrayList<Blob>();
    for (Blob blob : blobs) {
      try (BlobWriter out = to.newBlob(blob.label())) {
        Files.copy(blob.path(), out);
        copies.add(out.commit());
      }
    }
    return copies;
  }

  /** Scripts, and whatever they start, see a clock that is a month ahead. */
  @Test
  @RequiresTool(value = "faketime", in = "faketime")
  void scriptsThatRunAMonthLaterMakeTheSameTree() throws Exception {
    Path library = Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1");
    List<Blob> debs = debs(pool("cloud", String.join(",", packagesOf("cloud"))));
    Tree now = assemble(debs, TestDoors.chroot()).tree();
    try (Store fresh = Store.open(work.resolve("later"))) {
      Sandbox later = new LaterSandbox(new ChildSandbox(TestDoors.chroot()), library);
      RootfsResult result = assemble(fresh, copied(debs, fresh), later);
      assertThat(result.reused()).isFalse();
      assertThat(TreeDifference.between(now, result.tree()).differences()).isEmpty();
    }
  }

  @Test
  void aFailingScriptIsNamedWithItsPackageAndItsWords() throws Exception {
    List<Blob> debs = minbase();
    TestDeb bad =
        TestDeb.of("robot-motor", "1.0")
            .script("postinst", "#!/bin/sh\necho calibrating\necho no motor found >&2\nexit 9\n");
    debs.add(deb(bad.fileName(), bad.bytes()));
    assertThatThrownBy(() -> assemble(debs, TestDoors.chroot()))
        .isInstanceOf(SandboxException.class)
        .hasMessageStartingWith(
            "package robot-motor: configure the packages: failed with status 1; the last it printed:\n")
        .hasMessageContaining("calibrating\n  no motor found\n");
    debs.remove(debs.size() - 1);
    TestDeb worse =
        TestDeb.of("robot-arm", "1.0").script("preinst", "#!/bin/sh\necho no arm\nexit 1\n");
    debs.add(deb(worse.fileName(), worse.bytes()));
    assertThatThrownBy(() -> assemble(debs, TestDoors.chroot()))
        .hasMessageStartingWith("package robot-arm: prepare the packages: failed")
        .hasMessageContaining("no arm");
  }

  @Test
  void packagesThatDivertFilesOfOthersAreUnpackedByDpkg() throws Exception {
    List<Blob> debs = minbase();
    TestDeb diverting =
        TestDeb.of("robot-ls", "1.0")
            .file("/usr/bin/tac", 0755, "#!/bin/sh\necho robot\n")
            .script(
                "preinst",
                "#!/bin/sh\nset -e\ndpkg-divert --package robot-ls --add --rename --divert /usr/bin/tac.real /usr/bin/tac\n");
    debs.add(deb(diverting.fileName(), diverting.bytes()));
    Tree tree = assemble(debs, TestDoors.chroot()).tree();
    assertThat(new String(tree.read("usr/bin/tac"), StandardCharsets.UTF_8))
        .isEqualTo("#!/bin/sh\necho robot\n");
    assertThat(tree.inode("usr/bin/tac.real").orElseThrow().metadata().mode()).isEqualTo(0755);
    assertThat(tree.contains("var/cache/slipway")).isFalse();
    assertThat(new String(tree.read("var/lib/dpkg/status"), StandardCharsets.UTF_8))
        .contains("Package: robot-ls\nStatus: install ok installed\n");
  }

  @Test
  void lockedNumbersAndAnswersAreObeyed() throws Exception {
    List<Blob> debs = minbase();
    TestDeb service =
        TestDeb.of("robot-service", "1.0")
            .script(
                "postinst",
                "#!/bin/sh\nset -e\ngroupadd --system robotd\nuseradd --system -g robotd -M robotd\nmkdir -p /var/lib/robotd\nchown robotd:robotd /var/lib/robotd\n");
    debs.add(deb(service.fileName(), service.bytes()));
    var ids =
        new IdTable(new TreeMap<>(Map.of("robotd", 321L)), new TreeMap<>(Map.of("robotd", 432L)));
    RootfsOptions options =
        RootfsOptions.of("amd64", EPOCH)
            .withIds(ids)
            .withPreseed(
                "tzdata tzdata/Areas select Europe\ntzdata tzdata/Zones/Europe select Zurich\n");
    RootfsResult result =
        Rootfs.in(store)
            .assemble(debs, options, new ChildSandbox(TestDoors.chroot()), Progress.none());
    assertThat(result.ids().users()).containsEntry("robotd", 321L).containsEntry("root", 0L);
    assertThat(result.ids().groups()).containsEntry("robotd", 432L);
    assertThat(result.tree().inode("var/lib/robotd").orElseThrow().metadata().uid()).isEqualTo(321);
    assertThat(result.tree().inode("var/lib/robotd").orElseThrow().metadata().gid()).isEqualTo(432);
    assertThat(new String(result.tree().read("etc/timezone"), StandardCharsets.UTF_8))
        .isEqualTo("Europe/Zurich\n");
  }
}
