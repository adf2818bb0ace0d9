// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.gvariant.VariantDict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the copies of commits' detached metadata in the heads of stored deltas in step with the
 * repository: a client that pulls by a delta sees no other signatures than those in its head.
 *
 * <p>A head that a summary or an index lists by its digest must not change before these do, or
 * clients refuse it. So signing renews only the others; writing the summary renews all. A head
 * keeps what it has when there is nothing to renew it from: the metadata beside the commit is
 * missing, or damaged, which {@code fsck} says.
 */
final class DeltaSignatures {
  private DeltaSignatures() {}

  /** Renews the heads of deltas, just before they are listed anew. */
  static void refresh(OstreeRepository repository, List<DeltaName> deltas) throws IOException {
    for (DeltaName delta : deltas) {
      refresh(repository, delta);
    }
  }

  /** Renews the heads of those deltas to a commit that nothing lists. */
  static void refreshUnlisted(OstreeRepository repository, Digest commit) throws IOException {
    Optional<Summary> summary = repository.summary();
    for (DeltaName delta : StoredDeltas.list(repository)) {
      if (delta.to().equals(commit) && !isListed(repository, summary, delta)) {
        refresh(repository, delta);
      }
    }
  }

  private static boolean isListed(
      OstreeRepository repository, Optional<Summary> summary, DeltaName delta) throws IOException {
    if (summary.isPresent() && summary.get().superblock(delta).flatMap(d -> d).isPresent()) {
      return true;
    }
    Path index = repository.directory().resolve(delta.indexPath());
    return Files.exists(index)
        && StoredDeltas.indexed(Files.readAllBytes(index), index.toString())
            .find(delta.toString(), "ay")
            .isPresent();
  }

  private static void refresh(OstreeRepository repository, DeltaName delta) throws IOException {
    Path place = repository.directory().resolve(delta.path());
    DeltaSuperblock there;
    Optional<VariantDict> detached;
    try {
      there = StaticDelta.superblock(place, DeltaLimits.DEFAULT);
      detached = repository.findDetachedMetadata(delta.to());
    } catch (FormatException e) {
      return; // a signed head, or damage: clients will say so, and listing it changes nothing
    }
    if (detached.isPresent() && !Arrays.equals(bytes(there.detached()), bytes(detached))) {
      Directories.replace(
          place.resolve(DeltaSuperblock.FILE),
          there.withDetached(detached).toBytes(),
          repository.syncs());
    }
  }

  private static byte[] bytes(Optional<VariantDict> metadata) {
    return metadata.map(VariantDict::toBytes).orElseGet(() -> new byte[0]);
  }
}
