// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.ByteSource;
import dev.slipway.io.FormatException;
import dev.slipway.signature.CmsPolicy.Purpose;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.TestAuthority;
import dev.slipway.testing.TestAuthority.Shape;
import dev.slipway.testing.Tool;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CmsTest {
  private static final Instant NOW = TestAuthority.TIME;
  private static final byte[] TEXT = "what was signed\n".getBytes(StandardCharsets.UTF_8);
  private static final TestAuthority ROOT = root("root");
  private static final SigningKey SIGNER = signer(ROOT, Shape.plain());

  @TempDir Path temp;

  private static TestAuthority root(String name) {
    try {
      return TestAuthority.root(name);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SigningKey signer(TestAuthority by, Shape shape) {
    try {
      return by.signer("signer", shape);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static CmsPolicy policy(TestAuthority... roots) {
    return CmsPolicy.trusting(
        Arrays.stream(roots).map(TestAuthority::certificate).toList(), NOW, NOW);
  }

  private static void assertRefused(SigningKey signer, CmsPolicy policy, String reason) {
    assertThatThrownBy(
            () -> Cms.verifyAttached(Cms.signAttached(TEXT, signer, NOW), "message", policy))
        .isInstanceOf(UntrustedException.class)
        .hasMessage("message: not trusted: " + reason);
  }

  @ParameterizedTest
  @EnumSource
  void everyKindOfKeySignsAndRepeatsItself(DevelopmentKeys.Kind kind) throws Exception {
    var keys = DevelopmentKeys.create(kind, "Test", NOW, 30, new SecureRandom());
    byte[] message = Cms.signAttached(TEXT, keys.signer(), NOW);
    assertThat(Cms.signAttached(TEXT, keys.signer(), NOW)).isEqualTo(message);
    for (Purpose purpose : Purpose.values()) {
      CmsPolicy policy =
          CmsPolicy.trusting(List.of(keys.authority()), NOW, NOW).withPurpose(purpose);
      CmsContent content = Cms.verifyAttached(message, "message", policy);
      assertThat(content.bytes()).isEqualTo(TEXT);
      assertThat(content.signer().chain())
          .containsExactly("CN=Test development signer", "CN=Test development authority");
      assertThat(content.signer().signedAt()).contains(NOW);
      byte[] detached = Cms.signDetached(ByteSource.bytes(TEXT), keys.signer(), NOW);
      assertThat(Cms.verifyDetached(ByteSource.bytes(TEXT), detached, "message", policy))
          .isEqualTo(content.signer());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"RSA", "EC"})
  @RequiresTool(value = "openssl", in = "openssl")
  void opensslVerifiesOursAndWeVerifyItsOwn(DevelopmentKeys.Kind kind) throws Exception {
    var keys = DevelopmentKeys.create(kind, "Test", Instant.now(), 30, new SecureRandom());
    Path ca = Files.writeString(temp.resolve("ca"), DevelopmentKeys.pem(keys.authority()));
    Path certificate =
        Files.writeString(temp.resolve("cert"), DevelopmentKeys.pem(keys.signer().certificate()));
    Path key = Files.writeString(temp.resolve("key"), DevelopmentKeys.pem(keys.signerKey()));
    Path text = Files.write(temp.resolve("text"), TEXT);
    Path ours = Files.write(temp.resolve("ours"), Cms.signAttached(TEXT, keys.signer(), NOW));
    assertThat(
            Tool.output(
                "openssl",
                "cms",
                "-verify",
                "-binary",
                "-inform",
                "DER",
                "-in",
                ours.toString(),
                "-CAfile",
                ca.toString()))
        .contains(new String(TEXT, StandardCharsets.UTF_8));
    Path theirs = temp.resolve("theirs");
    for (String attached : List.of("-nodetach", "-binary")) {
      Tool.output(
          "openssl",
          "cms",
          "-sign",
          "-binary",
          "-nosmimecap",
          attached,
          "-md",
          "sha256",
          "-signer",
          certificate.toString(),
          "-inkey",
          key.toString(),
          "-in",
          text.toString(),
          "-outform",
          "DER",
          "-out",
          theirs.toString());
      byte[] message = Files.readAllBytes(theirs);
      CmsPolicy policy =
          CmsPolicy.trusting(List.of(keys.authority()), Instant.now(), Instant.EPOCH);
      if (attached.equals("-nodetach")) {
        assertThat(Cms.verifyAttached(message, "theirs", policy).bytes()).isEqualTo(TEXT);
      } else {
        Cms.verifyDetached(ByteSource.bytes(TEXT), message, "theirs", policy);
      }
    }
    SigningKey read =
        SigningKey.readPem(Files.readAllBytes(key), "key", Files.readAllBytes(certificate), "cert");
    assertThat(read.certificates()).isEqualTo(keys.signer().certificates());
  }

  @Test
  void chainsGoThroughIntermediatesThatComeAlongOrAreKnown() throws Exception {
    TestAuthority middle = ROOT.intermediate("middle").intermediate("lower");
    SigningKey signer = middle.signer("deep", Shape.plain());
    byte[] message = Cms.signAttached(TEXT, signer, NOW);
    assertThat(Cms.verifyAttached(message, "message", policy(ROOT)).signer().chain())
        .containsExactly("CN=deep", "CN=lower", "CN=middle", "CN=root");
  }

  @Test
  void aPinnedSignerNeedsNoAuthority() throws Exception {
    CmsPolicy policy = CmsPolicy.trusting(List.of(SIGNER.certificate()), NOW, NOW);
    byte[] message = Cms.signAttached(TEXT, SIGNER, NOW);
    assertThat(Cms.verifyAttached(message, "message", policy).signer().chain())
        .containsExactly("CN=signer");
  }

  @Test
  void strangersAreRefusedEvenUnderTheSameName() {
    assertRefused(
        SIGNER,
        policy(root("other")),
        "nobody who is trusted vouches for \"CN=signer\", issued by \"CN=root\"");
    assertRefused(
        SIGNER,
        policy(root("root")),
        "nobody who is trusted vouches for \"CN=signer\", issued by \"CN=root\"");
  }

  @Test
  void aSignerIsNoAuthority() throws Exception {
    byte[] message =
        Cms.signAttached(TEXT, ROOT.impostor("signer").signer("below", Shape.plain()), NOW);
    assertThatThrownBy(() -> Cms.verifyAttached(message, "message", policy(ROOT)))
        .isInstanceOf(UntrustedException.class)
        .hasMessageContaining("\"CN=signer\"");
  }

  @Test
  void validityIsJudgedAtTheTimeThatIsGiven() throws Exception {
    SigningKey old = signer(ROOT, Shape.plain().valid(NOW.minusSeconds(99), NOW.minusSeconds(9)));
    assertRefused(
        old,
        policy(ROOT),
        "\"CN=signer\" expired at 2025-12-31T23:59:51Z, now is 2026-01-01T00:00:00Z");
    SigningKey young = signer(ROOT, Shape.plain().valid(NOW.plusSeconds(9), NOW.plusSeconds(99)));
    assertRefused(
        young,
        policy(ROOT),
        "\"CN=signer\" is valid from 2026-01-01T00:00:09Z on, now is 2026-01-01T00:00:00Z");
    byte[] message = Cms.signAttached(TEXT, old, NOW);
    CmsPolicy then =
        CmsPolicy.trusting(List.of(ROOT.certificate()), NOW.minusSeconds(50), NOW.minusSeconds(60));
    Cms.verifyAttached(message, "message", then);
  }

  @Test
  void aClockIn1970IsNotBelieved() throws Exception {
    CmsPolicy policy = CmsPolicy.trusting(List.of(ROOT.certificate()), Instant.EPOCH, NOW);
    assertThat(policy.at()).isEqualTo(NOW);
    Cms.verifyAttached(Cms.signAttached(TEXT, SIGNER, NOW), "message", policy);
  }

  @Test
  void purposesAreWhatToolsCheck() throws Exception {
    SigningKey code = signer(ROOT, Shape.plain().with(KeyPurposeId.id_kp_codeSigning));
    SigningKey mail = signer(ROOT, Shape.plain().with(KeyPurposeId.id_kp_emailProtection));
    assertRefused(
        code,
        policy(ROOT),
        "\"CN=signer\" is not made for S/MIME (extended key usage 1.3.6.1.5.5.7.3.3)");
    CmsPolicy codeSigning = policy(ROOT).withPurpose(Purpose.CODE_SIGNING);
    assertRefused(
        mail,
        codeSigning,
        "\"CN=signer\" is not made for signing code (extended key usage 1.3.6.1.5.5.7.3.4)");
    assertRefused(
        SIGNER,
        codeSigning,
        "\"CN=signer\" is not made for signing code (extended key usage missing)");
    Cms.verifyAttached(Cms.signAttached(TEXT, code, NOW), "message", codeSigning);
    Cms.verifyAttached(Cms.signAttached(TEXT, mail, NOW), "message", policy(ROOT));
  }

  @Test
  void whatWasRevokedIsRefusedAndListsMustBeThereAndValid() throws Exception {
    Instant later = NOW.plus(Duration.ofDays(7));
    X509CRL empty = ROOT.revoking(NOW, later);
    X509CRL revoking = ROOT.revoking(NOW, later, SIGNER.certificate());
    CmsPolicy policy = policy(ROOT);
    Cms.verifyAttached(
        Cms.signAttached(TEXT, SIGNER, NOW), "m", policy.withRevocations(List.of(empty)));
    assertRefused(
        SIGNER,
        policy.withRevocations(List.of(empty, revoking)),
        "\"CN=signer\" was revoked at 2026-01-01T00:00:00Z");
    assertRefused(
        SIGNER,
        policy.withRevocations(List.of(ROOT.revoking(NOW.minusSeconds(9), NOW.minusSeconds(3)))),
        "the revocation list of \"CN=root\" is valid from 2025-12-31T23:59:51Z to"
            + " 2025-12-31T23:59:57Z, now is 2026-01-01T00:00:00Z");
    assertRefused(
        SIGNER,
        policy.withRevocations(List.of(root("root").revoking(NOW, later))),
        "there is no revocation list of \"CN=root\", which issued \"CN=signer\"");
  }

  @Test
  void weakKeysAndHashesAreRefused() throws Exception {
    assertRefused(
        signer(ROOT, Shape.plain().withKey("RSA", 1024)),
        policy(ROOT),
        "the key of \"CN=signer\" has 1024 bits, RSA needs at least 2048");
    assertRefused(
        signer(ROOT, Shape.plain().withSignature("SHA1with")),
        policy(ROOT),
        "\"CN=signer\" is signed with SHA1withECDSA, which is too weak or unknown");
  }

  @Test
  void everyAlteredBitIsRefused() throws Exception {
    byte[] message = Cms.signAttached(TEXT, SIGNER, NOW);
    var random = new Random(3);
    for (int i = 0; i < 400; i++) {
      byte[] altered = message.clone();
      altered[random.nextInt(altered.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        CmsContent content = Cms.verifyAttached(altered, "altered", policy(ROOT));
        // Some bits mean nothing: which certificate is listed where, what the length form is.
        assertThat(content.bytes()).isEqualTo(TEXT);
        assertThat(content.signer().fingerprint()).hasSize(64);
      } catch (FormatException | UntrustedException e) {
        assertThat(e).hasMessageStartingWith("altered: ");
      }
    }
  }

  @Test
  void detachedDataThatWasAlteredIsRefused() throws Exception {
    byte[] message = Cms.signDetached(ByteSource.bytes(TEXT), SIGNER, NOW);
    assertThatThrownBy(
            () ->
                Cms.verifyDetached(
                    ByteSource.utf8("something else"), message, "message", policy(ROOT)))
        .isInstanceOf(UntrustedException.class)
        .hasMessage(
            "message: the signature by \"CN=signer\" does not fit what was signed; it was altered");
  }

  @Test
  void everyCutIsRefused() {
    byte[] message = Cms.signAttached(TEXT, SIGNER, NOW);
    for (int length = 0; length < message.length; length++) {
      byte[] cut = Arrays.copyOf(message, length);
      assertThatThrownBy(() -> Cms.verifyAttached(cut, "cut", policy(ROOT)))
          .isInstanceOf(FormatException.class)
          .hasMessageStartingWith("cut: ");
    }
  }

  @Test
  void odditiesAreNamed() throws Exception {
    byte[] message = Cms.signAttached(TEXT, SIGNER, NOW);
    assertThatThrownBy(
            () ->
                Cms.verifyAttached(Arrays.copyOf(message, message.length + 3), "odd", policy(ROOT)))
        .hasMessage("odd: byte " + message.length + ": 3 bytes follow the CMS message");
    assertThatThrownBy(
            () ->
                Cms.verifyAttached(
                    Cms.signDetached(ByteSource.bytes(TEXT), SIGNER, NOW), "odd", policy(ROOT)))
        .hasMessage("odd: eContent: missing; what was signed is not in this message");
    assertThatThrownBy(
            () -> Cms.verifyDetached(ByteSource.bytes(TEXT), message, "odd", policy(ROOT)))
        .hasMessage(
            "odd: eContent: the message has contents of its own, expected a detached signature");
    assertThatThrownBy(() -> Cms.verifyAttached(generate(2, true, "data"), "odd", policy(ROOT)))
        .hasMessage("odd: signerInfos: found 2 signers, expected exactly one");
    assertThatThrownBy(() -> Cms.verifyAttached(generate(0, true, "data"), "odd", policy(ROOT)))
        .hasMessage("odd: signerInfos: found 0 signers, expected exactly one");
    assertThatThrownBy(() -> Cms.verifyAttached(generate(1, true, "other"), "odd", policy(ROOT)))
        .hasMessage("odd: eContentType: found 1.2.3.4, expected 1.2.840.113549.1.7.1 (data)");
    assertThatThrownBy(() -> Cms.verifyAttached(generate(1, false, "data"), "odd", policy(ROOT)))
        .isInstanceOf(UntrustedException.class)
        .hasMessageMatching(
            "odd: not trusted: the signer's certificate \\(issued by \"CN=root\", number [0-9]+\\)"
                + " came neither with the message nor is it known");
  }

  private static byte[] generate(int signers, boolean withCertificate, String type)
      throws Exception {
    var generator = new CMSSignedDataGenerator();
    for (int i = 0; i < signers; i++) {
      generator.addSignerInfoGenerator(
          new JcaSimpleSignerInfoGeneratorBuilder()
              .build("SHA256withECDSA", ROOT.key(), SIGNER.certificate()));
    }
    if (withCertificate) {
      generator.addCertificates(new JcaCertStore(List.of(SIGNER.certificate())));
    }
    var content =
        type.equals("data")
            ? new CMSProcessableByteArray(TEXT)
            : new CMSProcessableByteArray(
                new org.bouncycastle.asn1.ASN1ObjectIdentifier("1.2.3.4"), TEXT);
    return generator.generate(content, true).getEncoded();
  }

  @Test
  void keysAndCertificatesThatDoNotBelongTogetherAreRefused() throws Exception {
    byte[] key = DevelopmentKeys.pem(ROOT.key()).getBytes(StandardCharsets.US_ASCII);
    byte[] certificate =
        DevelopmentKeys.pem(SIGNER.certificate()).getBytes(StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> SigningKey.readPem(key, "key.pem", certificate, "cert.pem"))
        .isInstanceOf(FormatException.class)
        .hasMessage("key.pem: the certificate of CN=signer is of another key");
    assertThatThrownBy(() -> SigningKey.readPem(certificate, "key.pem", certificate, "cert.pem"))
        .hasMessage("key.pem: no private key in it; expected -----BEGIN PRIVATE KEY-----");
    assertThatThrownBy(() -> Pem.certificates(key, "cert.pem"))
        .hasMessage("cert.pem: no certificate in it; expected -----BEGIN CERTIFICATE-----");
    assertThatThrownBy(
            () ->
                Pem.certificates(
                    "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n"
                        .getBytes(StandardCharsets.US_ASCII),
                    "cert.pem"))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("cert.pem: this is no PEM: ");
  }
}
