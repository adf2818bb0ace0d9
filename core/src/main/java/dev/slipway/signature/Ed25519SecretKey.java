// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import dev.slipway.io.FormatException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * An Ed25519 key that makes signatures. ostree and libsodium keep the 32 bytes of the seed and the
 * 32 bytes of the public key together, as base64.
 */
public final class Ed25519SecretKey {
  private static final int SEED_BYTES = 32;

  /** What stands before the seed in PKCS #8's form of it (RFC 8410, 7). */
  private static final byte[] PKCS8_PREFIX =
      HexFormat.of().parseHex("302e020100300506032b657004220420");

  private final PrivateKey key;
  private final Ed25519PublicKey publicKey;

  private Ed25519SecretKey(PrivateKey key, Ed25519PublicKey publicKey) {
    this.key = key;
    this.publicKey = publicKey;
  }

  /**
   * The key that a line of base64 says: seed and public key, 64 bytes.
   *
   * @param source where it was found, for error messages, which never show the key
   * @throws FormatException if it is no such key, or its halves do not belong together
   */
  public static Ed25519SecretKey parse(String base64, String source) throws FormatException {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64.strip());
    } catch (IllegalArgumentException e) {
      throw new FormatException(source + ": the secret key is not base64", e);
    }
    if (bytes.length != SEED_BYTES + Ed25519PublicKey.BYTES) {
      throw new FormatException(
          source
              + ": a secret key has 64 bytes, seed and public key; this one has "
              + bytes.length);
    }
    byte[] encoded = Arrays.copyOf(PKCS8_PREFIX, PKCS8_PREFIX.length + SEED_BYTES);
    System.arraycopy(bytes, 0, encoded, PKCS8_PREFIX.length, SEED_BYTES);
    try {
      var key =
          new Ed25519SecretKey(
              KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded)),
              Ed25519PublicKey.of(Arrays.copyOfRange(bytes, SEED_BYTES, bytes.length), source));
      if (!key.publicKey.verifies(PKCS8_PREFIX, key.sign(PKCS8_PREFIX))) {
        throw new FormatException(source + ": the secret key's halves do not belong together");
      }
      return key;
    } catch (GeneralSecurityException e) {
      throw new FormatException(source + ": no Ed25519 key", e);
    }
  }

  /** The key that checks what this one signs. */
  public Ed25519PublicKey publicKey() {
    return publicKey;
  }

  /** Signs data: 64 bytes, the same each time. */
  public byte[] sign(byte[] data) {
    try {
      Signature engine = Signature.getInstance("Ed25519");
      engine.initSign(key);
      engine.update(data);
      return engine.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java 17 platform has Ed25519", e);
    }
  }
}
