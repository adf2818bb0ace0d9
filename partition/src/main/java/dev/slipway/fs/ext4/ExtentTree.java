// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import static dev.slipway.fs.ext4.Ext4Constants.BLOCK_BYTES;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a file's blocks lie: up to four extents in the inode itself, beyond that a tree of blocks
 * whose root is in the inode.
 *
 * @see <a href="https://docs.kernel.org/filesystems/ext4/dynamic.html#extent-tree">Extent tree</a>
 */
final class ExtentTree {
  static final int MAGIC = 0xf30a; // EXT4_EXT_MAGIC
  static final int HEADER_BYTES = 12;
  static final int ENTRY_BYTES = 12;
  static final int DEPTH_MAX = 5; // EXT4_MAX_EXTENT_DEPTH
  static final int ROOT_BYTES = 60;

  /** The most blocks of one initialized extent ({@code EXT_INIT_MAX_LEN}). */
  static final int LENGTH_MAX = 1 << 15;

  private static final int ROOT_ENTRIES = 4;
  private static final int TAIL_BYTES = 4;
  private static final int BLOCK_ENTRIES = (BLOCK_BYTES - HEADER_BYTES - TAIL_BYTES) / ENTRY_BYTES;

  /** Blocks of a file from {@code logical} on, which lie in {@code run}. */
  record Extent(long logical, Run run) {}

  /** A line of any level: an extent at depth 0, otherwise the block of the level below. */
  private record Line(long logical, long physical, int length) {}

  /** What becomes of a tree: the bytes in the inode and those of each further block. */
  record Built(byte[] root, List<byte[]> blocks) {}

  private ExtentTree() {}

  /** Extents so short that the format can state them. */
  static List<Extent> cut(List<Extent> extents) {
    var cut = new ArrayList<Extent>(extents.size());
    for (Extent extent : extents) {
      for (long done = 0; done < extent.run().count(); done += LENGTH_MAX) {
        long count = Math.min(LENGTH_MAX, extent.run().count() - done);
        cut.add(new Extent(extent.logical() + done, new Run(extent.run().start() + done, count)));
      }
    }
    return cut;
  }

  /** How many blocks a tree needs beside the inode, for extents that are cut already. */
  static int blockCount(int extents) {
    int total = 0;
    for (int lines = extents; lines > ROOT_ENTRIES; ) {
      lines = (lines + BLOCK_ENTRIES - 1) / BLOCK_ENTRIES;
      total += lines;
    }
    return total;
  }

  /**
   * Builds a tree.
   *
   * @param places the numbers of the blocks it may use: as many as {@link #blockCount} says
   */
  static Built build(
      List<Extent> extents, List<Long> places, int inode, MetadataChecksum checksum) {
    var lines = new ArrayList<Line>(extents.size());
    for (Extent extent : extents) {
      lines.add(
          new Line(extent.logical(), extent.run().start(), Math.toIntExact(extent.run().count())));
    }
    var blocks = new ArrayList<byte[]>();
    int depth = 0;
    while (lines.size() > ROOT_ENTRIES) {
      var above = new ArrayList<Line>();
      for (int from = 0; from < lines.size(); from += BLOCK_ENTRIES) {
        List<Line> part = lines.subList(from, Math.min(lines.size(), from + BLOCK_ENTRIES));
        byte[] block = node(BLOCK_BYTES, BLOCK_ENTRIES, depth, part);
        int tail = HEADER_BYTES + BLOCK_ENTRIES * ENTRY_BYTES;
        int value = checksum.startInode(inode, 0).bytes(block, 0, tail).value();
        ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).putInt(tail, value); // et_checksum
        above.add(new Line(part.get(0).logical(), places.get(blocks.size()), 0));
        blocks.add(block);
      }
      lines = above;
      depth++;
    }
    return new Built(node(ROOT_BYTES, ROOT_ENTRIES, depth, lines), blocks);
  }

  private static byte[] node(int bytes, int entriesMax, int depth, List<Line> lines) {
    ByteBuffer node = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    node.putShort((short) MAGIC); // eh_magic
    node.putShort((short) lines.size()); // eh_entries
    node.putShort((short) entriesMax); // eh_max
    node.putShort((short) depth); // eh_depth
    node.putInt(0); // eh_generation
    for (Line line : lines) {
      node.putInt((int) line.logical()); // ee_block, ei_block
      if (depth == 0) {
        node.putShort((short) line.length()); // ee_len
        node.putShort((short) (line.physical() >>> 32)); // ee_start_hi
        node.putInt((int) line.physical()); // ee_start_lo
      } else {
        node.putInt((int) line.physical()); // ei_leaf_lo
        node.putShort((short) (line.physical() >>> 32)); // ei_leaf_hi
        node.putShort((short) 0); // ei_unused
      }
    }
    return node.array();
  }
}
