// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.io.StructReader;
import java.io.IOException;
import java.util.Arrays;

/**
 * A table of entries of one size, found by number: an index in the image has the offset of each of
 * its metadata blocks.
 */
final class IndexedTable {
  private static final int POINTER_BYTES = 8;

  private final ReadBlocks blocks;
  private final StructReader index;
  private final long count;
  private final int entryBytes;
  private final String what;

  /**
   * Opens a table.
   *
   * @param indexStart where its index is
   * @param count how many entries the image says there are: believed only if the index has room
   */
  IndexedTable(ReadBlocks blocks, long indexStart, long count, int entryBytes, String what)
      throws IOException {
    this.blocks = blocks;
    this.count = count;
    this.entryBytes = entryBytes;
    this.what = what;
    int perBlock = MetadataWriter.BLOCK_BYTES / entryBytes;
    long bytes = (count + perBlock - 1) / perBlock * POINTER_BYTES;
    blocks.requireInside(indexStart, bytes, what);
    this.index = blocks.reader(blocks.raw(indexStart, Math.toIntExact(bytes), what), what);
  }

  StructReader entry(long number) throws IOException {
    if (number < 0 || number >= count) {
      throw blocks.error(what, "number " + number + " of " + count);
    }
    long position = number * entryBytes;
    int block = (int) (position / MetadataWriter.BLOCK_BYTES);
    long start = index.u64(block * POINTER_BYTES, "block " + block);
    byte[] bytes = blocks.metadata(start, what).bytes();
    int offset = (int) (position % MetadataWriter.BLOCK_BYTES);
    if (offset + entryBytes > bytes.length) {
      throw blocks.error(
          what, "number " + number + ": its block has " + bytes.length + " bytes only");
    }
    return blocks.reader(Arrays.copyOfRange(bytes, offset, offset + entryBytes), what);
  }
}
