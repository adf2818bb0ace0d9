// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.io.ByteSource;
import dev.slipway.ostree.gvariant.VariantDict;
import dev.slipway.signature.Ed25519Keys;
import dev.slipway.signature.Keyring;
import dev.slipway.signature.OpenPgp;
import dev.slipway.signature.UntrustedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Whose signatures must be there. Of every kind that is asked for, one must count.
 *
 * @param openPgp whose OpenPGP signature is needed; nothing when none is
 * @param ed25519 whose Ed25519 signature is needed; nothing when none is
 * @param at the instant at which expiry is judged; usually now
 */
public record Verification(Optional<Keyring> openPgp, Optional<Ed25519Keys> ed25519, Instant at) {
  private static final int LIMIT_SIGNATURES = 64;

  /** Takes anything. */
  public static Verification none() {
    return new Verification(Optional.empty(), Optional.empty(), Instant.EPOCH);
  }

  /** Wants an OpenPGP signature by a key of a keyring. */
  public static Verification openPgp(Keyring keyring, Instant at) {
    return new Verification(Optional.of(keyring), Optional.empty(), at);
  }

  /** Wants an Ed25519 signature by a trusted key. */
  public static Verification ed25519(Ed25519Keys keys) {
    return new Verification(Optional.empty(), Optional.of(keys), Instant.EPOCH);
  }

  /** Whether any signature is wanted. */
  public boolean isWanted() {
    return openPgp.isPresent() || ed25519.isPresent();
  }

  /**
   * Checks what stands beside some bytes.
   *
   * @param signatures detached metadata, or the content of {@code summary.sig}
   * @param source the name of what is signed, for error messages
   * @return one sentence for each signature that counts
   * @throws UntrustedException if one is missing or does not count
   */
  public List<String> verify(byte[] data, VariantDict signatures, String source)
      throws IOException {
    var good = new java.util.ArrayList<String>();
    if (openPgp.isPresent()) {
      var all = new ByteArrayOutputStream();
      requireFew(SignatureKind.OPENPGP.in(signatures), source).forEach(all::writeBytes);
      if (all.size() == 0) {
        throw new UntrustedException(source + ": holds no OpenPGP signature");
      }
      OpenPgp.trusting(openPgp.get(), at)
          .verifyDetached(ByteSource.bytes(data), all.toByteArray(), source)
          .forEach(
              signer ->
                  good.add(
                      "OpenPGP signature by "
                          + signer.primaryFingerprint()
                          + " "
                          + signer.userId()
                          + ", made "
                          + signer.signedAt()));
    }
    if (ed25519.isPresent()) {
      List<byte[]> all = requireFew(SignatureKind.ED25519.in(signatures), source);
      good.add("Ed25519 signature by " + ed25519.get().verify(data, all, source));
    }
    return good;
  }

  private static List<byte[]> requireFew(List<byte[]> signatures, String source)
      throws UntrustedException {
    if (signatures.size() > LIMIT_SIGNATURES) {
      throw new UntrustedException(source + ": " + signatures.size() + " signatures are too many");
    }
    return signatures;
  }
}
