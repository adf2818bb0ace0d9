// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.bundle.Bundle;
import dev.slipway.bundle.BundleOptions;
import dev.slipway.bundle.BundleRecipe;
import dev.slipway.progress.Progress;
import dev.slipway.signature.DevelopmentKeys;
import dev.slipway.signature.SigningKey;
import dev.slipway.testing.TestAuthority;
import dev.slipway.testing.TestAuthority.Shape;
import dev.slipway.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom {@code install} trusts, what it installs all the same, and how it is stopped. */
class InstallOptionsTest {
  private static final Instant LATER = TestAuthority.TIME.plusSeconds(86_400);

  @TempDir Path temp;
  private final CommandShell slipway = new CommandShell();
  private TestAuthority authority;
  private Path disk;
  private Path keyring;

  @BeforeEach
  void makeDisk() throws Exception {
    authority = TestAuthority.root("Test");
    keyring = temp.resolve("ca.pem");
    Files.writeString(keyring, DevelopmentKeys.pem(authority.certificate()));
    disk = temp.resolve("disk.img");
    SmallDisk.write(disk, "1.0", 10);
  }

  private Path bundle(String version, long sequence, SigningKey signer) throws IOException {
    Path file = temp.resolve(version + ".raucb");
    Bundle.write(
        new BundleRecipe("robot", version, TestAuthority.TIME)
            .sequence(sequence)
            .image("rootfs", SmallDisk.release(version, sequence)),
        signer,
        BundleOptions.zstd(1, temp),
        file,
        Progress.none());
    return file;
  }

  private SigningKey signer(KeyPurposeId... purposes) throws Exception {
    return authority.signer("Signer", Shape.plain().with(purposes));
  }

  private String[] command(Path bundle, String... more) {
    var words = new ArrayList<>(List.of("install", bundle.toString(), "--disk", disk.toString()));
    words.addAll(List.of("--keyring", keyring.toString(), "--at", LATER.toString()));
    words.addAll(Arrays.asList(more));
    return words.toArray(String[]::new);
  }

  private void requireRefused(String why, Path bundle, String... more) throws Exception {
    byte[] before = Files.readAllBytes(disk);
    assertThat(slipway.run(command(bundle, more))).as(slipway.err()).isEqualTo(Main.FAILED);
    assertThat(slipway.err()).contains(why);
    assertThat(disk).hasBinaryContent(before);
  }

  private void requireInstalled(String version, Path bundle, String... more) {
    assertThat(slipway.run(command(bundle, more))).as(slipway.err()).isZero();
    assertThat(slipway.out()).contains("release " + version + " is in slot B; ");
  }

  private Path pem(String name, X509CRL list) throws Exception {
    String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(list.getEncoded());
    return Files.writeString(
        temp.resolve(name), "-----BEGIN X509 CRL-----\n" + lines + "\n-----END X509 CRL-----\n");
  }

  @Test
  void aRevokedSignerIsRefused() throws Exception {
    SigningKey signer = signer(KeyPurposeId.id_kp_emailProtection);
    Path bundle = bundle("1.1", 11, signer);
    Instant to = LATER.plusSeconds(86_400);
    Path revoked =
        pem("revoked.crl", authority.revoking(TestAuthority.TIME, to, signer.certificate()));
    Path none = pem("none.crl", authority.revoking(TestAuthority.TIME, to));
    requireRefused(" was revoked at ", bundle, "--crl", revoked.toString());
    requireInstalled("1.1", bundle, "--crl", none.toString());
  }

  @Test
  void aSignerMustBeMadeForThePurpose() throws Exception {
    Path mail = bundle("1.1", 11, signer(KeyPurposeId.id_kp_emailProtection));
    requireRefused("is not made for signing code", mail, "--purpose", "CODE_SIGNING");
    requireInstalled("1.1", mail);
    Path code = bundle("1.2", 12, signer(KeyPurposeId.id_kp_codeSigning));
    requireRefused("is not made for S/MIME", code);
    requireInstalled("1.2", code, "--purpose", "CODE_SIGNING");
  }

  @Test
  void anOlderReleaseIsInstalledWhenThatIsMeant() throws Exception {
    Path older = bundle("0.9", 9, signer(KeyPurposeId.id_kp_emailProtection));
    requireRefused("the bundle is older than what runs", older);
    requireInstalled("0.9", older, "--allow-downgrade");
  }

  /** By Ctrl-C's signal, in the midst of writing. */
  @Test
  void anInstallationThatIsStoppedSaysSoAndGoesOn() throws Exception {
    Path bundle = bundle("1.1", 11, signer(KeyPurposeId.id_kp_emailProtection));
    var words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    words.addAll(List.of(command(bundle, "--rate-limit", "64 KiB")));
    Path log = temp.resolve("log");
    Process process =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    Path begun = temp.resolve("disk.img.state/install.state");
    while (!Files.exists(begun) && process.isAlive()) {
      Thread.sleep(50);
    }
    Thread.sleep(500);
    Tool.output("kill", "-INT", String.valueOf(process.pid()));
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(Files.readString(log)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(log)).isNotZero();
    assertThat(Files.readString(log))
        .contains("slipway: cancelled; installing the same bundle again goes on from here");
    assertThat(slipway.run("status", "--disk", disk.toString())).isZero();
    assertThat(slipway.out()).contains("not to be started", "next start: slot A");
    requireInstalled("1.1", bundle);
    assertThat(begun).doesNotExist();
  }
}
