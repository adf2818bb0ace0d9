// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree.object;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.gvariant.Variant;

/** Checksums within objects: 32 plain bytes. */
public final class Checksums {
  private Checksums() {}

  /** A checksum as {@code ay}. */
  public static Variant of(Digest checksum) {
    return Variant.bytes(checksum.bytes());
  }

  /** Reads a checksum from an {@code ay} of any length. */
  public static Digest read(Variant bytes, String source) throws FormatException {
    if (bytes.size() != Digest.BYTES) {
      throw new FormatException(
          source + ": a checksum of " + bytes.size() + " bytes, expected " + Digest.BYTES);
    }
    return Digest.fromBytes(bytes.asBytes());
  }
}
