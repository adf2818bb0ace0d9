// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import dev.slipway.digest.Digest;
import java.time.Instant;

/**
 * One thing in a store.
 *
 * @param digest a blob's digest, or the digest of a result's key
 * @param label a blob's label, or a result's step
 */
public record StoreEntry(Kind kind, Digest digest, long size, Instant lastUse, String label) {

  /** What things are. */
  public enum Kind {
    /** Any bytes: a package, an index, an image. */
    BLOB,
    /** Many contents in one blob. */
    PACK,
    /** The metadata of a tree. */
    TREE,
    /** What a step gave for a key. */
    RESULT
  }
}
