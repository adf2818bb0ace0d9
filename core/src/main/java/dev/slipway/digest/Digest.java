// SPDX-License-Identifier: Apache-2.0
package dev.slipway.digest;

import dev.slipway.io.ByteSource;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** A SHA-256 digest: the name of some bytes. */
public final class Digest implements Comparable<Digest> {
  /** The length of a digest in bytes. */
  public static final int BYTES = 32;

  private static final HexFormat HEX = HexFormat.of();

  private final byte[] value;

  private Digest(byte[] value) {
    this.value = value;
  }

  /** The digest whose 32 bytes are given. */
  public static Digest fromBytes(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a SHA-256 digest has 32 bytes, not " + bytes.length);
    }
    return new Digest(bytes.clone());
  }

  /** Reads 64 hexadecimal digits of either case. */
  public static Digest parse(String hex) {
    if (hex.length() != 2 * BYTES) {
      throw new IllegalArgumentException(
          "a SHA-256 digest has 64 hexadecimal digits: \"" + hex + "\"");
    }
    try {
      return new Digest(HEX.parseHex(hex));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "a SHA-256 digest has 64 hexadecimal digits: \"" + hex + "\"", e);
    }
  }

  /** Digests an array. */
  public static Digest of(byte... bytes) {
    return new Digest(sha256().digest(bytes));
  }

  /** Digests everything a source gives. */
  public static Digest of(ByteSource source) throws IOException {
    try (InputStream in = source.open()) {
      return of(in);
    }
  }

  /** Digests the rest of a stream, which stays open. */
  public static Digest of(InputStream in) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[1 << 16];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      digest.update(buffer, 0, count);
    }
    return new Digest(digest.digest());
  }

  /**
   * A new SHA-256 engine of the JDK, which every Java has and which is many times faster than
   * others.
   */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Ends an engine made by {@link #sha256} and takes its digest. */
  public static Digest finish(MessageDigest sha256) {
    return fromBytes(sha256.digest());
  }

  public byte[] bytes() {
    return value.clone();
  }

  /** 64 lower-case hexadecimal digits. */
  public String hex() {
    return HEX.formatHex(value);
  }

  @Override
  public int compareTo(Digest other) {
    return Arrays.compareUnsigned(value, other.value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Digest that && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return hex();
  }
}
