// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import java.io.IOException;

/**
 * Walks over a zstd frame.
 *
 * <pre>
 * 28 b5 2f fd  descriptor(1) [window(1)] [dictionary(0..4)] [size(1..8)]  block+  [checksum(4)]
 * block:  last(1 bit) type(2 bits) size(21 bits)  data: one byte if type 1, else size bytes
 * </pre>
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8878">RFC 8878, section 3.1</a>
 */
final class ZstdStructure {
  private static final int MAGIC_BYTES = 4;
  private static final int BLOCK_HEADER_BYTES = 3;
  private static final int BLOCK_BYTES_MAX = 1 << 17;
  private static final int RUN_BLOCK = 1;
  private static final int RESERVED_BLOCK = 3;
  private static final int FLAG_RESERVED = 1 << 3;

  private ZstdStructure() {}

  /** Whether some bytes may start a frame. */
  static boolean looksLikeOne(byte[] bytes, int at) {
    return bytes[at] == 0x28
        && bytes[at + 1] == (byte) 0xb5
        && bytes[at + 2] == 0x2f
        && bytes[at + 3] == (byte) 0xfd
        && (bytes[at + 4] & FLAG_RESERVED) == 0;
  }

  /** The frame's length. */
  static long length(BlockSource source, long offset, long limit) throws IOException {
    long at = offset + MAGIC_BYTES;
    int descriptor = (int) little(source, at++, 1, limit);
    boolean single = (descriptor & 1 << 5) != 0;
    boolean checked = (descriptor & 1 << 2) != 0;
    int dictionary = descriptor & 3;
    int sizeFlag = descriptor >>> 6;
    at += single ? 0 : 1;
    at += dictionary == 3 ? 4 : dictionary;
    at += sizeFlag == 0 ? (single ? 1 : 0) : 1 << sizeFlag;
    boolean last = false;
    while (!last) {
      int block = (int) little(source, at, BLOCK_HEADER_BYTES, limit);
      at += BLOCK_HEADER_BYTES;
      last = (block & 1) != 0;
      int type = block >>> 1 & 3;
      int size = block >>> 3;
      if (type == RESERVED_BLOCK || size > BLOCK_BYTES_MAX) {
        throw new FormatException("zstd frame: byte " + at + ": no block looks like that");
      }
      at += type == RUN_BLOCK ? 1 : size;
    }
    at += checked ? 4 : 0;
    if (at > limit) {
      throw new FormatException("zstd frame: byte " + limit + ": it does not end before");
    }
    return at - offset;
  }

  private static long little(BlockSource source, long at, int count, long limit)
      throws IOException {
    if (count > limit - at) {
      throw new FormatException("zstd frame: byte " + limit + ": it does not end before");
    }
    long value = 0;
    byte[] bytes = source.readFully(at, count);
    for (int i = 0; i < count; i++) {
      value |= (bytes[i] & 0xffL) << Byte.SIZE * i;
    }
    return value;
  }
}
