// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.FormatException;
import dev.slipway.progress.Progress;
import dev.slipway.store.Blob;
import dev.slipway.store.BlobWriter;
import dev.slipway.store.Store;
import dev.slipway.testing.TestDeb;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootfsTest {
  private static final RootfsOptions AMD64 = RootfsOptions.of("amd64", 1_700_000_000L);
  private static final RootfsOptions ARM64 = RootfsOptions.of("arm64", 1_700_000_000L);

  /** A door that must not be needed. */
  private static final Sandbox CLOSED =
      new ChildSandbox(new SandboxDoor(List.of(), new HostUser("robot", 1000), false));

  @TempDir Path work;
  private Store store;

  @BeforeEach
  void open() throws IOException {
    store = Store.open(work.resolve("store"));
  }

  @AfterEach
  void close() throws IOException {
    store.close();
  }

  private Blob deb(TestDeb deb) throws IOException {
    try (BlobWriter out = store.newBlob(deb.fileName())) {
      out.write(deb.bytes());
      return out.commit();
    }
  }

  private static TestDeb lib(String architecture) {
    return TestDeb.of("lib", "1")
        .architecture(architecture)
        .file("/lib/lib.so", 0644, architecture);
  }

  @Test
  void anyArchitectureUnpacks() throws IOException {
    Tree tree = Rootfs.in(store).unpack(List.of(deb(lib("arm64"))), ARM64, Progress.none());
    assertThat(new String(tree.read("usr/lib/lib.so"), StandardCharsets.UTF_8)).isEqualTo("arm64");
    assertThat(tree.contains("lib64")).isFalse();
    assertThat(new String(tree.read("var/lib/dpkg/status"), StandardCharsets.UTF_8))
        .contains("Architecture: arm64\n");
  }

  @Test
  void aForeignArchitectureIsNotConfigured() throws IOException {
    List<Blob> debs = List.of(deb(lib("s390x")));
    assertThatThrownBy(
            () ->
                Rootfs.in(store)
                    .assemble(debs, RootfsOptions.of("s390x", 0), CLOSED, Progress.none()))
        .isInstanceOf(SandboxException.class)
        .hasMessageStartingWith(
            "packages of architecture s390x can be unpacked but not configured here: this machine is ")
        .hasMessageEndingWith("install the packages qemu-user-static and binfmt-support");
  }

  @Test
  void theSandboxIsTriedBeforeAnythingIsUnpacked() throws IOException {
    List<Blob> debs = List.of(deb(lib("amd64")));
    int before = store.list().size();
    assertThatThrownBy(() -> Rootfs.in(store).assemble(debs, AMD64, CLOSED, Progress.none()))
        .hasMessageContaining("needs root");
    assertThat(store.list()).hasSize(before);
  }

  @Test
  void eachPackageIsUnpackedOnce() throws IOException {
    var debs = new ArrayList<Blob>();
    for (int i = 0; i < 20; i++) {
      debs.add(
          deb(
              TestDeb.of("pkg" + i, "1")
                  .file("/srv/" + i, 0644, "content " + i)
                  .symlink("/srv/link" + i, "x")
                  .hardLink("/srv/hard" + i, "/srv/" + i)));
    }
    Tree first = Rootfs.in(store).unpack(debs, AMD64, Progress.none());
    int stored = store.list().size();
    Tree second = Rootfs.in(store).withThreads(3).unpack(debs, AMD64, Progress.none());
    assertThat(store.list()).hasSize(stored);
    assertThat(second).isEqualTo(first);
    assertThat(new String(second.read("srv/hard7"), StandardCharsets.UTF_8)).isEqualTo("content 7");
  }

  @Test
  void noFileIsYoungerThanTheBuild() throws IOException {
    Tree tree =
        Rootfs.in(store)
            .unpack(List.of(deb(lib("amd64"))), RootfsOptions.of("amd64", 1_000), Progress.none());
    assertThat(tree.entries().values())
        .allSatisfy(
            node -> {
              if (node instanceof dev.slipway.tree.Node.Inode inode) {
                assertThat(inode.metadata().mtimeSeconds()).isLessThanOrEqualTo(1_000);
              }
            });
  }

  @Test
  void aBrokenPackageIsNamed() throws IOException {
    byte[] bytes = lib("amd64").bytes();
    bytes[bytes.length - 40] ^= 0x55;
    Blob broken;
    try (BlobWriter out = store.newBlob("broken.deb")) {
      out.write(bytes);
      broken = out.commit();
    }
    List<Blob> debs = List.of(deb(TestDeb.of("good", "1")), broken);
    assertThatThrownBy(() -> Rootfs.in(store).unpack(debs, AMD64, Progress.none()))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("broken.deb: data.tar.xz");
  }

  @Test
  void everyInputIsInTheKey() throws IOException {
    Blob one = deb(lib("amd64"));
    Blob two = deb(lib("arm64"));
    assertThat(Rootfs.key(List.of(one, two), AMD64))
        .isEqualTo(Rootfs.key(List.of(two, one), AMD64));
    List<RootfsOptions> others =
        List.of(
            ARM64,
            RootfsOptions.of("amd64", 1),
            AMD64.withPreseed("a b select c"),
            AMD64.withInitramfsTools(true),
            AMD64.withNetwork(true),
            AMD64.withCommands(List.of(SandboxCommand.of("a", "true"))),
            AMD64.withIds(new IdTable(new TreeMap<>(Map.of("a", 1L)), new TreeMap<>())));
    var digests =
        new ArrayList<>(
            List.of(
                Rootfs.key(List.of(one), AMD64).digest(),
                Rootfs.key(List.of(two), AMD64).digest()));
    others.forEach(options -> digests.add(Rootfs.key(List.of(one), options).digest()));
    assertThat(digests).doesNotHaveDuplicates();
  }

  @Test
  void essentialPackagesAreConfiguredFirst() throws IOException {
    List<DebPackage> packages = new ArrayList<>();
    for (TestDeb deb :
        List.of(
            TestDeb.of("base-passwd", "1")
                .field("Essential", "yes")
                .script("preinst", "#!/bin/sh\n"),
            TestDeb.of("awk", "1")
                .field("Provides", "virtual-awk")
                .script("preinst", "#!/bin/sh\n"),
            TestDeb.of("base-files", "1")
                .field("Essential", "yes")
                .field("Pre-Depends", "virtual-awk"),
            TestDeb.of("late", "1").field("Pre-Depends", "zero").script("preinst", "#!/bin/sh\n"),
            TestDeb.of("zero", "1").script("preinst", "#!/bin/sh\n"))) {
      packages.add(UnpackedPackageTest.unpack(deb).about());
    }
    packages.sort(UnpackedRoot.order());
    var scripts = new ConfigureScripts(packages);
    var commands = new ArrayList<>(scripts.first("x y select z"));
    commands.addAll(scripts.rest(List.of(), "x y select z"));
    assertThat(commands)
        .map(SandboxCommand::name)
        .containsExactly(
            "prepare the essential packages",
            "configure the essential packages",
            "prepare the packages",
            "configure the packages");
    assertThat(commands.get(0).script())
        .containsSubsequence(
            "preinst base-passwd amd64 base-passwd\n",
            "preinst awk amd64 awk\n",
            "debconf-set-selections");
    assertThat(commands.get(1).script()).endsWith("--configure awk base-files base-passwd\n");
    assertThat(commands.get(2).script())
        .containsSubsequence("preinst zero amd64 zero\n", "preinst late amd64 late\n")
        .doesNotContain("debconf-set-selections");
  }
}
