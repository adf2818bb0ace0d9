// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleCommandTest {
  @TempDir Path temp;

  private final CommandShell slipway = new CommandShell();
  private byte[] image;

  @BeforeEach
  void make() throws Exception {
    image = new byte[40 * 4096];
    new Random(1).nextBytes(image);
    Files.write(temp.resolve("root.img"), image);
    Files.write(temp.resolve("old.img"), new byte[4096]);
    assertThat(
            slipway.run(
                "delta", "create", path("old.img"), path("root.img"), "--output", path("delta")))
        .as(slipway.err())
        .isZero();
    assertThat(slipway.run("keys", "create", path("keys"), "--kind", "EC", "--name", "Test"))
        .isZero();
    assertThat(slipway.err()).contains("WARNING: these are keys for development.");
    assertThat(
            slipway.run(
                "bundle",
                "create",
                path("update.raucb"),
                "--compatible",
                "robot",
                "--version-name",
                "1.1",
                "--image",
                "rootfs=" + path("root.img"),
                "--delta",
                "rootfs,1.0," + path("old.img") + "," + path("delta"),
                "--key",
                path("keys/signer.key"),
                "--cert",
                path("keys/signer.pem")))
        .as(slipway.err())
        .isZero();
  }

  private String path(String name) {
    return temp.resolve(name).toString();
  }

  @Test
  void keysAreForTheirOwnerAloneAndNeverOverwritten() throws Exception {
    assertThat(Files.getPosixFilePermissions(temp.resolve("keys/signer.key"))).hasSize(2);
    assertThat(slipway.run("keys", "create", path("keys"))).isEqualTo(Main.FAILED);
    assertThat(slipway.err()).contains("ca.pem: is there already");
  }

  @Test
  void infoSaysWhetherTheSignatureWasVerified() {
    assertThat(slipway.run("bundle", "info", path("update.raucb"))).isZero();
    assertThat(slipway.out())
        .contains("compatible  robot\n", "slot rootfs: 160 KiB", " from 1.0, sha256 ")
        .endsWith("signature NOT verified: give --keyring\n");
    assertThat(
            slipway.run("bundle", "info", path("update.raucb"), "--keyring", path("keys/ca.pem")))
        .isZero();
    assertThat(slipway.out())
        .endsWith(
            "signed by CN=Test development signer, issued by CN=Test development authority\n");
  }

  @Test
  void verifyFindsWhatWasAltered() throws Exception {
    String[] command = {"bundle", "verify", path("update.raucb"), "--keyring", path("keys/ca.pem")};
    assertThat(slipway.run(command)).isZero();
    assertThat(slipway.out()).contains("update.raucb: good, signed by CN=Test");
    byte[] bytes = Files.readAllBytes(temp.resolve("update.raucb"));
    bytes[5000] ^= 1;
    Files.write(temp.resolve("update.raucb"), bytes);
    assertThat(slipway.run(command)).isEqualTo(Main.FAILED);
    assertThat(slipway.err()).contains("byte 4096: digest: found").contains("it was altered");
  }

  @Test
  void extractGivesWhatWentIn() throws Exception {
    assertThat(
            slipway.run(
                "bundle",
                "extract",
                path("update.raucb"),
                path("out"),
                "--keyring",
                path("keys/ca.pem")))
        .isZero();
    assertThat(temp.resolve("out/rootfs.img")).hasBinaryContent(image);
    try (var files = Files.list(temp.resolve("out"))) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void aWrongSourceDateIsNamed() {
    assertThat(BundleCreateCommand.sourceDate("1767225600")).hasToString("2026-01-01T00:00:00Z");
    for (String wrong : List.of("", "today", "-1", "1767225600.5", "99999999999999999999")) {
      assertThatThrownBy(() -> BundleCreateCommand.sourceDate(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("SOURCE_DATE_EPOCH: found \"" + wrong + "\", expected seconds");
    }
  }

  @Test
  void withoutAKeyringNothingIsExtracted() {
    assertThat(slipway.run("bundle", "extract", path("update.raucb"), path("out")))
        .isEqualTo(Main.FAILED);
    assertThat(slipway.err()).contains("--keyring is needed");
    assertThat(temp.resolve("out")).doesNotExist();
  }
}
