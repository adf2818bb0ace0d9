// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.BlockSource;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * What stands before the deflated data of a gzip member.
 *
 * <pre>
 * 1f 8b 08 FLG  MTIME(4) XFL OS  [EXTRA] [NAME] [COMMENT] [HCRC(2)]
 * </pre>
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1952">RFC 1952, section 2.3</a>
 */
final class GzipHeader {
  static final int FIXED_BYTES = 10;
  static final int TRAILER_BYTES = 8;

  /** XFL of the smallest and of the fastest level. */
  static final int SMALLEST = 2;

  static final int FASTEST = 4;

  private static final int METHOD_DEFLATE = 8;
  private static final int FLAG_HCRC = 1 << 1;
  private static final int FLAG_EXTRA = 1 << 2;
  private static final int FLAG_NAME = 1 << 3;
  private static final int FLAG_COMMENT = 1 << 4;
  private static final int FLAGS_RESERVED = 0b1110_0000;
  private static final int OS_UNIX = 3;

  /** Longer headers are not looked through: names have at most 255 bytes, comments are rare. */
  private static final int BYTES_MAX = 1 << 12;

  private GzipHeader() {}

  /** Whether some bytes, at least four, may start a member. */
  static boolean looksLikeOne(byte[] bytes, int at) {
    return bytes[at] == 0x1f
        && bytes[at + 1] == (byte) 0x8b
        && bytes[at + 2] == METHOD_DEFLATE
        && (bytes[at + 3] & FLAGS_RESERVED) == 0;
  }

  /** The header's length, or -1 if there is none or it has no end. */
  static int length(BlockSource source, long offset, long limit) throws IOException {
    long most = Math.min(BYTES_MAX, limit - offset);
    if (most < FIXED_BYTES) {
      return -1;
    }
    try (InputStream in = new BufferedInputStream(source.stream(offset, most), BYTES_MAX)) {
      byte[] fixed = in.readNBytes(FIXED_BYTES);
      if (!looksLikeOne(fixed, 0)) {
        return -1;
      }
      int length = FIXED_BYTES;
      int flags = fixed[3];
      if ((flags & FLAG_EXTRA) != 0) {
        int extra = in.read() | in.read() << 8;
        if (extra < 0 || in.skip(extra) != extra) {
          return -1;
        }
        length += 2 + extra;
      }
      for (int flag : new int[] {FLAG_NAME, FLAG_COMMENT}) {
        if ((flags & flag) != 0) {
          int value;
          do {
            value = in.read();
            length++;
          } while (value > 0);
          if (value < 0) {
            return -1;
          }
        }
      }
      return length + ((flags & FLAG_HCRC) != 0 ? 2 : 0);
    }
  }

  /** The header of {@code gzip -n} at a level. */
  static byte[] plain(DeflateDialect dialect) {
    int level = dialect.level();
    byte[] header = new byte[FIXED_BYTES];
    header[0] = 0x1f;
    header[1] = (byte) 0x8b;
    header[2] = METHOD_DEFLATE;
    header[8] = (byte) (level == 9 ? SMALLEST : level == 1 ? FASTEST : 0);
    header[9] = OS_UNIX;
    return header;
  }
}
