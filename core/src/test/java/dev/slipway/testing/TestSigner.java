// SPDX-License-Identifier: Apache-2.0
package dev.slipway.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.bouncycastle.bcpg.ArmoredOutputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyPacket;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPKeyPair;

/**
 * An OpenPGP key that lives in this process and signs for tests, at any time and without GnuPG.
 * What it makes is shown to gpgv by the tests of those who use it.
 */
public final class TestSigner {
  private final PGPKeyPair pair;
  private final PGPPublicKey certified;
  private final String userId;

  private TestSigner(PGPKeyPair pair, PGPPublicKey certified, String userId) {
    this.pair = pair;
    this.certified = certified;
    this.userId = userId;
  }

  /** Makes a key without end. */
  public static TestSigner create(String userId, Instant created) {
    return create(userId, created, Optional.empty());
  }

  /** Makes a key that expires. */
  public static TestSigner create(String userId, Instant created, Optional<Duration> life) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      var pair =
          new JcaPGPKeyPair(
              PublicKeyPacket.VERSION_4,
              PublicKeyAlgorithmTags.RSA_GENERAL,
              generator.generateKeyPair(),
              Date.from(created));
      var subpackets = new PGPSignatureSubpacketGenerator();
      subpackets.setSignatureCreationTime(false, Date.from(created));
      subpackets.setKeyFlags(true, KeyFlags.CERTIFY_OTHER | KeyFlags.SIGN_DATA);
      if (life.isPresent()) {
        subpackets.setKeyExpirationTime(true, life.get().toSeconds());
      }
      PGPSignatureGenerator certification = generator(pair);
      certification.init(PGPSignature.POSITIVE_CERTIFICATION, pair.getPrivateKey());
      certification.setHashedSubpackets(subpackets.generate());
      PGPSignature signature = certification.generateCertification(userId, pair.getPublicKey());
      PGPPublicKey certified =
          PGPPublicKey.addCertification(pair.getPublicKey(), userId, signature);
      return new TestSigner(pair, certified, userId);
    } catch (GeneralSecurityException | PGPException e) {
      throw new AssertionError(e);
    }
  }

  private static PGPSignatureGenerator generator(PGPKeyPair pair) {
    return new PGPSignatureGenerator(
        new JcaPGPContentSignerBuilder(
            pair.getPublicKey().getAlgorithm(), HashAlgorithmTags.SHA256),
        pair.getPublicKey());
  }

  public String userId() {
    return userId;
  }

  /** The fingerprint in upper-case hexadecimal. */
  public String fingerprint() {
    return java.util.HexFormat.of().withUpperCase().formatHex(pair.getPublicKey().getFingerprint());
  }

  /** The public key, binary: a keyring. */
  public byte[] publicKey() {
    try {
      return certified.getEncoded();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A text with its signature below it. Its last line must end in a line feed. */
  public byte[] clearSign(String text, Instant when) {
    var lines = text.split("\n", -1);
    var canonical = new StringBuilder();
    var shown = new StringBuilder("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n");
    for (int i = 0; i < lines.length - 1; i++) {
      canonical.append(i == 0 ? "" : "\r\n").append(lines[i].stripTrailing());
      shown.append(lines[i].startsWith("-") ? "- " : "").append(lines[i]).append('\n');
    }
    byte[] signed = canonical.toString().getBytes(StandardCharsets.UTF_8);
    byte[] signature = sign(signed, PGPSignature.CANONICAL_TEXT_DOCUMENT, when);
    return (shown + new String(signature, StandardCharsets.US_ASCII))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** An armoured signature over data. */
  public byte[] detached(byte[] data, Instant when) {
    return sign(data, PGPSignature.BINARY_DOCUMENT, when);
  }

  private byte[] sign(byte[] data, int type, Instant when) {
    try {
      PGPSignatureGenerator generator = generator(pair);
      generator.init(type, pair.getPrivateKey());
      var subpackets = new PGPSignatureSubpacketGenerator();
      subpackets.setSignatureCreationTime(false, Date.from(when));
      subpackets.setIssuerFingerprint(false, pair.getPublicKey());
      generator.setHashedSubpackets(subpackets.generate());
      generator.update(data);
      var bytes = new ByteArrayOutputStream();
      try (OutputStream armor = ArmoredOutputStream.builder().clearHeaders().build(bytes)) {
        generator.generate().encode(armor);
      }
      return bytes.toByteArray();
    } catch (PGPException | IOException e) {
      throw new AssertionError(e);
    }
  }
}
