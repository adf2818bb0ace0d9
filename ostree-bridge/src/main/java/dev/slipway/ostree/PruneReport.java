// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import java.util.List;

/**
 * What pruning found and removed.
 *
 * @param objects how many there were
 * @param removed how many nothing leads to
 * @param bytesFreed their size on the disk
 * @param deltas static deltas that were removed, as {@code fromhex-tohex} or {@code tohex}
 */
public record PruneReport(int objects, int removed, long bytesFreed, List<String> deltas) {
  public PruneReport {
    deltas = List.copyOf(deltas);
  }
}
