// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.io.StructReader;
import dev.slipway.tree.Node.Symlink;
import java.io.IOException;
import java.util.Arrays;

/**
 * An inode that was read: see {@link InodeTable} for the form. What a kind does not have is 0.
 *
 * @param type the basic type
 * @param start of a file's blocks in the image, or of a directory's listing in its table
 * @param offset in a file's fragment, or in the metadata block where a listing starts
 * @param xattrs the number of its attributes; {@link XattrTable#NONE}
 */
record ReadInode(
    int type,
    int mode,
    int uidIndex,
    int gidIndex,
    long mtimeSeconds,
    long number,
    long size,
    long start,
    long fragment,
    long offset,
    int[] blockSizes,
    byte[] target,
    long device,
    long xattrs) {
  /** Lists of blocks are taken in steps, so that a size that is a lie costs nothing. */
  private static final int BLOCKS_AT_ONCE = 1 << 12;

  private static final int[] NO_BLOCKS = {};
  private static final byte[] NO_TARGET = {};

  /**
   * Reads an inode.
   *
   * @param blocksMax how many blocks its file may have
   */
  static ReadInode read(ReadBlocks blocks, MetadataCursor at, String what, long blocksMax)
      throws IOException {
    StructReader header = at.fields(InodeTable.HEADER_BYTES);
    int type = header.u16(0, "inode_type");
    if (type < 1 || type > 2 * InodeType.EXTENDED) {
      throw header.error(0, "inode_type", "found " + type + ", known are 1 to 14");
    }
    boolean extended = type > InodeType.EXTENDED;
    var common = new Common(header, extended ? type - InodeType.EXTENDED : type);
    return switch (common.type) {
      case InodeType.DIRECTORY -> directory(common, at, extended);
      case InodeType.FILE -> file(common, blocks, at, what, extended, blocksMax);
      case InodeType.SYMLINK -> symlink(common, at, extended);
      case InodeType.BLOCK_DEVICE, InodeType.CHARACTER_DEVICE -> {
        StructReader in = at.fields(extended ? 12 : 8);
        long attributes = extended ? in.u32(8, "xattr") : XattrTable.NONE;
        yield common.with(0, 0, 0, 0, NO_BLOCKS, NO_TARGET, in.u32(4, "rdev"), attributes);
      }
      default -> {
        StructReader in = at.fields(extended ? 8 : 4);
        long attributes = extended ? in.u32(4, "xattr") : XattrTable.NONE;
        yield common.with(0, 0, 0, 0, NO_BLOCKS, NO_TARGET, 0, attributes);
      }
    };
  }

  /** The fields that every inode starts with. */
  private record Common(StructReader header, int type) {
    ReadInode with(
        long size,
        long start,
        long fragment,
        long offset,
        int[] blockSizes,
        byte[] target,
        long device,
        long xattrs)
        throws IOException {
      return new ReadInode(
          type,
          header.u16(2, "mode"),
          header.u16(4, "uid"),
          header.u16(6, "guid"),
          header.u32(8, "mtime"),
          header.u32(12, "inode_number"),
          size,
          start,
          fragment,
          offset,
          blockSizes,
          target,
          device,
          xattrs);
    }
  }

  /** The index for fast look-ups that may follow is not needed here. */
  private static ReadInode directory(Common common, MetadataCursor at, boolean extended)
      throws IOException {
    StructReader in = at.fields(extended ? 24 : 16);
    long size = extended ? in.u32(4, "file_size") : in.u16(8, "file_size");
    if (size < 3) {
      throw in.error(extended ? 4 : 8, "file_size", "found " + size + ", 3 is an empty directory");
    }
    return common.with(
        size - 3,
        in.u32(extended ? 8 : 0, "start_block"),
        0,
        in.u16(extended ? 18 : 10, "offset"),
        NO_BLOCKS,
        NO_TARGET,
        0,
        extended ? in.u32(20, "xattr") : XattrTable.NONE);
  }

  private static ReadInode symlink(Common common, MetadataCursor at, boolean extended)
      throws IOException {
    StructReader in = at.fields(8);
    long size = in.u32(4, "symlink_size");
    if (size == 0 || size > Symlink.TARGET_BYTES_MAX) {
      throw in.error(4, "symlink_size", "found " + size + ", 1 to 4095 are right");
    }
    byte[] target = at.read((int) size);
    long attributes = extended ? at.fields(4).u32(0, "xattr") : XattrTable.NONE;
    return common.with(size, 0, 0, 0, NO_BLOCKS, target, 0, attributes);
  }

  private static ReadInode file(
      Common common,
      ReadBlocks blocks,
      MetadataCursor at,
      String what,
      boolean extended,
      long blocksMax)
      throws IOException {
    StructReader in = at.fields(extended ? 40 : 16);
    long start = extended ? in.u64(0, "start_block") : in.u32(0, "start_block");
    long size = extended ? in.u64(8, "file_size") : in.u32(12, "file_size");
    long fragment = in.u32(extended ? 28 : 4, "fragment");
    long offset = in.u32(extended ? 32 : 8, "offset");
    long attributes = extended ? in.u32(36, "xattr") : XattrTable.NONE;
    if (size < 0) {
      throw in.error(8, "file_size", "found " + Long.toUnsignedString(size));
    }
    long blockBytes = blocks.superblock().blockBytes();
    long tail = size % blockBytes;
    long count = size / blockBytes;
    if (tail > 0 && fragment == InodeTable.NO_FRAGMENT) {
      count++;
    }
    if (count > blocksMax) {
      throw in.error(
          extended ? 8 : 12, "file_size", "found " + size + ": too many blocks to read: " + count);
    }
    int[] sizes = blockSizes(blocks, at, what, (int) count);
    long stored = 0;
    for (int each : sizes) {
      stored += ReadBlocks.storedBytes(each);
    }
    if (stored > 0) {
      blocks.requireInside(start, stored, what);
    }
    boolean inFragment = tail > 0 && fragment != InodeTable.NO_FRAGMENT;
    return common.with(
        size,
        start,
        inFragment ? fragment : InodeTable.NO_FRAGMENT,
        offset,
        sizes,
        NO_TARGET,
        0,
        attributes);
  }

  private static int[] blockSizes(ReadBlocks blocks, MetadataCursor at, String what, int count)
      throws IOException {
    int[] sizes = NO_BLOCKS;
    for (int done = 0; done < count; ) {
      int step = Math.min(BLOCKS_AT_ONCE, count - done);
      StructReader in = at.fields(4 * step);
      if (done + step > sizes.length) {
        sizes = Arrays.copyOf(sizes, Math.min(count, Math.max(step, 2 * sizes.length)));
      }
      for (int i = 0; i < step; i++) {
        sizes[done + i] = (int) in.u32(4 * i, "block size");
        blocks.requireBlockSize(sizes[done + i], what);
      }
      done += step;
    }
    return sizes;
  }
}
