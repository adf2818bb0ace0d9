// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.apt.AptConfiguration;
import dev.slipway.apt.Archive;
import dev.slipway.apt.ArchiveOptions;
import dev.slipway.apt.BinaryPackage;
import dev.slipway.apt.PackageFile;
import dev.slipway.apt.PackageRequest;
import dev.slipway.apt.Platform;
import dev.slipway.apt.Resolution;
import dev.slipway.apt.Resolver;
import dev.slipway.progress.Progress;
import dev.slipway.store.Store;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packages of an architecture that this machine cannot run, from its own mirror. */
@Tag("slow")
class ForeignPackagesTest {
  private static final int AARCH64 = 183;

  @Test
  void theSmallestArm64SystemIsResolvedAndUnpacked(@TempDir Path directory) throws Exception {
    Platform platform = Platform.of("bookworm", "arm64");
    try (Store store = Store.open(directory)) {
      Archive archive =
          Archive.forPlatform(
              AptConfiguration.ofHost(), platform, store, ArchiveOptions.at(Instant.now()));
      Resolver resolver = Resolver.of(platform.architecture(), archive.indexes(Progress.none()));
      Resolution image = resolver.resolve(PackageRequest.of(List.of("libc6")));
      var files = new ArrayList<PackageFile>();
      for (BinaryPackage each : image.packages()) {
        files.add(PackageFile.of(each));
      }
      Tree tree =
          Rootfs.in(store)
              .unpack(
                  archive.fetch(files, Progress.none()),
                  RootfsOptions.of("arm64", 1_700_000_000),
                  Progress.none());

      byte[] program = tree.read("/usr/bin/dpkg");
      assertThat(program[18] & 0xff).as("e_machine").isEqualTo(AARCH64);
      assertThat(tree.follow(TreePath.of("/lib/aarch64-linux-gnu/libc.so.6"))).isPresent();
      assertThat(tree.contains("/lib64")).isFalse();
      String status = new String(tree.read("/var/lib/dpkg/status"), StandardCharsets.UTF_8);
      assertThat(status.lines().filter(line -> line.startsWith("Package: ")).count())
          .isEqualTo(image.packages().size())
          .isGreaterThan(70);
      assertThat(status).contains("Architecture: arm64").doesNotContain("Architecture: amd64");
    }
  }
}
