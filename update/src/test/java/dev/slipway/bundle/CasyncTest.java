// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.progress.Progress;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** casync itself judges our indexes and stores. */
@RequiresTool(value = "casync", in = "casync")
class CasyncTest {
  @TempDir Path temp;

  private Path index(byte[] image) throws Exception {
    BundleRecipe recipe =
        new BundleRecipe("robot", "1", Samples.TIME).image("rootfs", Samples.volume(image));
    Casync.write(recipe, temp, temp.resolve("default.castr"), Progress.none());
    return temp.resolve("rootfs.caibx");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 5, 63, 64, 65, 1500})
  void casyncCutsWhereWeCutAndGetsTheSameIndex(int blocks) throws Exception {
    byte[] image = Samples.image(blocks, 9);
    byte[] ours = Files.readAllBytes(index(image));
    Path file = Files.write(temp.resolve("image"), image);
    Path theirs = temp.resolve("theirs.caibx");
    Tool.output(
        "casync",
        "make",
        "--store=" + temp.resolve("theirs.castr"),
        theirs.toString(),
        file.toString());
    assertThat(theirs).hasBinaryContent(ours);
  }

  @Test
  void casyncExtractsTheImageFromOurStore() throws Exception {
    byte[] image = Samples.image(1500, 9);
    Path index = index(image);
    Path out = temp.resolve("out");
    Tool.output(
        "casync",
        "extract",
        "--store=" + temp.resolve("default.castr"),
        index.toString(),
        out.toString());
    assertThat(out).hasBinaryContent(image);
  }

  @Test
  void aSecondReleaseAddsOnlyWhatIsNew() throws Exception {
    byte[] image = Samples.image(1500, 9);
    index(image);
    long before = chunks();
    image[700 * 4096] ^= 1;
    index(image);
    assertThat(chunks() - before).isBetween(1L, 2L);
  }

  private long chunks() throws Exception {
    try (var files = Files.walk(temp.resolve("default.castr"))) {
      return files.filter(Files::isRegularFile).count();
    }
  }
}
