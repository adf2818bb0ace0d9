// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import dev.slipway.io.FormatException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * An Ed25519 key that checks signatures: 32 bytes, written as base64.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8032">RFC 8032</a>
 */
public final class Ed25519PublicKey {
  /** The length of a key in bytes. */
  public static final int BYTES = 32;

  /** The length of a signature in bytes. */
  public static final int SIGNATURE_BYTES = 64;

  /** What stands before the key in X.509's form of it (RFC 8410, 4). */
  private static final byte[] X509_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  private final byte[] bytes;
  private final PublicKey key;

  private Ed25519PublicKey(byte[] bytes, PublicKey key) {
    this.bytes = bytes;
    this.key = key;
  }

  /**
   * The key of 32 bytes.
   *
   * @param source where it was found, for error messages
   */
  public static Ed25519PublicKey of(byte[] bytes, String source) throws FormatException {
    if (bytes.length != BYTES) {
      throw new FormatException(
          source + ": an Ed25519 key has " + BYTES + " bytes, this one has " + bytes.length);
    }
    byte[] encoded = Arrays.copyOf(X509_PREFIX, X509_PREFIX.length + BYTES);
    System.arraycopy(bytes, 0, encoded, X509_PREFIX.length, BYTES);
    try {
      PublicKey key =
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
      return new Ed25519PublicKey(bytes.clone(), key);
    } catch (GeneralSecurityException e) {
      throw new FormatException(source + ": no Ed25519 key: " + e.getMessage(), e);
    }
  }

  /** The key that a line of base64 says. */
  public static Ed25519PublicKey parse(String base64, String source) throws FormatException {
    try {
      return of(Base64.getDecoder().decode(base64.strip()), source);
    } catch (IllegalArgumentException e) {
      throw new FormatException(source + ": \"" + base64.strip() + "\" is not base64", e);
    }
  }

  /** Whether a signature was made by this key's owner over exactly this data. */
  public boolean verifies(byte[] data, byte[] signature) {
    if (signature.length != SIGNATURE_BYTES) {
      return false;
    }
    try {
      Signature engine = Signature.getInstance("Ed25519");
      engine.initVerify(key);
      engine.update(data);
      return engine.verify(signature);
    } catch (SignatureException e) {
      return false; // bytes that no signature has
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java 17 platform has Ed25519", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Ed25519PublicKey that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Base64, as key files have it. */
  @Override
  public String toString() {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
