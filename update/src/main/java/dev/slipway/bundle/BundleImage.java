// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import dev.slipway.digest.Digest;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a slot shall hold after an update, and the ways to get there.
 *
 * @param slot the class of slots it is for: {@code rootfs}
 * @param sizeBytes of the image
 * @param digest of the image
 * @param file the name of the whole image in the bundle; nothing when the bundle has only deltas
 * @param adaptive whether the index of its blocks' digests is in the bundle, too: see {@link
 *     BlockHashIndex}
 * @param deltas at most one from each earlier image
 */
public record BundleImage(
    String slot,
    long sizeBytes,
    Digest digest,
    Optional<String> file,
    boolean adaptive,
    List<BundleDelta> deltas) {
  public BundleImage {
    if (!slot.matches("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}")) {
      throw new IllegalArgumentException(
          "a slot's name has 1 to 64 letters, digits, and - _ . inside: \"" + slot + "\"");
    }
    if (sizeBytes <= 0) {
      throw new IllegalArgumentException(
          "the image for slot " + slot + " is empty: " + sizeBytes + " bytes");
    }
    Objects.requireNonNull(digest, "digest");
    file.ifPresent(BundleManifest::requireFileName);
    deltas = List.copyOf(deltas);
    if (file.isEmpty() && deltas.isEmpty()) {
      throw new IllegalArgumentException(
          "slot " + slot + " has neither an image nor a delta; one of them is needed");
    }
    if (deltas.stream().map(BundleDelta::from).distinct().count() < deltas.size()) {
      throw new IllegalArgumentException("slot " + slot + " has two deltas from the same image");
    }
  }

  /** The delta that fits what a slot holds now. */
  public Optional<BundleDelta> deltaFrom(Digest current) {
    return deltas.stream().filter(delta -> delta.from().equals(current)).findFirst();
  }
}
