// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.FormatException;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.TestDeb;
import dev.slipway.testing.Tool;
import dev.slipway.tree.ContentKeeper;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.HardLink;
import dev.slipway.tree.Node.Symlink;
import dev.slipway.tree.TarReader;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeDifference;
import dev.slipway.tree.TreeDifference.Aspect;
import dev.slipway.tree.TreePath;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackageMergeTest {
  private static final long EPOCH = 1_700_000_000L;

  private static Tree lay(TestDeb... debs) throws IOException {
    var unpacked = new ArrayList<UnpackedPackage>();
    for (TestDeb deb : debs) {
      unpacked.add(UnpackedPackageTest.unpack(deb));
    }
    return UnpackedRoot.of(unpacked, "amd64", ContentKeeper.inMemory(), EPOCH);
  }

  private static String text(Tree tree, String path) throws IOException {
    return new String(tree.read(path), StandardCharsets.UTF_8);
  }

  @Test
  void oldPlacesLeadIntoUsr() throws IOException {
    Tree tree =
        lay(
            TestDeb.of("old", "1").file("/bin/tool", 0755, "tool").file("/lib/x/y", 0644, "y"),
            TestDeb.of("new", "1").file("/usr/bin/other", 0755, "other"));
    assertThat(tree.inode("bin").orElseThrow())
        .isInstanceOfSatisfying(
            Symlink.class, link -> assertThat(link.target()).isEqualTo("usr/bin"));
    assertThat(tree.contains("lib64")).isTrue();
    assertThat(tree.contains("lib32")).isFalse();
    assertThat(text(tree, "usr/bin/tool")).isEqualTo("tool");
    assertThat(text(tree, "usr/lib/x/y")).isEqualTo("y");
    assertThat(text(tree, "var/lib/dpkg/info/old.list"))
        .isEqualTo("/.\n/bin\n/bin/tool\n/lib\n/lib/x\n/lib/x/y\n");
  }

  @Test
  void theSameFileByTwoNamesIsAConflictToo() {
    assertThatThrownBy(
            () ->
                lay(
                    TestDeb.of("aa", "1").file("/bin/tool", 0755, "a"),
                    TestDeb.of("bb", "2").file("/usr/bin/tool", 0755, "b")))
        .isInstanceOf(FormatException.class)
        .hasMessage(
            "bb_2_amd64.deb: /usr/bin/tool: package bb 2 cannot be unpacked beside the others: it is also in package aa 1, and neither replaces the other");
  }

  @Test
  void replacesDecidesInBothOrders() throws IOException {
    TestDeb older =
        TestDeb.of("m-data", "1").file("/usr/share/x", 0644, "old").file("/usr/share/y", 0644, "y");
    for (String name : List.of("a-new", "z-new")) {
      Tree tree =
          lay(
              older,
              TestDeb.of(name, "2")
                  .field("Replaces", "m-data (<< 2)")
                  .file("/usr/share/x", 0644, "new"));
      assertThat(text(tree, "usr/share/x")).isEqualTo("new");
      assertThat(text(tree, "var/lib/dpkg/info/m-data.list"))
          .doesNotContain("/usr/share/x")
          .contains("/usr/share/y");
      assertThat(text(tree, "var/lib/dpkg/info/" + name + ".list")).contains("/usr/share/x");
    }
  }

  @Test
  void replacesOfAnotherVersionDoesNotCount() {
    assertThatThrownBy(
            () ->
                lay(
                    TestDeb.of("data", "3").file("/x", 0644, "old"),
                    TestDeb.of("new", "2")
                        .field("Replaces", "data (<< 2)")
                        .file("/x", 0644, "new")))
        .hasMessageContaining(
            "package new 2 cannot be unpacked beside the others: it is also in package data 3");
  }

  @Test
  void conffilesWaitBesideTheirPlaces() throws IOException {
    Tree tree = lay(TestDeb.of("robot", "1").conffile("/etc/robot.conf", 0640, "speed=1\n"));
    assertThat(tree.contains("etc/robot.conf")).isFalse();
    assertThat(text(tree, "etc/robot.conf.dpkg-new")).isEqualTo("speed=1\n");
    assertThat(text(tree, "var/lib/dpkg/info/robot.list")).contains("/etc/robot.conf\n");
    assertThat(text(tree, "var/lib/dpkg/status"))
        .startsWith("Package: robot\nStatus: install ok unpacked\nVersion: 1\n")
        .contains("Conffiles:\n /etc/robot.conf newconffile\n\n");
  }

  @Test
  void buildsForSeveralArchitecturesShareEqualFiles() throws IOException {
    TestDeb one =
        TestDeb.of("lib", "1")
            .field("Multi-Arch", "same")
            .file("/usr/share/doc/lib/copyright", 0644, "same")
            .file("/usr/lib/a/lib.so", 0644, "a");
    TestDeb two =
        TestDeb.of("lib", "1")
            .field("Multi-Arch", "same")
            .architecture("i386")
            .file("/usr/share/doc/lib/copyright", 0644, "same")
            .file("/usr/lib/b/lib.so", 0644, "b");
    Tree tree = lay(one, two);
    assertThat(tree.contains("var/lib/dpkg/info/lib:amd64.list")).isTrue();
    assertThat(tree.contains("var/lib/dpkg/info/lib:i386.list")).isTrue();
    TestDeb other =
        TestDeb.of("lib", "1")
            .field("Multi-Arch", "same")
            .architecture("i386")
            .file("/usr/share/doc/lib/copyright", 0644, "different");
    assertThatThrownBy(() -> lay(one, other))
        .hasMessage(
            "lib_1_i386.deb: /usr/share/doc/lib/copyright: differs from that of lib:amd64 1; both must have the same version");
  }

  @Test
  void directoriesStayAndLinksToThemAreFollowed() throws IOException {
    Tree tree =
        lay(
            TestDeb.of("aa", "1")
                .directory("/opt", 0755)
                .directory("/opt/real", 0750)
                .symlink("/opt/link", "real"),
            TestDeb.of("bb", "1").file("/opt/link/file", 0644, "x").directory("/opt/real", 0755),
            TestDeb.of("cc", "1").symlink("/opt/real", "elsewhere"));
    assertThat(text(tree, "opt/real/file")).isEqualTo("x");
    assertThat(tree.inode("opt/real").orElseThrow()).isInstanceOf(Directory.class);
    assertThat(tree.inode("opt/real").orElseThrow().metadata().mode()).isEqualTo(0750);
    assertThat(text(tree, "var/lib/dpkg/info/bb.list")).contains("/opt/link/file");
  }

  @Test
  void aFileInPlaceOfADirectoryIsRefused() {
    assertThatThrownBy(
            () ->
                lay(
                    TestDeb.of("aa", "1").directory("/opt/x", 0755),
                    TestDeb.of("bb", "1").file("/opt/x", 0644, "x")))
        .isInstanceOf(FormatException.class)
        .hasMessage(
            "bb_1_amd64.deb: /opt/x: would replace a directory of other packages by a file");
    assertThatThrownBy(
            () ->
                lay(
                    TestDeb.of("aa", "1").file("/opt/x", 0644, "x"),
                    TestDeb.of("bb", "1").directory("/opt/x", 0755)))
        .hasMessageContaining(
            "package bb 1 cannot be unpacked beside the others: it is a directory here, but not in package aa 1");
  }

  @Test
  void hardLinksFollowWhatTheyLeadTo() throws IOException {
    Tree tree =
        lay(TestDeb.of("aa", "1").file("/bin/z", 0755, "z").hardLink("/usr/share/a", "/bin/z"));
    assertThat(tree.node(TreePath.of("usr/share/a")))
        .contains(new HardLink(TreePath.of("usr/bin/z")));
    Tree replaced =
        lay(
            TestDeb.of("aa", "1").file("/b", 0755, "a").hardLink("/c", "/b"),
            TestDeb.of("bb", "1").field("Replaces", "aa").file("/b", 0755, "b"));
    assertThat(text(replaced, "b")).isEqualTo("b");
    assertThat(text(replaced, "c")).isEqualTo("a");
  }

  @Test
  void theSamePackageTwiceIsRefused() {
    assertThatThrownBy(() -> lay(TestDeb.of("aa", "1"), TestDeb.of("aa", "2")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("package aa is given twice");
  }

  @Test
  void theOrderOfThePackagesDoesNotMatter() throws IOException {
    var debs = new ArrayList<TestDeb>();
    for (int i = 0; i < 12; i++) {
      debs.add(
          TestDeb.of("pkg" + i, "1")
              .directory("/srv/shared", 0700 + i)
              .file("/srv/shared/" + i, 0644, "x" + i)
              .symlink("/srv/l" + i % 3 + "/" + i, "y"));
    }
    Tree expected = lay(debs.toArray(TestDeb[]::new));
    for (int seed = 0; seed < 5; seed++) {
      Collections.shuffle(debs, new Random(seed));
      assertThat(lay(debs.toArray(TestDeb[]::new))).isEqualTo(expected);
    }
  }

  /**
   * The same packages, unpacked by dpkg in the same order, must give the same tree and the same
   * lists.
   */
  @Test
  @RequiresTool(value = "dpkg", in = "dpkg")
  @RequiresTool(value = "tar", in = "tar")
  void dpkgUnpacksTheSame(@TempDir Path work) throws Exception {
    Assumptions.assumeTrue(HostUser.current().isRoot(), "dpkg unpacks for root only");
    List<TestDeb> debs =
        List.of(
            TestDeb.of("a-base", "1")
                .directory("/srv", 0755)
                .directory("/srv/kept", 0750)
                .owner(0, 8)
                .symlink("/srv/link", "kept")
                .file("/bin/tool", 04755, "tool")
                .conffile("/etc/a.conf", 0600, "a"),
            TestDeb.of("b-data", "1")
                .file("/usr/share/x", 0644, "old x")
                .file("/usr/share/y", 0644, "old y")
                .hardLink("/usr/share/z", "/usr/share/y")
                .directory("/srv", 0755)
                .directory("/srv/kept", 0777),
            TestDeb.of("c-new", "2")
                .field("Replaces", "b-data")
                .field("Conflicts", "nothing")
                .file("/usr/share/x", 0640, "new x")
                .symlink("/usr/share/y", "x"),
            TestDeb.of("d-through", "1")
                .file("/srv/link/through", 0644, "through")
                .file("/lib/d", 0644, "d")
                .symlink("/srv/kept", "nowhere"),
            TestDeb.of("e-before", "1")
                .field("Replaces", "f-after (<< 9)")
                .file("/usr/share/e", 0644, "e")
                .conffile("/etc/shared.conf", 0644, "e's"),
            TestDeb.of("f-after", "1")
                .file("/usr/share/e", 0644, "f")
                .conffile("/etc/shared.conf", 0644, "f's")
                .file("/usr/share/f", 02755, "f")
                .owner(33, 33),
            TestDeb.of("g-same", "1")
                .field("Multi-Arch", "same")
                .file("/usr/share/g", 0644, "g")
                .symlink("/usr/lib/g", "/usr/share/g"));
    Tree ours = lay(debs.toArray(TestDeb[]::new));
    Path root = work.resolve("root");
    for (String directory :
        List.of(
            "usr/bin",
            "usr/sbin",
            "usr/lib",
            "usr/lib64",
            "var/lib/dpkg/info",
            "var/lib/dpkg/updates")) {
      Files.createDirectories(root.resolve(directory));
    }
    for (String link : List.of("bin", "sbin", "lib", "lib64")) {
      Files.createSymbolicLink(root.resolve(link), Path.of("usr/" + link));
    }
    Files.writeString(root.resolve("var/lib/dpkg/status"), "");
    var command =
        new ArrayList<>(
            List.of("dpkg", "--root=" + root, "--force-unsafe-io", "--no-triggers", "--unpack"));
    for (TestDeb deb : debs) {
      command.add(Files.write(work.resolve(deb.fileName()), deb.bytes()).toString());
    }
    Tool.output(command.toArray(String[]::new));
    Path tar = work.resolve("root.tar");
    Tool.output("tar", "-C", root.toString(), "--numeric-owner", "-cf", tar.toString(), ".");
    Tree theirs;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(tar))) {
      theirs = TarReader.read(in, "dpkg's tree", ContentKeeper.inMemory());
    }
    // dpkg's status has the fields in another order; locks, triggers and the log are not made by
    // unpacking as data.
    List<String> bookkeeping =
        List.of(
            "var/lib/dpkg/lock",
            "var/lib/dpkg/lock-frontend",
            "var/lib/dpkg/triggers",
            "var/lib/dpkg/updates",
            "var/lib/dpkg/status",
            "var/lib/dpkg/status-old",
            "var/log");
    TreeDifference difference =
        TreeDifference.between(ours, theirs)
            .ignoring(Aspect.MTIME)
            .without(
                d ->
                    d.path().isRoot()
                        || bookkeeping.stream()
                            .anyMatch(path -> d.path().startsWith(TreePath.of(path))));
    assertThat(difference.differences())
        .as("ours | dpkg's")
        .map(Object::toString)
        .allMatch(
            d ->
                d.startsWith("/var/lib/dpkg/info/format: ")
                    || d.startsWith("/var/lib/dpkg/available: "));
    assertThat(Map.of("status", packagesIn(text(ours, "var/lib/dpkg/status"))))
        .isEqualTo(Map.of("status", packagesIn(text(theirs, "var/lib/dpkg/status"))));
  }

  private static List<List<String>> packagesIn(String status) {
    var all = new ArrayList<List<String>>();
    for (String stanza : status.strip().split("\n\n")) {
      all.add(stanza.lines().sorted().toList());
    }
    return all;
  }
}
