// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

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
}
