// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.codec.BlockCodec;
import java.util.Optional;

/** How the blocks of a squashfs are compressed. Not all that are read are written. */
public enum SquashfsCompression {
  /**
   * Nothing is compressed, so that every byte of every file can be found in the image; on the disk
   * it is called gzip, which every kernel knows.
   */
  NONE(1, BlockCodec.ZLIB, false),

  /** Deflate: every kernel and boot loader reads it. */
  GZIP(1, BlockCodec.ZLIB, true),

  /** Only read: no kernel has it any more. */
  LZMA(2, BlockCodec.LZMA, false),

  /** Only read. */
  LZO(3, BlockCodec.LZO, false),

  /** The smallest, and slow to read. */
  XZ(4, BlockCodec.XZ, true),

  /** Only read. */
  LZ4(5, BlockCodec.LZ4, false),

  /** Nearly as fast to read as plain bytes; Linux 4.14 and later. */
  ZSTD(6, BlockCodec.ZSTD, true);

  private final int id;
  private final BlockCodec codec;
  private final boolean compresses;

  SquashfsCompression(int id, BlockCodec codec, boolean compresses) {
    this.id = id;
    this.codec = codec;
    this.compresses = compresses;
  }

  /** The number in the superblock. */
  int id() {
    return id;
  }

  BlockCodec codec() {
    return codec;
  }

  /** Whether the writer compresses with it. */
  boolean compresses() {
    return compresses;
  }

  static Optional<SquashfsCompression> ofId(int id) {
    for (SquashfsCompression each : values()) {
      if (each != NONE && each.id == id) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }
}
