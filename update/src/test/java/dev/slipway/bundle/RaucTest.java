// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.signature.DevelopmentKeys;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RAUC 1.8 as Debian has it judges our bundles. */
@RequiresTool(value = "rauc", in = "rauc")
class RaucTest {
  @TempDir Path temp;
  private Path keyring;

  @BeforeEach
  void writeKeyring() throws Exception {
    keyring = Files.writeString(temp.resolve("ca"), DevelopmentKeys.pem(Samples.KEYS.authority()));
  }

  private String rauc(String... words) throws Exception {
    var command = new java.util.ArrayList<String>(java.util.List.of("rauc"));
    command.addAll(java.util.List.of(words));
    command.add("--keyring=" + keyring);
    return Tool.output(command.toArray(String[]::new));
  }

  @Test
  void raucInfoAcceptsABundle() throws Exception {
    Path bundle = Samples.write(Samples.recipe(), temp);
    assertThat(rauc("info", bundle.toString()))
        .contains("Compatible:")
        .contains("robot-mk2")
        .contains("verity")
        .contains("[rootfs]")
        .contains("Verified inline signature by");
  }

  @Test
  void raucExtractsWhatWePutIn() throws Exception {
    Path bundle = Samples.write(Samples.recipe(), temp);
    Path out = temp.resolve("out");
    rauc("extract", bundle.toString(), out.toString());
    assertThat(out.resolve("rootfs.img")).hasBinaryContent(Samples.image(100, 1));
    assertThat(out.resolve("bootloader.img")).hasBinaryContent(Samples.image(3, 2));
  }

  @Test
  void raucRefusesAnAlteredManifest() throws Exception {
    Path bundle = Samples.write(Samples.recipe(), temp);
    byte[] bytes = Files.readAllBytes(bundle);
    String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    bytes[text.lastIndexOf("robot-mk2")] = 'R';
    Files.write(bundle, bytes);
    assertThat(
            Tool.run(Map.of(), "rauc", "info", "--keyring=" + keyring, bundle.toString()).status())
        .isNotZero();
  }
}
