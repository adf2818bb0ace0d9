// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import dev.slipway.io.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the blocks of a file, through an extent tree or through the older lists of block numbers
 * (twelve in the inode, then blocks of numbers in one, two and three steps).
 */
final class BlockMapReader {
  private static final int DIRECT = 12;
  private static final int STEPS_MAX = 3;

  private final ReadBlocks blocks;
  private final int blockBytes;
  private final ReadInode inode;
  private final List<ExtentTree.Extent> found = new ArrayList<>(1);

  /** The first block of the file that has not been mapped yet. */
  private long next;

  private BlockMapReader(ReadBlocks blocks, ReadInode inode) {
    this.blocks = blocks;
    this.blockBytes = blocks.superblock().blockBytes();
    this.inode = inode;
  }

  /** The parts of a file that hold data, clipped to its size. */
  static FileMap read(ReadBlocks blocks, ReadInode inode) throws IOException {
    var reader = new BlockMapReader(blocks, inode);
    if (inode.has(Ext4Constants.FLAG_EXTENTS)) {
      ByteBuffer root = little(inode.blockField());
      reader.readNode(root, inode.offset() + 0x28, ExtentTree.DEPTH_MAX + 1);
    } else {
      reader.readLists();
    }
    var parts = new ArrayList<FileMap.Part>(reader.found.size());
    for (ExtentTree.Extent extent : reader.found) {
      long start = Math.multiplyExact(extent.logical(), (long) reader.blockBytes);
      long length = Math.min(extent.run().count() * reader.blockBytes, inode.sizeBytes() - start);
      if (length > 0) {
        parts.add(new FileMap.Part(start, extent.run().start() * reader.blockBytes, length));
      }
    }
    return new FileMap(blocks.source(), inode.sizeBytes(), parts);
  }

  /**
   * Reads one node of an extent tree.
   *
   * @param depthLimit one more than the depth that is allowed here; exact below the root
   */
  private void readNode(ByteBuffer node, long offset, int depthLimit) throws IOException {
    int entries = node.getShort(2) & 0xffff;
    int depth = node.getShort(6) & 0xffff;
    boolean root = depthLimit > ExtentTree.DEPTH_MAX;
    int room = (node.capacity() - ExtentTree.HEADER_BYTES) / ExtentTree.ENTRY_BYTES;
    if ((node.getShort(0) & 0xffff) != ExtentTree.MAGIC) {
      throw error(
          offset,
          "eh_magic: found 0x"
              + Integer.toHexString(node.getShort(0) & 0xffff)
              + ", expected 0xf30a");
    }
    if (entries > room || (entries == 0 && !root)) {
      throw error(offset + 2, "eh_entries: found " + entries + ", there is room for " + room);
    }
    if (root ? depth > ExtentTree.DEPTH_MAX : depth != depthLimit - 1) {
      throw error(offset + 6, "eh_depth: found " + depth);
    }
    for (int i = 0; i < entries; i++) {
      int at = ExtentTree.HEADER_BYTES + i * ExtentTree.ENTRY_BYTES;
      long logical = node.getInt(at) & 0xffff_ffffL;
      if (logical < next) {
        throw error(offset + at, "ee_block: found " + logical + " behind block " + (next - 1));
      }
      if (depth == 0) {
        readExtent(node, at, logical);
      } else {
        long child = unsigned(node.getInt(at + 4)) | (long) (node.getShort(at + 8) & 0xffff) << 32;
        blocks.claim(child, 1, inode.number());
        byte[] bytes = blocks.read(child);
        requireChecksum(bytes, child);
        readNode(little(bytes), child * blockBytes, depth);
      }
    }
  }

  private void readExtent(ByteBuffer node, int at, long logical) throws FormatException {
    int length = node.getShort(at + 4) & 0xffff;
    boolean unwritten = length > ExtentTree.LENGTH_MAX;
    int count = unwritten ? length - ExtentTree.LENGTH_MAX : length;
    long start = unsigned(node.getInt(at + 8)) | (long) (node.getShort(at + 6) & 0xffff) << 32;
    blocks.claim(start, count, inode.number());
    if (!unwritten) {
      found.add(new ExtentTree.Extent(logical, new Run(start, count)));
    }
    next = logical + count;
  }

  /** The tail lies directly behind the entries there is room for. */
  private void requireChecksum(byte[] bytes, long block) throws FormatException {
    MetadataChecksum checksum = blocks.superblock().checksum();
    if (checksum == null) {
      return;
    }
    int room = little(bytes).getShort(4) & 0xffff;
    int tail = ExtentTree.HEADER_BYTES + room * ExtentTree.ENTRY_BYTES;
    if (tail > blockBytes - 4) {
      throw error(block * blockBytes + 4, "eh_max: found " + room);
    }
    int expected =
        checksum.startInode(inode.number(), inode.generation()).bytes(bytes, 0, tail).value();
    int stored = little(bytes).getInt(tail);
    if (stored != expected) {
      throw error(
          block * blockBytes + tail,
          "et_checksum: " + ReadSuperblock.wrongChecksum(stored, expected));
    }
  }

  private void readLists() throws IOException {
    ByteBuffer field = little(inode.blockField());
    for (int i = 0; i < DIRECT; i++) {
      addBlock(unsigned(field.getInt(4 * i)));
    }
    for (int steps = 1; steps <= STEPS_MAX; steps++) {
      readList(unsigned(field.getInt(4 * (DIRECT + steps - 1))), steps);
    }
  }

  /** Reads a block of numbers; below the last step these are blocks of the file. */
  private void readList(long block, int steps) throws IOException {
    long pointers = blockBytes / 4;
    long covered = 1;
    for (int i = 0; i < steps; i++) {
      covered *= pointers;
    }
    if (block == 0 || next * blockBytes >= inode.sizeBytes()) {
      next += covered;
      return;
    }
    blocks.claim(block, 1, inode.number());
    ByteBuffer numbers = little(blocks.read(block));
    for (int i = 0; i < pointers; i++) {
      long number = unsigned(numbers.getInt(4 * i));
      if (steps == 1) {
        addBlock(number);
      } else {
        readList(number, steps - 1);
      }
    }
  }

  private void addBlock(long block) throws FormatException {
    long logical = next++;
    if (block == 0) {
      return;
    }
    blocks.claim(block, 1, inode.number());
    int last = found.size() - 1;
    if (last >= 0) {
      ExtentTree.Extent before = found.get(last);
      Run run = before.run();
      if (before.logical() + run.count() == logical && run.end() == block) {
        found.set(
            last, new ExtentTree.Extent(before.logical(), new Run(run.start(), run.count() + 1)));
        return;
      }
    }
    found.add(new ExtentTree.Extent(logical, new Run(block, 1)));
  }

  private FormatException error(long offset, String message) {
    return new FormatException(
        blocks.superblock().source()
            + ": byte "
            + offset
            + ": inode "
            + inode.number()
            + ": "
            + message);
  }

  private static long unsigned(int value) {
    return value & 0xffff_ffffL;
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
