// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.progress.Progress;
import dev.slipway.signature.DevelopmentKeys;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SwuTest {
  @TempDir Path temp;

  private Path write(Map<String, Map<String, String>> copies) throws Exception {
    BundleRecipe recipe =
        new BundleRecipe("board", "1.0.1", Samples.TIME)
            .image("rootfs", Samples.volume(Samples.image(100, 1)));
    Path target = temp.resolve("update.swu");
    Swu.write(
        recipe,
        Samples.KEYS.signer(),
        new SwuOptions(List.of("1.0"), copies),
        target,
        Progress.none());
    return target;
  }

  private Tool.Result swupdate(Path update, String... more) throws Exception {
    Path keyring =
        Files.writeString(temp.resolve("ca"), DevelopmentKeys.pem(Samples.KEYS.authority()));
    var command =
        new ArrayList<>(
            List.of(
                "swupdate",
                "-k",
                keyring.toString(),
                "-H",
                "board:1.0",
                "-M",
                "-i",
                update.toString()));
    command.addAll(List.of(more));
    return Tool.run(Map.of("TMPDIR", temp.toString()), command.toArray(String[]::new));
  }

  @Test
  @RequiresTool(value = "swupdate", in = "swupdate")
  void swupdateInstallsIt() throws Exception {
    Path device = Files.write(temp.resolve("device"), new byte[100 * 4096]);
    Tool.Result result = swupdate(write(Map.of("", Map.of("rootfs", device.toString()))));
    assertThat(result.status()).as(result.output()).isZero();
    assertThat(device).hasBinaryContent(Samples.image(100, 1));
  }

  @Test
  @RequiresTool(value = "swupdate", in = "swupdate")
  void swupdateChoosesBetweenCopies() throws Exception {
    Path a = Files.write(temp.resolve("a"), new byte[100 * 4096]);
    Path b = Files.write(temp.resolve("b"), new byte[100 * 4096]);
    Path update =
        write(
            Map.of("main", Map.of("rootfs", a.toString()), "alt", Map.of("rootfs", b.toString())));
    Tool.Result result = swupdate(update, "-e", "stable,alt");
    assertThat(result.status()).as(result.output()).isZero();
    assertThat(a).hasBinaryContent(new byte[100 * 4096]);
    assertThat(b).hasBinaryContent(Samples.image(100, 1));
  }

  @Test
  @RequiresTool(value = "swupdate", in = "swupdate")
  void swupdateRefusesAnAlteredOne() throws Exception {
    Path device = Files.write(temp.resolve("device"), new byte[100 * 4096]);
    Path update = write(Map.of("", Map.of("rootfs", device.toString())));
    byte[] bytes = Files.readAllBytes(update);
    bytes[200] ^= 1;
    Files.write(update, bytes);
    assertThat(swupdate(update).status()).isNotZero();
    assertThat(device).hasBinaryContent(new byte[100 * 4096]);
  }

  @Test
  void theSameRecipeGivesTheSameBytes() throws Exception {
    byte[] first = Files.readAllBytes(write(Map.of("", Map.of("rootfs", "/dev/x"))));
    assertThat(write(Map.of("", Map.of("rootfs", "/dev/x")))).hasBinaryContent(first);
  }

  @Test
  void aSlotWithoutADeviceIsNamed() {
    assertThatThrownBy(() -> write(Map.of("", Map.of("boot", "/dev/x"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("slot rootfs: on which device? Known are [boot]");
  }
}
