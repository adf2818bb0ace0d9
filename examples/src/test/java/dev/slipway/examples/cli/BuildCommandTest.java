// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.testing.TestDeb;
import dev.slipway.testing.TestMirror;
import dev.slipway.testing.TestSigner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code slipway build} says of input that is wrong, and that it leaves nothing behind. */
class BuildCommandTest {
  @TempDir Path temp;
  private final CommandShell slipway = new CommandShell();
  private TestMirror mirror;

  @BeforeEach
  void startArchive() throws IOException {
    mirror = TestMirror.start(temp.resolve("archive"));
    TestMirror.Suite suite = mirror.suite("bookworm");
    suite.add(TestDeb.of("base-files", "12").field("Essential", "yes"));
    suite.add(TestDeb.of("apt", "2").field("Priority", "required"));
    for (String name : new String[] {"linux-image-tiny", "grub-pc-bin", "grub-efi-amd64-signed"}) {
      suite.add(TestDeb.of(name, "1"));
    }
    for (String name : new String[] {"shim-signed", "busybox-static", "e2fsprogs", "fdisk"}) {
      suite.add(TestDeb.of(name, "1"));
    }
    mirror.publish();
  }

  @AfterEach
  void stopArchive() {
    mirror.close();
  }

  private String sources() {
    return "sources: [{uris: '" + mirror.base() + "', keyring: '" + mirror.keyring() + "'}]\n";
  }

  private int build(String spec, String text) throws IOException {
    Path file = Files.writeString(temp.resolve(spec), text);
    return slipway.run(
        "build",
        file.toString(),
        "--store",
        temp.resolve("store").toString(),
        "--output",
        temp.resolve("out").toString());
  }

  @Test
  void aSpecificationWithThreeMistakesIsRefusedBeforeAnythingElse() throws IOException {
    long start = System.nanoTime();
    int status =
        build(
            "bad.yaml",
            "name: Bad Name\nversion: 1\nsuite: bookworm\narchitecture: amd64\n"
                + sources()
                + "packges: [linux-image-tiny]\nsizes: {slot: huge}\n");
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertThat(status).isEqualTo(Main.WRONG_SPECIFICATION);
    String file = temp.resolve("bad.yaml").toString();
    assertThat(slipway.err().lines().filter(line -> line.startsWith(file + ":")))
        .anyMatch(line -> line.matches(".*bad\\.yaml:1:\\d+: .*Bad Name.*"))
        .anyMatch(line -> line.matches(".*bad\\.yaml:6:1: .*packges.*packages.*"))
        .anyMatch(line -> line.matches(".*bad\\.yaml:7:\\d+: .*huge.*"));
    assertThat(slipway.err().lines())
        .allMatch(line -> line.startsWith(file + ":") || line.startsWith("slipway: "))
        .last()
        .asString()
        .matches("slipway: the specification has \\d problems");
    assertThat(mirror.server().asked()).isEmpty();
    assertThat(temp.resolve("store")).doesNotExist();
    assertThat(temp.resolve("out")).doesNotExist();
    assertThat(took).isLessThan(Duration.ofSeconds(5));
  }

  /** One line, and neither an image nor a lock file. */
  private String refusal() throws IOException {
    int status =
        build(
            "tiny.yaml",
            "name: tiny\nversion: 1\nsuite: bookworm\narchitecture: amd64\n"
                + "packages: [linux-image-tiny]\n"
                + sources());
    assertThat(status).as(slipway.err()).isEqualTo(Main.FAILED);
    assertThat(slipway.err().lines()).singleElement().asString().startsWith("slipway: ");
    assertThat(temp.resolve("tiny.lock")).doesNotExist();
    assertThat(temp.resolve("out")).isEmptyDirectory();
    return slipway.err().strip();
  }

  @Test
  void anArchiveSignedByAStrangerIsRefused() throws IOException {
    mirror
        .suite("bookworm")
        .signedBy(
            TestSigner.create("Stranger <s@example.test>", Instant.parse("2020-01-01T00:00:00Z")));
    mirror.publish();
    assertThat(refusal())
        .contains("/dists/bookworm/InRelease: its signature does not count: no key ");
  }

  @Test
  void anArchiveWithoutASignatureIsRefused() throws IOException {
    mirror.suite("bookworm").unsigned();
    mirror.publish();
    assertThat(refusal()).contains("not signed: there is neither InRelease nor Release.gpg");
  }

  @Test
  void anArchiveWhoseReleaseWasTamperedWithIsRefused() throws IOException {
    String path = mirror.path("bookworm", "InRelease");
    String text = new String(mirror.server().get(path), StandardCharsets.UTF_8);
    mirror
        .server()
        .put(path, text.replace("Label: Debian", "Label: Dbeian").getBytes(StandardCharsets.UTF_8));
    assertThat(refusal()).contains("/dists/bookworm/InRelease").contains("the data was altered");
  }

  @Test
  void aPackageThatWasTamperedWithIsRefused() throws IOException {
    String path = mirror.path(TestDeb.of("linux-image-tiny", "1"));
    byte[] deb = mirror.server().get(path);
    deb[deb.length / 2] ^= 1;
    mirror.server().put(path, deb);
    assertThat(refusal()).contains("linux-image-tiny 1: ").contains("SHA-256: found ");
  }
}
