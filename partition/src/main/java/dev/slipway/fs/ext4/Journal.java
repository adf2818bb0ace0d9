// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import static dev.slipway.fs.ext4.Ext4Constants.BLOCK_BYTES;

import dev.slipway.io.Struct;
import java.util.UUID;

/**
 * The superblock of an empty journal, in its first block; the rest of a journal is zero.
 *
 * @see <a href="https://docs.kernel.org/filesystems/ext4/globals.html#super-block">Journal: super
 *     block</a>
 */
final class Journal {
  private static final int BYTES = 1024;

  private Journal() {}

  static byte[] superblock(long blockCount, UUID uuid) {
    return Struct.bigEndian(BYTES)
        .u32(0x00, 0xc03b3998L, "h_magic")
        .u32(0x04, 4, "h_blocktype") // superblock, version 2
        .u32(0x08, 0, "h_sequence")
        .u32(0x0c, BLOCK_BYTES, "s_blocksize")
        .u32(0x10, blockCount, "s_maxlen")
        .u32(0x14, 1, "s_first")
        .u32(0x18, 1, "s_sequence")
        .u32(0x1c, 0, "s_start") // empty: nothing to replay
        .uuid(0x30, uuid, "s_uuid")
        .u32(0x40, 1, "s_nr_users")
        .bytes();
  }
}
