// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import dev.slipway.io.FormatException;
import dev.slipway.tree.TarEntries.Errors;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One 512-byte header.
 *
 * <pre>
 *   0 name 100    100 mode 8    108 uid 8      116 gid 8     124 size 12   136 mtime 12
 * 148 chksum 8    156 typeflag  157 linkname 100             257 magic 6   263 version 2
 * 265 uname 32    297 gname 32  329 devmajor 8               337 devminor 8
 * 345 prefix 155 (ustar), or in GNU's form: 386 sparse 4 x 24, 482 isextended, 483 realsize 12
 * </pre>
 *
 * @see <a href="https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html">POSIX pax</a>
 */
final class TarHeader {
  private static final int CHECKSUM = 148;
  private static final int MODE_BITS = 07777;

  private final byte[] block;
  private final Errors errors;

  TarHeader(byte[] block, Errors errors) throws FormatException {
    this.block = block;
    this.errors = errors;
    verifyChecksum();
  }

  private void verifyChecksum() throws FormatException {
    long found = number(CHECKSUM, 8, "checksum");
    long unsigned = 0;
    long signed = 0; // some old writers summed signed characters
    for (int i = 0; i < block.length; i++) {
      byte b = i >= CHECKSUM && i < CHECKSUM + 8 ? (byte) ' ' : block[i];
      unsigned += b & 0xff;
      signed += b;
    }
    if (found != unsigned && found != signed) {
      throw errors.error(
          String.format(Locale.ROOT, "checksum: found 0%o, expected 0%o", found, unsigned));
    }
  }

  char type() {
    return (char) (block[156] & 0xff);
  }

  boolean isGnu() {
    return matches(257, "ustar  \0");
  }

  private boolean matches(int offset, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (block[offset + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Prefix and name, joined. */
  String name() throws FormatException {
    String name = text(0, 100, "name");
    if (matches(257, "ustar\0") && block[345] != 0) {
      return text(345, 155, "prefix") + "/" + name;
    }
    return name;
  }

  String linkName() throws FormatException {
    return text(157, 100, "link name");
  }

  String owner() throws FormatException {
    return matches(257, "ustar") ? text(265, 32, "owner's name") : "";
  }

  String group() throws FormatException {
    return matches(257, "ustar") ? text(297, 32, "group's name") : "";
  }

  int mode() throws FormatException {
    return (int) (number(100, 8, "mode") & MODE_BITS);
  }

  long uid() throws FormatException {
    return number(108, 8, "uid");
  }

  long gid() throws FormatException {
    return number(116, 8, "gid");
  }

  long size() throws FormatException {
    return notNegative(number(124, 12, "size"), "size");
  }

  long mtime() throws FormatException {
    return number(136, 12, "mtime");
  }

  int major() throws FormatException {
    return deviceNumber(329, "major device number");
  }

  int minor() throws FormatException {
    return deviceNumber(337, "minor device number");
  }

  private int deviceNumber(int offset, String field) throws FormatException {
    long value = notNegative(number(offset, 8, field), field);
    if (value > Integer.MAX_VALUE) {
      throw errors.error(field + ": " + value + " is too large");
    }
    return (int) value;
  }

  private long notNegative(long value, String field) throws FormatException {
    if (value < 0) {
      throw errors.error(field + ": must not be negative: " + value);
    }
    return value;
  }

  /** GNU's old sparse form: the file's size with its holes. */
  long realSize() throws FormatException {
    return notNegative(number(483, 12, "realsize"), "realsize");
  }

  /** GNU's old sparse form: whether a block of further ranges follows. */
  boolean isExtended() {
    return block[482] != 0;
  }

  long sparseOffset(int i) throws FormatException {
    return notNegative(number(386 + 24 * i, 12, "sparse offset"), "sparse offset");
  }

  long sparseBytes(int i) throws FormatException {
    return notNegative(number(398 + 24 * i, 12, "sparse length"), "sparse length");
  }

  /** Octal digits between spaces and NULs, or GNU's base 256 when the first bit is set. */
  long number(int offset, int width, String field) throws FormatException {
    return number(block, offset, width, field, errors);
  }

  static long number(byte[] block, int offset, int width, String field, Errors errors)
      throws FormatException {
    if ((block[offset] & 0x80) != 0) {
      return base256(block, offset, width, field, errors);
    }
    int at = offset;
    int end = offset + width;
    while (at < end && block[at] == ' ') {
      at++;
    }
    long value = 0;
    while (at < end && block[at] >= '0' && block[at] <= '7') {
      value = value << 3 | (block[at++] - '0');
    }
    for (; at < end; at++) {
      if (block[at] != ' ' && block[at] != 0) {
        String raw = new String(block, offset, width, StandardCharsets.ISO_8859_1);
        throw errors.error(field + ": \"" + printable(raw) + "\" is not an octal number");
      }
    }
    return value;
  }

  private static long base256(byte[] block, int offset, int width, String field, Errors errors)
      throws FormatException {
    // the flag bit aside, two's complement: 0x80 starts positive numbers, 0xff negative ones
    boolean negative = (block[offset] & 0x40) != 0;
    long value = negative ? -1 : 0;
    for (int i = 0; i < width; i++) {
      int b = i == 0 ? (block[offset] & 0x3f) | (negative ? 0xc0 : 0) : block[offset + i] & 0xff;
      if (value >> 55 != (negative ? -1 : 0)) {
        throw errors.error(field + ": does not fit 64 bits");
      }
      value = value << 8 | b;
    }
    return value;
  }

  private String text(int offset, int width, String field) throws FormatException {
    int length = 0;
    while (length < width && block[offset + length] != 0) {
      length++;
    }
    return utf8(block, offset, length, field, errors);
  }

  static String utf8(byte[] bytes, int offset, int length, String field, Errors errors)
      throws FormatException {
    boolean ascii = true;
    for (int i = offset; i < offset + length && ascii; i++) {
      ascii = bytes[i] >= 0;
    }
    if (ascii) {
      return new String(bytes, offset, length, StandardCharsets.US_ASCII);
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, offset, length))
          .toString();
    } catch (CharacterCodingException e) {
      String raw = new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
      throw errors.error(field + ": \"" + printable(raw) + "\" is not valid UTF-8");
    }
  }

  /** A text with everything but printable ASCII as {@code \xNN}. */
  static String printable(String raw) {
    var out = new StringBuilder();
    for (int i = 0; i < Math.min(raw.length(), 300); i++) {
      out.append(printable(raw.charAt(i)));
    }
    return out.toString();
  }

  static String printable(char c) {
    return c >= ' ' && c < 0x7f
        ? String.valueOf(c)
        : String.format(Locale.ROOT, "\\x%02x", (int) c);
  }
}
