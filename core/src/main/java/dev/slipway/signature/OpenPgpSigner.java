// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import dev.slipway.io.FormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Date;
import java.util.Iterator;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPrivateKey;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyDecryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;

/**
 * Makes OpenPGP signatures with a secret key, such as {@code gpg --export-secret-keys} writes, so
 * that a build can sign without GnuPG.
 */
public final class OpenPgpSigner {
  private final PGPPrivateKey key;
  private final PGPPublicKey publicKey;

  private OpenPgpSigner(PGPPrivateKey key, PGPPublicKey publicKey) {
    this.key = key;
    this.publicKey = publicKey;
  }

  /**
   * Reads a key: the first one in a file that can sign.
   *
   * @param bytes binary or armoured
   * @param passphrase empty for a key that has none
   * @param source the key's name in error messages
   */
  public static OpenPgpSigner read(byte[] bytes, char[] passphrase, String source)
      throws IOException {
    PGPSecretKey secret = signingKey(bytes, source);
    try {
      PGPPrivateKey key =
          secret.extractPrivateKey(
              new BcPBESecretKeyDecryptorBuilder(new BcPGPDigestCalculatorProvider())
                  .build(passphrase));
      return new OpenPgpSigner(key, secret.getPublicKey());
    } catch (PGPException e) {
      throw new IOException(
          source + ": the secret key does not open; is the passphrase right? " + e.getMessage(), e);
    }
  }

  private static PGPSecretKey signingKey(byte[] bytes, String source) throws IOException {
    PGPSecretKeyRing ring;
    try {
      ring =
          new PGPSecretKeyRing(
              PGPUtil.getDecoderStream(new ByteArrayInputStream(bytes)),
              new BcKeyFingerprintCalculator());
    } catch (IOException | PGPException | RuntimeException e) {
      throw new FormatException(source + ": no OpenPGP secret key: " + e.getMessage(), e);
    }
    PGPSecretKey found = null;
    for (Iterator<PGPSecretKey> keys = ring.getSecretKeys(); keys.hasNext(); ) {
      PGPSecretKey key = keys.next();
      if (key.isSigningKey() && !key.isPrivateKeyEmpty()) {
        found = found == null || found.isMasterKey() ? key : found;
      }
    }
    if (found == null) {
      throw new FormatException(source + ": no secret key in it can sign");
    }
    return found;
  }

  /** The fingerprint of the key that signs, upper-case hexadecimal. */
  public String fingerprint() {
    return Keyring.fingerprint(publicKey);
  }

  /**
   * Signs data: a binary detached signature with SHA-256.
   *
   * @param at when it is said to be made; usually now
   */
  public byte[] sign(byte[] data, Instant at) {
    try {
      var generator =
          new PGPSignatureGenerator(
              new BcPGPContentSignerBuilder(publicKey.getAlgorithm(), HashAlgorithmTags.SHA256),
              publicKey);
      generator.init(PGPSignature.BINARY_DOCUMENT, key);
      var subpackets = new PGPSignatureSubpacketGenerator();
      subpackets.setSignatureCreationTime(false, Date.from(at));
      subpackets.setIssuerFingerprint(false, publicKey);
      subpackets.setIssuerKeyID(false, publicKey.getKeyID());
      generator.setHashedSubpackets(subpackets.generate());
      generator.update(data);
      return generator.generate().getEncoded();
    } catch (PGPException | IOException e) {
      throw new IllegalStateException("bug: signing in memory failed", e);
    }
  }
}
