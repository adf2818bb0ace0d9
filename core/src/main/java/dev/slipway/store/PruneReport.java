// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import dev.slipway.io.Size;
import java.util.List;

/**
 * What pruning did.
 *
 * @param removed what went, the least recently used first
 * @param keptBytes how much is still there
 * @param inUseBytes how much of that was spared because a living process uses it
 */
public record PruneReport(List<StoreEntry> removed, long keptBytes, long inUseBytes) {

  public long freedBytes() {
    return removed.stream().mapToLong(StoreEntry::size).sum();
  }

  @Override
  public String toString() {
    return "removed "
        + removed.size()
        + " entries, "
        + Size.bytes(freedBytes())
        + "; kept "
        + Size.bytes(keptBytes)
        + (inUseBytes > 0 ? ", " + Size.bytes(inUseBytes) + " of it in use" : "");
  }
}
