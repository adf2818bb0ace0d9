// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import java.util.Objects;

/**
 * Everything about a squashfs that its tree does not say.
 *
 * @param compression of data, inodes, names and attributes alike
 * @param blockBytes how much of a file is compressed together: a power of two from 4 KiB to 1 MiB;
 *     larger is smaller on the disk and slower to read at random
 * @param timeSeconds when it was made, seconds since 1970
 */
public record SquashfsOptions(SquashfsCompression compression, int blockBytes, long timeSeconds) {
  /** What mksquashfs takes, too. */
  private static final int DEFAULT_BLOCK_BYTES = 1 << 17;

  static final int BLOCK_BYTES_MIN = 1 << 12;
  static final int BLOCK_BYTES_MAX = 1 << 20;
  static final long TIME_MAX = 0xffff_ffffL;

  public SquashfsOptions {
    Objects.requireNonNull(compression, "compression");
    if (compression != SquashfsCompression.NONE && !compression.compresses()) {
      throw new IllegalArgumentException(
          compression + " is only read; write with NONE, GZIP, XZ or ZSTD");
    }
    if (Integer.bitCount(blockBytes) != 1
        || blockBytes < BLOCK_BYTES_MIN
        || blockBytes > BLOCK_BYTES_MAX) {
      throw new IllegalArgumentException(
          "a block must be a power of two from 4 KiB to 1 MiB: " + blockBytes);
    }
    if (timeSeconds < 0 || timeSeconds > TIME_MAX) {
      throw new IllegalArgumentException(
          "the time must be within 0 and " + TIME_MAX + " seconds since 1970: " + timeSeconds);
    }
  }

  /** Blocks of 128 KiB, as mksquashfs makes them. */
  public static SquashfsOptions of(SquashfsCompression compression, long timeSeconds) {
    return new SquashfsOptions(compression, DEFAULT_BLOCK_BYTES, timeSeconds);
  }

  public SquashfsOptions withBlockBytes(int newBlockBytes) {
    return new SquashfsOptions(compression, newBlockBytes, timeSeconds);
  }
}
