// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Keeps a small change of a tree a small change of the bytes.
 *
 * <p>Files lie in path order, so one more block early on would move everything behind it, and with
 * the blocks' numbers all inodes and their checksums would change. Therefore one path in 128,
 * chosen by a checksum of the path itself, is an <em>anchor</em>: its inode and its blocks start at
 * the next multiple of 16 inodes and 8 blocks. What grows or shrinks between two anchors is taken
 * up by the gap before the next one, most of the time. The gaps cost about one part in a hundred of
 * the blocks and six of the inode table. A new release's large additions (another kernel) still
 * move what lies behind them, by a multiple of 8 blocks.
 */
final class Stability {
  /** Inodes that fill a block of their table. */
  static final int INODE_STEP = 16;

  static final int BLOCK_STEP = 8;

  /** Where the blocks of directories end and those of files start: 1 MiB. */
  static final int AREA_STEP = 256;

  /** Inode tables grow in steps of so many inodes: 64 KiB. */
  static final int TABLE_STEP = 256;

  private static final int PATHS_PER_ANCHOR = 128;

  private final CRC32C crc = new CRC32C();

  boolean isAnchor(String path) {
    crc.reset();
    crc.update(path.getBytes(StandardCharsets.UTF_8));
    return crc.getValue() % PATHS_PER_ANCHOR == 0;
  }
}
