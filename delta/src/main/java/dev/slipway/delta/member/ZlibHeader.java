// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

/**
 * The two bytes before the deflated data of a zlib stream.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1950">RFC 1950, section 2.2</a>
 */
final class ZlibHeader {
  static final int BYTES = 2;
  static final int TRAILER_BYTES = 4;

  static final int FASTEST = 0;
  static final int SMALLEST = 3;

  private static final int DEFLATE_WITH_32_KIB = 0x78;
  private static final int FLAG_DICTIONARY = 1 << 5;

  private ZlibHeader() {}

  /** Whether two bytes may start a stream with the usual window and without a dictionary. */
  static boolean looksLikeOne(byte[] bytes, int at) {
    return bytes[at] == DEFLATE_WITH_32_KIB
        && (bytes[at + 1] & FLAG_DICTIONARY) == 0
        && ((bytes[at] << 8) + (bytes[at + 1] & 0xff)) % 31 == 0;
  }

  /** FLEVEL: 0 for level 1, 1 for 2 to 5, 2 for 6, 3 for 7 to 9. */
  static int levelHint(byte[] header) {
    return (header[1] & 0xff) >>> 6;
  }
}
