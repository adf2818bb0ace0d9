// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import dev.slipway.digest.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.operator.ContentSigner;

/**
 * Signs so that the same key and bytes give the same signature: PKCS#1 v1.5 and Ed25519 do by
 * themselves; the JDK's ECDSA takes a random number, so that one is done by RFC 6979.
 *
 * <p>What is signed is small (the attributes of a message, a certificate) and kept in memory.
 */
final class DeterministicSigner implements ContentSigner {
  private final PrivateKey key;
  private final KeyKind kind;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private DeterministicSigner(PrivateKey key) {
    this.key = key;
    this.kind = KeyKind.of(key);
  }

  static ContentSigner of(PrivateKey key) {
    return new DeterministicSigner(key);
  }

  @Override
  public AlgorithmIdentifier getAlgorithmIdentifier() {
    return kind.signatureAlgorithm();
  }

  @Override
  public OutputStream getOutputStream() {
    return bytes;
  }

  @Override
  public byte[] getSignature() {
    try {
      return key instanceof ECPrivateKey ? ecdsa() : byTheJdk();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("signing with a key of kind " + kind + " failed", e);
    }
  }

  private byte[] byTheJdk() throws GeneralSecurityException {
    Signature signature = kind.verifier();
    signature.initSign(key);
    signature.update(bytes.toByteArray());
    return signature.sign();
  }

  private byte[] ecdsa() throws IOException {
    var parameters = (ECPrivateKeyParameters) PrivateKeyFactory.createKey(key.getEncoded());
    var signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, parameters);
    BigInteger[] pair = signer.generateSignature(Digest.of(bytes.toByteArray()).bytes());
    return new DERSequence(new ASN1Integer[] {new ASN1Integer(pair[0]), new ASN1Integer(pair[1])})
        .getEncoded(ASN1Encoding.DER);
  }
}
