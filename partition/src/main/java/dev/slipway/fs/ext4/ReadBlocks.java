// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Blocks of a file system being read: the last few are kept, and every block has one owner.
 *
 * <p>That no block is claimed twice is what bounds the memory of a reader of hostile images: loops
 * end at once, and what is read cannot be larger than the image.
 */
final class ReadBlocks {
  private static final int KEPT = 128;
  private static final int CLAIMS_PER_PART = 4096;

  private final BlockSource in;
  private final ReadSuperblock superblock;
  private final Map<Long, long[]> claimed = new HashMap<>();
  private final Map<Long, byte[]> kept =
      new LinkedHashMap<>(2 * KEPT, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, byte[]> eldest) {
          return size() > KEPT;
        }
      };

  ReadBlocks(BlockSource in, ReadSuperblock superblock) {
    this.in = in;
    this.superblock = superblock;
  }

  ReadSuperblock superblock() {
    return superblock;
  }

  BlockSource source() {
    return in;
  }

  /** The bytes of a block. The array must not be changed. */
  byte[] read(long block) throws IOException {
    byte[] bytes = kept.get(block);
    if (bytes == null) {
      bytes = in.readFully(block * superblock.blockBytes(), superblock.blockBytes());
      kept.put(block, bytes);
    }
    return bytes;
  }

  /** Makes blocks the property of an inode. */
  void claim(long start, long count, long inode) throws FormatException {
    if (start < 1 || count < 1 || count > superblock.blockCount() - start) {
      throw error(inode, "blocks " + start + " + " + count + " are outside of the file system");
    }
    for (long block = start; block < start + count; block++) {
      long[] part = claimed.computeIfAbsent(block / CLAIMS_PER_PART, key -> new long[64]);
      int bit = (int) (block % CLAIMS_PER_PART);
      if ((part[bit / 64] & 1L << bit) != 0) {
        throw error(inode, "block " + block + " is in use already");
      }
      part[bit / 64] |= 1L << bit;
    }
  }

  /** An error about an inode, in the one form. */
  FormatException error(long inode, String message) {
    return new FormatException(superblock.source() + ": inode " + inode + ": " + message);
  }

  /** An error about a place in a block. */
  FormatException error(long block, int offset, String field, String message) {
    return new FormatException(
        superblock.source()
            + ": byte "
            + (block * superblock.blockBytes() + offset)
            + ": "
            + field
            + ": "
            + message);
  }
}
