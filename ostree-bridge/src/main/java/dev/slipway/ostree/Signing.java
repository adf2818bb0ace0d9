// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.signature.Ed25519SecretKey;
import dev.slipway.signature.OpenPgpSigner;
import java.io.IOException;
import java.time.Instant;

/**
 * A way to sign.
 *
 * @param kind of the signatures it makes
 */
public record Signing(SignatureKind kind, Maker maker) {
  /** Makes a binary signature over data. */
  @FunctionalInterface
  public interface Maker {
    byte[] sign(byte[] data) throws IOException;
  }

  /** Signs with an OpenPGP key, at a time. */
  public static Signing with(OpenPgpSigner key, Instant at) {
    return new Signing(SignatureKind.OPENPGP, data -> key.sign(data, at));
  }

  /** Signs with an Ed25519 key. */
  public static Signing with(Ed25519SecretKey key) {
    return new Signing(SignatureKind.ED25519, key::sign);
  }
}
