// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import dev.slipway.digest.Digest;
import java.util.Objects;

/**
 * A file in a bundle that makes a slot's new image from an earlier one.
 *
 * @param from the digest of the image that must be there already
 * @param fromVersion what that release was called, for people to read
 * @param file the name of the delta in the bundle
 * @param sizeBytes of the delta
 * @param digest of the delta
 */
public record BundleDelta(
    Digest from, String fromVersion, String file, long sizeBytes, Digest digest) {
  public BundleDelta {
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(fromVersion, "fromVersion");
    BundleManifest.requireFileName(file);
    Objects.requireNonNull(digest, "digest");
    if (sizeBytes < 0) {
      throw new IllegalArgumentException("a size is not negative: " + sizeBytes);
    }
  }
}
