// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.io.Struct;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * A table being written: a stream cut into metadata blocks of 8 KiB, each packed by itself.
 *
 * <pre>
 * block:  u16: size(15) plain(1)   then so many bytes
 * </pre>
 *
 * <p>It stays in memory, as the tree does that it is made from.
 */
final class MetadataWriter {
  static final int BLOCK_BYTES = 8192;
  static final int PLAIN = 1 << 15;
  static final int HEADER_BYTES = 2;

  private final BlockPacker packer;
  private final ByteArrayOutputStream packed = new ByteArrayOutputStream();
  private final List<Integer> starts = new ArrayList<>();
  private final byte[] block = new byte[BLOCK_BYTES];
  private int filled;

  MetadataWriter(BlockPacker packer) {
    this.packer = packer;
  }

  BlockPacker packer() {
    return packer;
  }

  /** Where the current block starts in the packed table. */
  long blockStart() {
    return packed.size();
  }

  /** How far the current block is filled: 0 to 8191. */
  int offset() {
    return filled;
  }

  /** The place of what is written next, as inodes and attributes are referred to. */
  long reference() {
    return blockStart() << 16 | filled;
  }

  void write(byte[] bytes) {
    int done = 0;
    while (done < bytes.length) {
      int step = Math.min(bytes.length - done, BLOCK_BYTES - filled);
      System.arraycopy(bytes, done, block, filled, step);
      filled += step;
      done += step;
      if (filled == BLOCK_BYTES) {
        end();
      }
    }
  }

  private void end() {
    starts.add(packed.size());
    BlockPacker.Packed result = packer.pack(block, filled);
    int header = result.bytes().length | (result.plain() ? PLAIN : 0);
    packed.writeBytes(Struct.littleEndian(HEADER_BYTES).u16(0, header, "header").bytes());
    packed.writeBytes(result.bytes());
    filled = 0;
  }

  /** Ends the last block and gives the packed table. */
  byte[] finish() {
    if (filled > 0) {
      end();
    }
    return packed.toByteArray();
  }

  /**
   * Ends a table whose blocks are found by number: the packed blocks, then the offset of each. The
   * superblock points behind the blocks, at {@link #packedBytes}.
   *
   * @param start where the table will start in the image
   */
  byte[] finishIndexed(long start) {
    var whole = new ByteArrayOutputStream();
    whole.writeBytes(finish());
    for (int relative : starts) {
      whole.writeBytes(Struct.littleEndian(8).u64(0, start + relative, "block start").bytes());
    }
    return whole.toByteArray();
  }

  /** How many bytes the packed blocks take; right only after the end. */
  int packedBytes() {
    return packed.size();
  }
}
