// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import dev.slipway.gpt.GptEntry;
import dev.slipway.volume.Volume;

/**
 * A partition of a planned disk.
 *
 * @param offsetBytes where it starts on the disk
 * @param sizeBytes all of it, content and the zeros behind
 * @param content what stands at its start
 */
public record DiskPartition(GptEntry entry, long offsetBytes, long sizeBytes, Volume content) {
  public int number() {
    return entry.number();
  }

  public String name() {
    return entry.name();
  }
}
