// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import java.util.Arrays;

/** Packs blocks, or leaves those as they are that would not become smaller. */
record BlockPacker(SquashfsCompression compression, int blockBytes) {

  /** A block as it stands in the image. */
  record Packed(byte[] bytes, boolean plain) {}

  Packed pack(byte[] block, int length) {
    if (compression.compresses()) {
      byte[] packed = compression.codec().encode(block, 0, length, blockBytes);
      if (packed.length < length) {
        return new Packed(packed, false);
      }
    }
    return new Packed(length == block.length ? block.clone() : Arrays.copyOf(block, length), true);
  }
}
