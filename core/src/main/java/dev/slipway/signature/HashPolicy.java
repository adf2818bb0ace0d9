// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPPublicKey;

/** Which hashes and keys are strong enough: the one place that says so. */
final class HashPolicy {
  /** RSA below this is refused, as today's gpgv and apt do. */
  static final int MINIMUM_RSA_BITS = 2048;

  private static final int MINIMUM_EC_BITS = 256;

  /** How the JDK's names of signatures under certificates start. */
  private static final Set<String> STRONG_SIGNATURES =
      Set.of("SHA256with", "SHA384with", "SHA512with");

  private static final Map<Integer, String> NAMES =
      Map.of(
          HashAlgorithmTags.MD5, "MD5",
          HashAlgorithmTags.SHA1, "SHA-1",
          HashAlgorithmTags.RIPEMD160, "RIPEMD-160",
          HashAlgorithmTags.SHA224, "SHA-224",
          HashAlgorithmTags.SHA256, "SHA-256",
          HashAlgorithmTags.SHA384, "SHA-384",
          HashAlgorithmTags.SHA512, "SHA-512");

  private static final Set<Integer> STRONG =
      Set.of(HashAlgorithmTags.SHA256, HashAlgorithmTags.SHA384, HashAlgorithmTags.SHA512);

  private HashPolicy() {}

  /** What is wrong with a hash under a signature over data. */
  static Optional<String> objection(int hash) {
    return STRONG.contains(hash)
        ? Optional.empty()
        : Optional.of("its hash, " + name(hash) + ", is too weak or unknown");
  }

  /**
   * Whether a statement that a key makes about itself may use this hash. SHA-1 may: such statements
   * live in the keyring, which is trusted as a file, and many keys of today still carry them.
   */
  static boolean fitsOwnStatement(int hash) {
    return STRONG.contains(hash)
        || hash == HashAlgorithmTags.SHA1
        || hash == HashAlgorithmTags.SHA224;
  }

  /** What is wrong with a key's kind or size. */
  static Optional<String> objection(PGPPublicKey key) {
    return switch (key.getAlgorithm()) {
      case PublicKeyAlgorithmTags.RSA_GENERAL ->
          key.getBitStrength() >= MINIMUM_RSA_BITS
              ? Optional.empty()
              : Optional.of(
                  "its key has "
                      + key.getBitStrength()
                      + " bits, RSA needs at least "
                      + MINIMUM_RSA_BITS);
      case PublicKeyAlgorithmTags.EDDSA_LEGACY,
          PublicKeyAlgorithmTags.Ed25519,
          PublicKeyAlgorithmTags.ECDSA ->
          Optional.empty();
      case PublicKeyAlgorithmTags.DSA ->
          Optional.of("its key is a DSA key, which is not accepted any more");
      default -> Optional.of("its key is of an unknown kind (" + key.getAlgorithm() + ")");
    };
  }

  private static String name(int hash) {
    return NAMES.getOrDefault(hash, "number " + hash);
  }

  /** SHA-256, SHA-384 and SHA-512, as CMS messages name them. */
  private static final Set<String> STRONG_DIGESTS =
      Set.of("2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.2", "2.16.840.1.101.3.4.2.3");

  /** RSA (PKCS#1 v1.5, alone and with each of them), ECDSA with each of them, Ed25519. */
  private static final Set<String> CMS_SIGNATURES =
      Set.of(
          "1.2.840.113549.1.1.1",
          "1.2.840.113549.1.1.11",
          "1.2.840.113549.1.1.12",
          "1.2.840.113549.1.1.13",
          "1.2.840.10045.4.3.2",
          "1.2.840.10045.4.3.3",
          "1.2.840.10045.4.3.4",
          "1.3.101.112");

  /** What is wrong with the algorithms of a CMS signature, given by their object identifiers. */
  static Optional<String> cmsObjection(String digest, String signature) {
    if (!STRONG_DIGESTS.contains(digest)) {
      return Optional.of("its hash (" + digest + ") is too weak or unknown");
    }
    return CMS_SIGNATURES.contains(signature)
        ? Optional.empty()
        : Optional.of("its kind of signature (" + signature + ") is not accepted");
  }

  /** What is wrong with the kind or size of a certificate's key. */
  static Optional<String> objection(PublicKey key, String name) {
    if (key instanceof RSAPublicKey rsa) {
      int bits = rsa.getModulus().bitLength();
      return bits >= MINIMUM_RSA_BITS
          ? Optional.empty()
          : Optional.of(
              "the key of \""
                  + name
                  + "\" has "
                  + bits
                  + " bits, RSA needs at least "
                  + MINIMUM_RSA_BITS);
    }
    if (key instanceof ECPublicKey ec) {
      int bits = ec.getParams().getCurve().getField().getFieldSize();
      return bits >= MINIMUM_EC_BITS
          ? Optional.empty()
          : Optional.of(
              "the key of \""
                  + name
                  + "\" has "
                  + bits
                  + " bits, ECDSA needs at least "
                  + MINIMUM_EC_BITS);
    }
    return key instanceof EdECPublicKey
        ? Optional.empty()
        : Optional.of(
            "the key of \"" + name + "\" is of an unknown kind (" + key.getAlgorithm() + ")");
  }

  /** What is wrong with the signature under a certificate. */
  static Optional<String> signatureObjection(X509Certificate certificate) {
    String algorithm = certificate.getSigAlgName();
    boolean strong =
        STRONG_SIGNATURES.stream().anyMatch(algorithm::startsWith)
            || algorithm.equalsIgnoreCase("Ed25519")
            || algorithm.equals("EdDSA");
    return strong
        ? Optional.empty()
        : Optional.of(
            "\""
                + certificate.getSubjectX500Principal()
                + "\" is signed with "
                + algorithm
                + ", which is too weak or unknown");
  }
}
