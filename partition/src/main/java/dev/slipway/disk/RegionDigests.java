// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import dev.slipway.digest.Digest;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Digests regions of something whose data arrives in order; what is left out counts as zeros.
 *
 * <p>Regions cover everything without overlap. Zeros are digested only where data follows or where
 * the region's digest was asked for by name: an empty slot of gigabytes costs nothing.
 */
final class RegionDigests {
  private static final byte[] ZEROS = new byte[1 << 16];

  private final List<Region> regions;
  private final List<Optional<Digest>> finished = new ArrayList<>();
  private MessageDigest sha256 = Digest.sha256();
  private long zerosOwed;
  private boolean touched;
  private long position;

  RegionDigests(List<Region> covering) {
    this.regions = covering;
    endRegions();
  }

  void data(long offset, byte[] bytes, int length) {
    advance(null, offset - position);
    advance(bytes, length);
  }

  /** The digests in the order of the regions; none for an unnamed one without data. */
  List<Optional<Digest>> finish() {
    if (!regions.isEmpty()) {
      advance(null, regions.get(regions.size() - 1).end() - position);
    }
    return finished;
  }

  /** Takes bytes at the present position, or zeros when there is no array. */
  private void advance(byte[] bytes, long length) {
    long done = 0;
    while (done < length) {
      Region region = regions.get(finished.size());
      long count = Math.min(length - done, region.end() - position);
      if (bytes == null) {
        zerosOwed += count;
      } else {
        payZeros();
        touched = true;
        sha256.update(bytes, (int) done, (int) count);
      }
      position += count;
      done += count;
      endRegions();
    }
  }

  private void endRegions() {
    while (finished.size() < regions.size() && regions.get(finished.size()).end() == position) {
      boolean wanted = touched || !regions.get(finished.size()).name().isEmpty();
      if (wanted) {
        payZeros();
      }
      finished.add(wanted ? Optional.of(Digest.finish(sha256)) : Optional.empty());
      sha256 = Digest.sha256();
      zerosOwed = 0;
      touched = false;
    }
  }

  private void payZeros() {
    for (; zerosOwed > 0; zerosOwed -= Math.min(zerosOwed, ZEROS.length)) {
      sha256.update(ZEROS, 0, (int) Math.min(zerosOwed, ZEROS.length));
    }
  }
}
