// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import static dev.slipway.fs.ext4.Ext4Constants.BLOCK_BYTES;

import dev.slipway.volume.ComposedVolume;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The inode that keeps blocks behind the group descriptors for more of them, so that a mounted file
 * system can grow.
 *
 * <p>It is mapped the old way. Its double-indirect block names the kept blocks behind the first
 * copy of the descriptors, each at the place of the descriptor block it may become; each of these
 * in turn lists the same block behind the other copies.
 */
final class ResizeInode {
  private static final int POINTERS = BLOCK_BYTES / 4;
  private static final int DOUBLE_INDIRECT = 13; // EXT4_DIND_BLOCK

  /** As if the double-indirect block were full, which is what e2fsck expects. */
  private static final long SIZE_BYTES =
      (12L + POINTERS + (long) POINTERS * POINTERS) * BLOCK_BYTES;

  private ResizeInode() {}

  static void place(NewInode inode, Geometry geometry, FreeSpace space) {
    long mapBlock = space.take(1).get(0).start();
    int copies = 0;
    for (int group = 0; group < geometry.groupCount(); group++) {
      copies += Geometry.hasSuperblock(group) ? 1 : 0;
    }
    inode.sizeBytes = SIZE_BYTES;
    inode.blockCount = 1 + (long) copies * geometry.reservedDescriptorBlocks();
    inode.blockField = new byte[ExtentTree.ROOT_BYTES];
    little(inode.blockField).putInt(4 * DOUBLE_INDIRECT, (int) mapBlock);
  }

  static void write(NewInode inode, Geometry geometry, ComposedVolume.Builder volume) {
    byte[] map = new byte[BLOCK_BYTES];
    int first = geometry.descriptorBlocks();
    for (int i = 0; i < geometry.reservedDescriptorBlocks(); i++) {
      long kept = 1L + first + i;
      little(map).putInt(4 * ((first + i) % POINTERS), (int) kept);
      ByteBuffer copies = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (int group = 1; group < geometry.groupCount(); group++) {
        if (Geometry.hasSuperblock(group)) {
          copies.putInt((int) (Geometry.firstBlock(group) + kept));
        }
      }
      if (copies.position() > 0) {
        volume.bytes(kept * BLOCK_BYTES, copies.array());
      }
    }
    long mapBlock = little(inode.blockField).getInt(4 * DOUBLE_INDIRECT) & 0xffff_ffffL;
    volume.bytes(mapBlock * BLOCK_BYTES, map);
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
