// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipway.progress.Progress;
import dev.slipway.store.Blob;
import dev.slipway.store.Store;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * End to end: this machine's configuration, its real mirrors, keys and packages. Needs the network.
 */
@Tag("slow")
class HostArchiveTest {
  @TempDir Path directory;

  private AptConfiguration host;

  @BeforeEach
  void read() throws IOException {
    host = AptConfiguration.ofHost();
    assumeTrue(
        host.sources().stream().anyMatch(source -> !source.isFlat()),
        "this machine has no apt sources");
  }

  @ParameterizedTest
  @CsvSource({"bookworm,amd64", "trixie,amd64", "bookworm,arm64"})
  @RequiresTool(value = "dpkg-deb", in = "dpkg")
  void servesReleasesAndArchitectures(String suite, String architecture) throws Exception {
    Platform platform = Platform.of(suite, architecture);
    try (Store store = Store.open(directory)) {
      Archive archive =
          Archive.forPlatform(host, platform, store, ArchiveOptions.at(Instant.now()));
      long start = System.nanoTime();
      List<PackageIndex> indexes = archive.indexes(Progress.none());
      long cold = System.nanoTime() - start;
      assertThat(indexes)
          .extracting(index -> index.origin().codename())
          .contains(suite, suite + "-security");
      assertThat(indexes).extracting(index -> index.origin().origin()).containsOnly("Debian");
      assertThat(indexes.get(0).size()).isGreaterThan(50_000);
      BinaryPackage hello = indexes.get(0).find("hello").get(0);
      assertThat(hello.architecture()).isEqualTo(architecture);
      Blob blob = archive.fetch(hello);
      assertThat(Tool.output("dpkg-deb", "--field", blob.path().toString(), "Package", "Version"))
          .isEqualTo("Package: hello\nVersion: " + hello.version() + "\n");
      start = System.nanoTime();
      assertThat(
              Archive.forPlatform(
                      host, platform, store, ArchiveOptions.at(Instant.now()).fromStoreOnly())
                  .indexes(Progress.none()))
          .hasSameSizeAs(indexes);
      System.out.printf(
          Locale.ROOT,
          "%s: %d indexes, first time %.2f s, from the store %.2f s%n",
          platform,
          indexes.size(),
          cold / 1e9,
          (System.nanoTime() - start) / 1e9);
    }
  }
}
