// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import static dev.slipway.fs.ext4.Ext4Constants.BLOCKS_PER_GROUP;
import static dev.slipway.fs.ext4.Ext4Constants.BLOCK_BYTES;
import static dev.slipway.fs.ext4.Ext4Constants.FIRST_INODE;

import java.util.List;

/** Makes the bitmaps of one group after the other, from runs of blocks and a list of inodes. */
final class GroupBitmaps {
  /**
   * The bitmaps of a group, a block each, and what they count up to.
   *
   * @param lastInodeUsed how many inodes there are up to the last one in use
   */
  record Group(
      byte[] blocks,
      byte[] inodes,
      int freeBlockCount,
      int freeInodeCount,
      int directoryCount,
      int lastInodeUsed) {
    boolean anyBlockUsed() {
      return freeBlockCount < BLOCKS_PER_GROUP;
    }
  }

  private final Layout layout;
  private final Geometry geometry;
  private final List<NewInode> inodes;
  private int group;
  private int nextInode;
  private int nextFixed;
  private int nextTaken;

  GroupBitmaps(Layout layout, List<NewInode> inodes) {
    this.layout = layout;
    this.geometry = layout.geometry();
    this.inodes = inodes;
  }

  /** The next group, in order. */
  Group next() {
    long first = Geometry.firstBlock(group);
    byte[] blocks = new byte[BLOCK_BYTES];
    nextFixed = mark(blocks, first, geometry.fixed(), nextFixed);
    nextTaken = mark(blocks, first, layout.taken(), nextTaken);
    long here = Math.min(BLOCKS_PER_GROUP, layout.blockCount() - first);
    set(blocks, (int) here, BLOCKS_PER_GROUP); // blocks behind the end count as used
    int freeBlocks = 8 * BLOCK_BYTES - ones(blocks);

    int perGroup = geometry.inodesPerGroup();
    byte[] used = new byte[BLOCK_BYTES];
    int directories = 0;
    int last = 0;
    if (group == 0) {
      set(used, 0, FIRST_INODE - 1); // the reserved ones
      last = FIRST_INODE - 1;
    }
    while (nextInode < inodes.size() && (inodes.get(nextInode).number - 1) / perGroup == group) {
      NewInode inode = inodes.get(nextInode++);
      int index = (inode.number - 1) % perGroup;
      set(used, index, index + 1);
      last = Math.max(last, index + 1);
      directories += inode.isDirectory() ? 1 : 0;
    }
    int freeInodes = perGroup - ones(used);
    set(used, perGroup, 8 * BLOCK_BYTES);
    group++;
    return new Group(blocks, used, freeBlocks, freeInodes, directories, last);
  }

  /** Marks the part of the runs that lies in this group; gives the first run that may go on. */
  private static int mark(byte[] bitmap, long first, List<Run> runs, int from) {
    int index = from;
    while (index < runs.size() && runs.get(index).start() < first + BLOCKS_PER_GROUP) {
      Run run = runs.get(index);
      long end = Math.min(run.end() - first, BLOCKS_PER_GROUP);
      set(bitmap, (int) Math.max(0, run.start() - first), (int) end);
      if (run.end() > first + BLOCKS_PER_GROUP) {
        break;
      }
      index++;
    }
    return index;
  }

  private static void set(byte[] bitmap, int from, int to) {
    for (int bit = from; bit < to; ) {
      if (bit % 8 == 0 && to - bit >= 8) {
        bitmap[bit / 8] = (byte) 0xff;
        bit += 8;
      } else {
        bitmap[bit / 8] |= (byte) (1 << bit % 8);
        bit++;
      }
    }
  }

  private static int ones(byte[] bitmap) {
    int count = 0;
    for (byte b : bitmap) {
      count += Integer.bitCount(b & 0xff);
    }
    return count;
  }
}
