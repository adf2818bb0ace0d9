// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import dev.slipway.io.FormatException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/**
 * ASCII armour (RFC 9580, 6.2), read strictly: what is not armour is an error, not a comment. Text
 * before, between or behind blocks is refused, because what one reader skips another believes.
 *
 * <p>A checksum is optional (6.1 of the RFC), but when it is there it must be right.
 */
final class Armor {
  static final String PUBLIC_KEYS = "PGP PUBLIC KEY BLOCK";
  static final String SIGNATURE = "PGP SIGNATURE";

  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";
  private static final Set<String> KNOWN_HEADERS =
      Set.of("Version", "Comment", "MessageID", "Hash", "Charset");

  private static final int CRC24_INIT = 0xb704ce;
  private static final int CRC24_POLY = 0x1864cfb;

  private final String source;
  private final List<String> lines;
  private int next;

  private Armor(String source, List<String> lines, int first) {
    this.source = source;
    this.lines = lines;
    this.next = first;
  }

  /** The first line of a block of this type. */
  static String beginLine(String type) {
    return BEGIN + type + DASHES;
  }

  /**
   * Reads all blocks from a line on to the end of the input and joins their contents.
   *
   * @param lines without their line ends
   * @param first the index of the line where the first block begins, blank lines aside
   */
  static byte[] read(String source, List<String> lines, int first, String type)
      throws FormatException {
    var armor = new Armor(source, lines, first);
    var joined = new ByteArrayOutputStream();
    armor.skipBlankLines();
    do {
      joined.writeBytes(armor.block(type));
      armor.skipBlankLines();
    } while (armor.next < lines.size());
    return joined.toByteArray();
  }

  private void skipBlankLines() {
    while (next < lines.size() && lines.get(next).isBlank()) {
      next++;
    }
  }

  private byte[] block(String type) throws FormatException {
    String begin = line("the line " + beginLine(type));
    if (!begin.stripTrailing().equals(beginLine(type))) {
      throw error(next - 1, "expected " + beginLine(type) + ", found \"" + shortened(begin) + "\"");
    }
    headers();
    var text = new ArrayList<String>();
    String checksum = null;
    String line = line("armoured data");
    while (!line.startsWith(DASHES)) {
      if (checksum != null) {
        throw error(next - 1, "armoured data behind its checksum");
      }
      if (line.startsWith("=")) {
        checksum = line.strip();
      } else {
        text.add(line.strip());
      }
      line = line("the line " + END + type + DASHES);
    }
    if (!line.stripTrailing().equals(END + type + DASHES)) {
      throw error(
          next - 1, "expected " + END + type + DASHES + ", found \"" + shortened(line) + "\"");
    }
    byte[] data = base64(String.join("", text));
    if (checksum != null) {
      check(data, checksum);
    }
    return data;
  }

  private void headers() throws FormatException {
    for (String line = line("armour headers"); !line.isBlank(); line = line("armour headers")) {
      int colon = line.indexOf(": ");
      if (colon < 0 || !KNOWN_HEADERS.contains(line.substring(0, colon))) {
        throw error(next - 1, "unknown armour header \"" + shortened(line) + "\"");
      }
    }
  }

  private byte[] base64(String text) throws FormatException {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new FormatException(source + ": armoured data is not base64", e);
    }
  }

  private void check(byte[] data, String checksum) throws FormatException {
    byte[] found = base64(checksum.substring(1));
    int expected =
        found.length == 3
            ? ((found[0] & 0xff) << 16) | ((found[1] & 0xff) << 8) | (found[2] & 0xff)
            : -1;
    if (crc24(data) != expected) {
      throw error(next - 1, "the armour's checksum " + checksum + " does not fit its data");
    }
  }

  /** The checksum of RFC 9580, 6.1.1. */
  static int crc24(byte[] data) {
    int crc = CRC24_INIT;
    for (byte b : data) {
      crc ^= (b & 0xff) << 16;
      for (int bit = 0; bit < 8; bit++) {
        crc <<= 1;
        if ((crc & 0x1000000) != 0) {
          crc ^= CRC24_POLY;
        }
      }
    }
    return crc & 0xffffff;
  }

  private String line(String wanted) throws FormatException {
    if (next >= lines.size()) {
      throw new FormatException(source + ": ends before " + wanted);
    }
    return lines.get(next++);
  }

  private FormatException error(int index, String message) {
    return new FormatException(source + ": line " + (index + 1) + ": " + message);
  }

  private static String shortened(String line) {
    return line.length() <= 60 ? line : line.substring(0, 60) + "...";
  }
}
