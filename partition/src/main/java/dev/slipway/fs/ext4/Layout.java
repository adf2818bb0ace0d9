// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import static dev.slipway.fs.ext4.Ext4Constants.BLOCKS_PER_GROUP;
import static dev.slipway.fs.ext4.Ext4Constants.BLOCK_BYTES;
import static dev.slipway.fs.ext4.Ext4Constants.DESCRIPTOR_BYTES;
import static dev.slipway.fs.ext4.Ext4Constants.INODES_PER_BLOCK;
import static dev.slipway.fs.ext4.Ext4Constants.INODES_PER_GROUP_MAX;

import dev.slipway.io.Size;
import dev.slipway.tree.Content.Range;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides how many blocks and groups there are and which blocks each inode gets: the journal first,
 * then all directories, then files in path order.
 */
final class Layout {
  private static final int RESERVED_DESCRIPTOR_BLOCKS_MAX = BLOCK_BYTES / 4;

  private final Geometry geometry;
  private final long blockCount;
  private final FreeSpace space;

  private Layout(Geometry geometry, long blockCount, FreeSpace space) {
    this.geometry = geometry;
    this.blockCount = blockCount;
    this.space = space;
  }

  /**
   * Gives every inode its blocks.
   *
   * @throws IllegalArgumentException when a size is given and the tree needs more
   */
  static Layout of(List<NewInode> inodes, Ext4Options options) {
    if (options.size().isEmpty()) {
      return fitting(inodes, options);
    }
    Size size = options.size().get();
    long blocks = size.bytes() / BLOCK_BYTES;
    int groups = groupCount(blocks);
    long inodesWanted = Math.max(lastNumber(inodes), size.bytes() / options.bytesPerInode());
    Geometry geometry = geometry(groups, inodesWanted, INODES_PER_BLOCK, options);
    long lastStart = Geometry.firstBlock(groups - 1);
    if (groups > 1 && geometry.fixedEnd() > blocks && geometry.fixedEnd() > lastStart) {
      // Too few blocks at the end for a copy of the superblock: they stay unused.
      groups--;
      blocks = lastStart;
      geometry = geometry(groups, inodesWanted, INODES_PER_BLOCK, options);
    }
    boolean enoughInodes = (long) geometry.inodesPerGroup() * groups >= lastNumber(inodes);
    if (enoughInodes && geometry.fixedEnd() <= blocks) {
      FreeSpace space = place(inodes, geometry);
      if (space.end() <= blocks) {
        return new Layout(geometry, blocks, space);
      }
    }
    Size needed = Size.bytes(fitting(inodes, options).blockCount * BLOCK_BYTES);
    throw new IllegalArgumentException(
        "the tree needs "
            + (needed.compareTo(size) > 0 ? needed.toString() : "more inodes")
            + ", the file system holds "
            + size
            + "; make it larger or remove files");
  }

  private static Layout fitting(List<NewInode> inodes, Ext4Options options) {
    int last = lastNumber(inodes);
    int groups = (last + INODES_PER_GROUP_MAX - 1) / INODES_PER_GROUP_MAX;
    while (true) {
      Geometry geometry = geometry(groups, last, Stability.TABLE_STEP, options);
      FreeSpace space = place(inodes, geometry);
      long end = Math.max(space.end(), geometry.fixedEnd());
      int needed = groupCount(end);
      if (needed <= groups) {
        return new Layout(geometry, Math.max(end, Geometry.firstBlock(groups - 1) + 1), space);
      }
      groups = needed;
    }
  }

  private static Geometry geometry(
      int groups, long inodesWanted, int inodeStep, Ext4Options options) {
    long perGroup = (inodesWanted + groups - 1) / groups;
    long rounded = (perGroup + inodeStep - 1) / inodeStep * inodeStep;
    int reserved = 0;
    if (options.growTo().isPresent()) {
      long most = groupCount(options.growTo().get().bytes() / BLOCK_BYTES);
      long more = descriptorBlocks(most) - descriptorBlocks(groups);
      reserved = (int) Math.max(0, Math.min(more, RESERVED_DESCRIPTOR_BLOCKS_MAX));
    }
    return new Geometry(groups, (int) Math.min(rounded, INODES_PER_GROUP_MAX), reserved);
  }

  private static long descriptorBlocks(long groups) {
    return (groups * DESCRIPTOR_BYTES + BLOCK_BYTES - 1) / BLOCK_BYTES;
  }

  private static int groupCount(long blocks) {
    return Math.toIntExact((blocks + BLOCKS_PER_GROUP - 1) / BLOCKS_PER_GROUP);
  }

  private static int lastNumber(List<NewInode> inodes) {
    return inodes.stream().mapToInt(inode -> inode.number).max().orElseThrow();
  }

  private static FreeSpace place(List<NewInode> inodes, Geometry geometry) {
    var space = new FreeSpace(geometry);
    for (NewInode inode : inodes) {
      if (inode.sharedXattrs != null) {
        inode.sharedXattrs.place = -1;
      }
    }
    for (NewInode inode : inodes) {
      if (inode.number == Ext4Constants.JOURNAL_INODE) {
        give(inode, List.of(new Range(0, inode.sizeBytes)), space);
      } else if (inode.number == Ext4Constants.RESIZE_INODE) {
        ResizeInode.place(inode, geometry, space);
      }
    }
    space.align(Stability.BLOCK_STEP);
    for (NewInode inode : inodes) {
      if (inode.isDirectory()) {
        placeInode(inode, List.of(new Range(0, inode.sizeBytes)), space);
      }
    }
    space.align(Stability.AREA_STEP);
    for (NewInode inode : inodes) {
      if (inode.content != null) {
        placeInode(inode, inode.content.data(), space);
      } else if (!inode.isDirectory() && inode.number >= Ext4Constants.FIRST_INODE) {
        boolean longLink = inode.data != null;
        placeInode(inode, longLink ? List.of(new Range(0, inode.data.length)) : List.of(), space);
      }
    }
    return space;
  }

  private static void placeInode(NewInode inode, List<Range> data, FreeSpace space) {
    if (inode.anchor) {
      space.align(Stability.BLOCK_STEP);
    }
    give(inode, data, space);
    if (inode.sharedXattrs != null) {
      if (inode.sharedXattrs.place < 0) {
        inode.sharedXattrs.place = space.take(1).get(0).start();
      }
      inode.blockCount++;
    }
  }

  /** Gives blocks for ranges of data, and for an extent tree when there are many. */
  private static void give(NewInode inode, List<Range> data, FreeSpace space) {
    List<ExtentTree.Extent> extents = new ArrayList<>(1);
    long blocks = 0;
    for (Run logical : blocksOf(data)) {
      long at = logical.start();
      for (Run run : space.take(logical.count())) {
        extents.add(new ExtentTree.Extent(at, run));
        at += run.count();
        blocks += run.count();
      }
    }
    inode.extents = ExtentTree.cut(extents);
    inode.treeBlocks = new ArrayList<>(0);
    int tree = ExtentTree.blockCount(inode.extents.size());
    if (tree > 0) {
      for (Run run : space.take(tree)) {
        for (long block = run.start(); block < run.end(); block++) {
          inode.treeBlocks.add(block);
        }
      }
    }
    inode.blockCount = blocks + tree;
  }

  /** The blocks of a file that hold any byte of data. */
  private static List<Run> blocksOf(List<Range> data) {
    var runs = new ArrayList<Run>(1);
    for (Range range : data) {
      long start = range.offset() / BLOCK_BYTES;
      long end = (range.offset() + range.length() + BLOCK_BYTES - 1) / BLOCK_BYTES;
      Run before = runs.isEmpty() ? null : runs.get(runs.size() - 1);
      if (before != null && start <= before.end()) {
        runs.set(runs.size() - 1, new Run(before.start(), end - before.start()));
      } else {
        runs.add(new Run(start, end - start));
      }
    }
    return runs;
  }

  Geometry geometry() {
    return geometry;
  }

  long blockCount() {
    return blockCount;
  }

  /** What belongs to inodes, in the order of the blocks. */
  List<Run> taken() {
    return space.taken();
  }

  long freeBlockCount() {
    return blockCount - count(geometry.fixed()) - count(space.taken());
  }

  long fixedBlockCount() {
    return count(geometry.fixed());
  }

  private static long count(List<Run> runs) {
    return runs.stream().mapToLong(Run::count).sum();
  }
}
