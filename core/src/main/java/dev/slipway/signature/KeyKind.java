// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.Signature;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** The kinds of keys that sign certificates and messages, with the one hash we use with each. */
enum KeyKind {
  RSA("SHA256withRSA", "SHA-256", NISTObjectIdentifiers.id_sha256) {
    @Override
    AlgorithmIdentifier signatureAlgorithm() {
      return new AlgorithmIdentifier(
          PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE);
    }
  },

  EC("SHA256withECDSA", "SHA-256", NISTObjectIdentifiers.id_sha256) {
    @Override
    AlgorithmIdentifier signatureAlgorithm() {
      return new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
    }
  },

  /** RFC 8419 wants SHA-512 for what it signs. */
  ED25519("Ed25519", "SHA-512", NISTObjectIdentifiers.id_sha512) {
    @Override
    AlgorithmIdentifier signatureAlgorithm() {
      return new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519);
    }
  };

  private final String javaName;
  private final String digestName;
  private final ASN1ObjectIdentifier digest;

  KeyKind(String javaName, String digestName, ASN1ObjectIdentifier digest) {
    this.javaName = javaName;
    this.digestName = digestName;
    this.digest = digest;
  }

  static KeyKind of(Key key) {
    return switch (key.getAlgorithm()) {
      case "RSA" -> RSA;
      case "EC", "ECDSA" -> EC;
      case "EdDSA", "Ed25519" -> ED25519;
      default ->
          throw new IllegalArgumentException(
              "keys of kind " + key.getAlgorithm() + " are not used; take RSA, EC or Ed25519");
    };
  }

  abstract AlgorithmIdentifier signatureAlgorithm();

  AlgorithmIdentifier digestAlgorithm() {
    return new AlgorithmIdentifier(digest);
  }

  /** As the JDK calls the digest over what is signed. */
  String digestName() {
    return digestName;
  }

  /** The JDK's engine for this kind with our hash. */
  Signature verifier() throws NoSuchAlgorithmException {
    return Signature.getInstance(javaName);
  }
}
