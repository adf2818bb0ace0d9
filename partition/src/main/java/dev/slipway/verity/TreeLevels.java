// SPDX-License-Identifier: Apache-2.0
package dev.slipway.verity;

import java.util.ArrayList;
import java.util.List;

/** Where the levels of a tree lie, the lowest first in this list and last in the tree. */
record TreeLevels(long dataBlocks, List<Level> levels) {
  static final int BLOCK_BYTES = 4096;
  static final int DIGEST_BYTES = 32;
  static final int DIGESTS_PER_BLOCK = BLOCK_BYTES / DIGEST_BYTES;

  /**
   * One level.
   *
   * @param firstBlock where it starts in the tree, counted in blocks
   */
  record Level(long firstBlock, long blockCount) {}

  static TreeLevels of(long dataBytes) {
    if (dataBytes <= 0 || dataBytes % BLOCK_BYTES != 0) {
      throw new IllegalArgumentException(
          "a hash tree needs data in whole blocks of " + BLOCK_BYTES + " bytes, not " + dataBytes);
    }
    long dataBlocks = dataBytes / BLOCK_BYTES;
    var counts = new ArrayList<Long>();
    for (long count = dataBlocks; count > 1; ) {
      count = (count + DIGESTS_PER_BLOCK - 1) / DIGESTS_PER_BLOCK;
      counts.add(count);
    }
    var levels = new ArrayList<Level>();
    long above = counts.stream().mapToLong(Long::longValue).sum();
    for (long count : counts) {
      above -= count;
      levels.add(new Level(above, count));
    }
    return new TreeLevels(dataBlocks, List.copyOf(levels));
  }

  long treeBytes() {
    return levels.stream().mapToLong(Level::blockCount).sum() * BLOCK_BYTES;
  }
}
