// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import static dev.slipway.fs.ext4.Ext4Constants.BLOCKS_PER_GROUP;
import static dev.slipway.fs.ext4.Ext4Constants.BLOCK_BYTES;
import static dev.slipway.fs.ext4.Ext4Constants.DESCRIPTOR_BYTES;
import static dev.slipway.fs.ext4.Ext4Constants.INODES_PER_BLOCK;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Where the fixed structures of a file system lie: superblock and descriptors with their copies,
 * bitmaps and inode tables. It follows from the number of groups and the inodes in each.
 *
 * <p>Bitmaps and inode tables of sixteen groups lie together at the start of the first of them
 * (flex_bg), so that files find long runs behind.
 */
final class Geometry {
  /** {@code s_log_groups_per_flex}: sixteen groups, which is also what mke2fs takes. */
  static final int GROUPS_PER_FLEX_LOG2 = 4;

  private static final int GROUPS_PER_FLEX = 1 << GROUPS_PER_FLEX_LOG2;

  private final int groupCount;
  private final int inodesPerGroup;
  private final int reservedDescriptorBlocks;
  private final long[] blockBitmaps;
  private final long[] inodeBitmaps;
  private final long[] inodeTables;
  private final List<Run> fixed = new ArrayList<>();

  /**
   * Lays out the groups.
   *
   * @param inodesPerGroup a multiple of what one block holds
   * @param reservedDescriptorBlocks blocks kept behind the descriptors for growth
   */
  Geometry(int groupCount, int inodesPerGroup, int reservedDescriptorBlocks) {
    this.groupCount = groupCount;
    this.inodesPerGroup = inodesPerGroup;
    this.reservedDescriptorBlocks = reservedDescriptorBlocks;
    this.blockBitmaps = new long[groupCount];
    this.inodeBitmaps = new long[groupCount];
    this.inodeTables = new long[groupCount];
    for (int group = 0; group < groupCount; group++) {
      if (hasSuperblock(group)) {
        fixed.add(new Run(firstBlock(group), superblockRunBlocks()));
      }
    }
    for (int first = 0; first < groupCount; first += GROUPS_PER_FLEX) {
      placeFlexGroup(first, Math.min(groupCount, first + GROUPS_PER_FLEX));
    }
    fixed.sort(Comparator.comparingLong(Run::start));
  }

  private void placeFlexGroup(int first, int end) {
    long at = firstBlock(first);
    for (int group = first; group < end; group++) {
      blockBitmaps[group] = at = place(at, 1);
      at++;
    }
    for (int group = first; group < end; group++) {
      inodeBitmaps[group] = at = place(at, 1);
      at++;
    }
    for (int group = first; group < end; group++) {
      inodeTables[group] = at = place(at, inodeTableBlocks());
      at += inodeTableBlocks();
    }
  }

  /** Takes the first place from {@code at} on that no copy of the superblock is in the way of. */
  private long place(long at, int blocks) {
    long start = at;
    for (int group = group(at); firstBlock(group) < start + blocks; group++) {
      if (hasSuperblock(group)) {
        long end = firstBlock(group) + superblockRunBlocks();
        if (start < end && firstBlock(group) < start + blocks) {
          start = end;
        }
      }
    }
    fixed.add(new Run(start, blocks));
    return start;
  }

  /** Whether a group starts with a copy of the superblock: 0, 1 and powers of 3, 5 and 7. */
  static boolean hasSuperblock(int group) {
    return group <= 1 || isPower(group, 3) || isPower(group, 5) || isPower(group, 7);
  }

  private static boolean isPower(int number, int base) {
    int rest = number;
    while (rest % base == 0) {
      rest /= base;
    }
    return rest == 1;
  }

  static long firstBlock(int group) {
    return (long) group * BLOCKS_PER_GROUP;
  }

  static int group(long block) {
    return Math.toIntExact(block / BLOCKS_PER_GROUP);
  }

  int groupCount() {
    return groupCount;
  }

  int inodesPerGroup() {
    return inodesPerGroup;
  }

  int inodeTableBlocks() {
    return inodesPerGroup / INODES_PER_BLOCK;
  }

  int descriptorBlocks() {
    return (int) (((long) groupCount * DESCRIPTOR_BYTES + BLOCK_BYTES - 1) / BLOCK_BYTES);
  }

  int reservedDescriptorBlocks() {
    return reservedDescriptorBlocks;
  }

  private int superblockRunBlocks() {
    return 1 + descriptorBlocks() + reservedDescriptorBlocks;
  }

  long blockBitmap(int group) {
    return blockBitmaps[group];
  }

  long inodeBitmap(int group) {
    return inodeBitmaps[group];
  }

  long inodeTable(int group) {
    return inodeTables[group];
  }

  /** Everything that is not a file's, in the order of the blocks. */
  List<Run> fixed() {
    return fixed;
  }

  /** The first block behind all fixed structures. */
  long fixedEnd() {
    return fixed.get(fixed.size() - 1).end();
  }
}
