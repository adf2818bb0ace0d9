// SPDX-License-Identifier: Apache-2.0
package dev.slipway.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.apt.AptConfiguration;
import dev.slipway.apt.Archive;
import dev.slipway.apt.ArchiveOptions;
import dev.slipway.apt.Platform;
import dev.slipway.codec.Codec;
import dev.slipway.progress.Progress;
import dev.slipway.signature.UntrustedException;
import dev.slipway.store.Store;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tests stand on is itself judged by apt, dpkg and gpgv. */
class TestMirrorTest {
  private static final TestDeb HELLO =
      TestDeb.of("hello", "1:2.0+b1~x")
          .file("/usr/bin/hello", 0755, "#!/bin/sh\n")
          .symlink("/usr/bin/hi", "hello")
          .hardLink("/usr/bin/hey", "/usr/bin/hello")
          .conffile("/etc/hello.conf", 0644, "a=b\n")
          .file("/" + "d".repeat(120) + "/" + "f".repeat(120), 0600, "long")
          .owner(5, 60)
          .script("postinst", "#!/bin/sh\n");

  @TempDir Path directory;

  @Test
  @RequiresTool(value = "dpkg-deb", in = "dpkg")
  void dpkgReadsOurPackages() throws Exception {
    for (Codec codec : List.of(Codec.XZ, Codec.GZIP, Codec.ZSTD, Codec.NONE)) {
      TestDeb deb = TestDeb.of("x", "1").compressed(codec).file("/a/b", 0644, "text");
      Path file = Files.write(directory.resolve("x.deb"), deb.bytes());
      assertThat(Tool.output("dpkg-deb", "--field", file.toString(), "Package", "Version"))
          .isEqualTo("Package: x\nVersion: 1\n");
      assertThat(Tool.output("dpkg-deb", "--contents", file.toString()))
          .contains("./a/\n")
          .contains("./a/b\n");
    }
    Path file = Files.write(directory.resolve("hello.deb"), HELLO.bytes());
    Path out = directory.resolve("out");
    Tool.output("dpkg-deb", "--raw-extract", file.toString(), out.toString());
    assertThat(out.resolve("usr/bin/hello")).hasContent("#!/bin/sh\n");
    assertThat(out.resolve("usr/bin/hi")).isSymbolicLink();
    assertThat(out.resolve("DEBIAN/conffiles")).hasContent("/etc/hello.conf\n");
    assertThat(out.resolve("d".repeat(120)).resolve("f".repeat(120))).hasContent("long");
  }

  @Test
  @RequiresTool(value = "apt-get", in = "apt")
  @RequiresTool(value = "gpgv", in = "gpgv")
  void aptUpdatesAndDownloadsFromIt() throws Exception {
    for (boolean inline : new boolean[] {true, false}) {
      Path machine = Files.createDirectories(directory.resolve("machine" + inline));
      try (TestMirror mirror = TestMirror.start(machine)) {
        TestMirror.Suite suite = mirror.suite("bookworm").add(HELLO);
        if (!inline) {
          suite.detached();
        }
        mirror.publish();
        assertThat(apt(machine, "update")).doesNotContain("W:").doesNotContain("E:");
        apt(machine, "--print-uris", "download", "hello");
        assertThat(apt(machine, "--yes", "--download-only", "install", "hello")).contains("hello");
        Path cached = machine.resolve("var/cache/apt/archives/" + HELLO.fileName());
        assertThat(Files.readAllBytes(cached)).isEqualTo(HELLO.bytes());
      }
    }
  }

  @Test
  @RequiresTool(value = "apt-get", in = "apt")
  @RequiresTool(value = "gpgv", in = "gpgv")
  void aptRefusesWhatWeRefuse() throws Exception {
    Instant now = Instant.now();
    TestSigner other =
        TestSigner.create("Other <o@example.test>", Instant.EPOCH.plusSeconds(1_500_000_000));
    Map<String, Consumer<TestMirror.Suite>> wrongs = new LinkedHashMap<>();
    wrongs.put("NO_PUBKEY", suite -> suite.signedBy(other));
    wrongs.put("is not signed", TestMirror.Suite::unsigned);
    wrongs.put("is expired", suite -> suite.validUntil(now.minus(Duration.ofDays(1))));
    wrongs.put("is not valid yet", suite -> suite.dated(now.plus(Duration.ofDays(1))));
    for (Map.Entry<String, Consumer<TestMirror.Suite>> wrong : wrongs.entrySet()) {
      Path machine = Files.createDirectories(directory.resolve(wrong.getKey().replace(' ', '-')));
      try (TestMirror mirror = TestMirror.start(machine);
          Store store = Store.open(directory.resolve("store"))) {
        wrong.getValue().accept(mirror.suite("bookworm").add(HELLO));
        mirror.publish();
        AptConfiguration host = AptConfiguration.read(machine, Map.of());
        Archive archive =
            Archive.forPlatform(
                host, Platform.of("bookworm", "amd64"), store, ArchiveOptions.at(now));
        assertThatThrownBy(() -> archive.indexes(Progress.none()))
            .isInstanceOf(UntrustedException.class);
        assertThat(tryApt(machine, "update").output()).contains(wrong.getKey()).contains("E: ");
      }
    }
  }

  private static String apt(Path machine, String... words) throws Exception {
    Tool.Result result = tryApt(machine, words);
    assertThat(result.status()).as(result.output()).isZero();
    return result.output();
  }

  /** Runs apt with that machine's configuration and nothing of this one's. */
  private static Tool.Result tryApt(Path machine, String... words) throws Exception {
    for (String path :
        List.of(
            "var/lib/apt/lists/partial",
            "var/cache/apt/archives/partial",
            "var/lib/dpkg",
            "etc/apt/apt.conf.d",
            "etc/apt/preferences.d",
            "etc/apt/trusted.gpg.d",
            "etc/apt/sources.list.d")) {
      Files.createDirectories(machine.resolve(path));
    }
    Path status = machine.resolve("var/lib/dpkg/status");
    if (!Files.exists(status)) {
      Files.createFile(status);
    }
    Path list = machine.resolve("etc/apt/sources.list");
    Files.writeString(
        list,
        Files.readString(list)
            .replace("=/usr/share", "=" + machine.toAbsolutePath() + "/usr/share"));
    Path settings = machine.resolve("settings"); // read first, so nothing of this machine's is
    Files.writeString(
        settings,
        String.join(
            "\n",
            "Dir \"" + machine.toAbsolutePath() + "\";",
            "Dir::State::status \"" + status.toAbsolutePath() + "\";",
            "APT::Sandbox::User \"root\";",
            "APT::Architecture \"amd64\";",
            "Acquire::Languages \"none\";",
            "Acquire::http::Proxy \"DIRECT\";"));
    var all = new ArrayList<>(List.of("apt-get"));
    all.addAll(List.of(words));
    return Tool.run(Map.of("APT_CONFIG", settings.toString()), all.toArray(new String[0]));
  }
}
