// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

/**
 * Where the data of a file lies: whole blocks one after the other from {@link #start} on, or a part
 * of a fragment block that small files share. Filled in as its blocks come out of the queue.
 */
final class StoredFile {
  static final int NO_FRAGMENT = -1;

  /** The bit of a block's size that says it is not compressed. */
  static final int PLAIN = 1 << 24;

  /** A block of zeros, which takes no space. */
  static final int SPARSE = 0;

  private final int[] blockSizes;
  private long start;
  private boolean started;
  private int fragment = NO_FRAGMENT;
  private int fragmentOffset;

  StoredFile(int blockCount) {
    blockSizes = new int[blockCount];
  }

  /** Says where block number {@code index} was put. */
  void put(int index, long offset, BlockPacker.Packed packed) {
    if (!started) {
      start = offset;
      started = true;
    }
    blockSizes[index] = packed.bytes().length | (packed.plain() ? PLAIN : 0);
  }

  void putFragment(int number, int offset) {
    fragment = number;
    fragmentOffset = offset;
  }

  long start() {
    return start;
  }

  /** One for each block; 0 for a block of zeros. */
  int[] blockSizes() {
    return blockSizes;
  }

  int fragment() {
    return fragment;
  }

  int fragmentOffset() {
    return fragmentOffset;
  }
}
