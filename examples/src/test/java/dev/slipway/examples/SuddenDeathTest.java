// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.digest.Digest;
import dev.slipway.io.ByteSource;
import dev.slipway.testing.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A building process killed at random moments leaves nothing that misleads the next one. */
@Tag("slow")
class SuddenDeathTest {
  private static final long SEED = 20261121;

  private static final boolean LONG = Boolean.getBoolean("slipway.long");

  private static final int KILLS = LONG ? 50 : 15;

  /** So many builds die in one store before one must succeed there. */
  private static final int KILLS_PER_BUILD = LONG ? 2 : 5;

  @Test
  void theNextBuildSucceedsAndIsRight(@TempDir Path work) throws Exception {
    try (InputStream spec = getClass().getResourceAsStream("small.yaml")) {
      Files.copy(spec, work.resolve("small.yaml"));
    }
    SlipwayProcess slipway = SlipwayProcess.in(work);
    long started = System.nanoTime();
    slipway.output("build", "small.yaml", "--store", "store", "--output", "good");
    long wholeMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
    Digest expected = Digest.of(ByteSource.file(work.resolve("good/small-1.img")));
    keepOnlyPackages(work.resolve("store"));

    var random = new Random(SEED);
    for (int kill = 1; kill <= KILLS; kill++) {
      String store = "store-" + (kill - 1) / KILLS_PER_BUILD;
      if (kill % KILLS_PER_BUILD == 1) {
        Tool.output("cp", "-a", work.resolve("store").toString(), work.resolve(store).toString());
      }
      Process process = slipway.start(work.resolve("log"), build(store));
      if (!process.waitFor(random.nextLong(wholeMillis), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
      assertThat(imageIsAbsentOr(expected, work.resolve("out")))
          .as("image after kill %d, seed %d", kill, SEED)
          .isTrue();
      if (kill % KILLS_PER_BUILD == 0) {
        slipway.output(build(store));
        assertThat(Digest.of(ByteSource.file(work.resolve("out/small-1.img"))))
            .as("build after kill %d, seed %d", kill, SEED)
            .isEqualTo(expected);
        assertThat(names(work.resolve("out")))
            .as("left-overs")
            .noneMatch(name -> name.contains(".part"));
        deleteTree(work.resolve("out"));
        deleteTree(work.resolve(store));
      }
    }
    assertThat(mountsBelow(work)).isEmpty();
  }

  /**
   * Leaves the store its .deb files and indexes, so that every build has all of its work before it.
   */
  private static void keepOnlyPackages(Path store) throws IOException {
    deleteTree(store.resolve("results"));
    deleteTree(store.resolve("keys"));
    try (Stream<Path> all = Files.walk(store.resolve("blobs"))) {
      for (Path info : all.filter(path -> path.toString().endsWith(".info")).toList()) {
        List<String> lines = Files.readAllLines(info);
        if (lines.get(1).equals("PACK") || lines.get(1).equals("TREE")) {
          Files.delete(Path.of(info.toString().replaceFirst("\\.info$", "")));
          Files.delete(info);
        }
      }
    }
  }

  private static String[] build(String store) {
    return new String[] {"build", "small.yaml", "--store", store, "--output", "out"};
  }

  private static boolean imageIsAbsentOr(Digest expected, Path output) throws IOException {
    Path image = output.resolve("small-1.img");
    return !Files.exists(image) || Digest.of(ByteSource.file(image)).equals(expected);
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private static List<String> mountsBelow(Path directory) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/mounts")).stream()
        .filter(line -> line.contains(directory.toString()))
        .toList();
  }

  private static void deleteTree(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : (Iterable<Path>) all.sorted(java.util.Comparator.reverseOrder())::iterator) {
        Files.delete(path);
      }
    }
  }
}
