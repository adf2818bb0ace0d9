// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import dev.slipway.io.FormatException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.operator.ContentSigner;

/**
 * A private key with the certificate that speaks for it, and those that may be needed to get from
 * there to a root.
 *
 * <p>RSA, ECDSA on P-256, P-384 or P-521, and Ed25519. All of them sign the same bytes with the
 * same signature, ECDSA by RFC 6979. RAUC 1.8 and SWUpdate 2022.12 verify the first two kinds only.
 */
public final class SigningKey {
  private static final byte[] PROBE = {'p', 'r', 'o', 'b', 'e'};

  private final PrivateKey key;
  private final List<X509Certificate> certificates;

  private SigningKey(PrivateKey key, List<X509Certificate> certificates) {
    this.key = key;
    this.certificates = List.copyOf(certificates);
  }

  /**
   * Puts a key and its certificates together.
   *
   * @param certificates the key's own first, then any others to be sent along
   * @throws IllegalArgumentException when the first certificate is not of this key, or the key is
   *     of a kind that is not used here
   */
  public static SigningKey of(PrivateKey key, List<X509Certificate> certificates) {
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException("a key signs with a certificate");
    }
    var signing = new SigningKey(key, certificates);
    signing.requireOwnCertificate();
    return signing;
  }

  /**
   * Reads PEM files.
   *
   * @param key PKCS#8, or what OpenSSL called traditional; not encrypted
   * @param keySource its name in error messages
   * @param certificates the key's own first
   * @param certificatesSource their file's name in error messages
   */
  public static SigningKey readPem(
      byte[] key, String keySource, byte[] certificates, String certificatesSource)
      throws FormatException {
    PrivateKey privateKey = Pem.parse(key, keySource).privateKey();
    List<X509Certificate> chain = Pem.certificates(certificates, certificatesSource);
    try {
      return of(privateKey, chain);
    } catch (IllegalArgumentException e) {
      throw new FormatException(keySource + ": " + e.getMessage(), e);
    }
  }

  private void requireOwnCertificate() {
    ContentSigner signer = signer();
    try {
      signer.getOutputStream().write(PROBE);
      var verifier = KeyKind.of(certificate().getPublicKey()).verifier();
      verifier.initVerify(certificate().getPublicKey());
      verifier.update(PROBE);
      if (verifier.verify(signer.getSignature())) {
        return;
      }
    } catch (GeneralSecurityException | IOException e) {
      // another kind of key: not this one's
    }
    throw new IllegalArgumentException(
        "the certificate of " + certificate().getSubjectX500Principal() + " is of another key");
  }

  /** The certificate of the key. */
  public X509Certificate certificate() {
    return certificates.get(0);
  }

  /** The key's own certificate, then the others. */
  public List<X509Certificate> certificates() {
    return certificates;
  }

  KeyKind kind() {
    return KeyKind.of(certificate().getPublicKey());
  }

  ContentSigner signer() {
    return DeterministicSigner.of(key);
  }
}
