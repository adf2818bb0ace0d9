// SPDX-License-Identifier: Apache-2.0
package dev.slipway.deb;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The members of an ar archive, in order.
 *
 * <pre>
 *   "!&lt;arch&gt;\n"
 *   per member: name 16, date 12, uid 6, gid 6, mode 8, size 10 (decimal), "`\n"   all text, filled with spaces
 *               the bytes, and a newline when their number is odd
 * </pre>
 */
final class ArArchive {
  static final byte[] MAGIC = "!<arch>\n".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER_BYTES = 60;

  /** A package has three members; signatures and the like may add a few. */
  private static final int MEMBERS_MAX = 64;

  /** Where a member's bytes lie in the archive. */
  record Member(String name, long offset, long size) {}

  private ArArchive() {}

  static List<Member> members(BlockSource source, String sourceName) throws IOException {
    if (source.size() < MAGIC.length
        || !java.util.Arrays.equals(source.readFully(0, MAGIC.length), MAGIC)) {
      throw new FormatException(
          sourceName + ": byte 0: not a Debian package: it does not begin with \"!<arch>\"");
    }
    var members = new ArrayList<Member>();
    long at = MAGIC.length;
    while (at < source.size()) {
      if (source.size() - at < HEADER_BYTES) {
        throw new FormatException(
            sourceName
                + ": byte "
                + at
                + ": cut off: "
                + (source.size() - at)
                + " bytes are left, a member's header has "
                + HEADER_BYTES);
      }
      String header = new String(source.readFully(at, HEADER_BYTES), StandardCharsets.ISO_8859_1);
      if (!header.endsWith("`\n")) {
        throw new FormatException(
            sourceName + ": byte " + (at + 58) + ": a member's header does not end with its mark");
      }
      String name = name(header);
      long size = size(header, sourceName, at, name);
      long start = at + HEADER_BYTES;
      if (size > source.size() - start) {
        throw new FormatException(
            sourceName
                + ": "
                + name
                + ": cut off: the member has "
                + size
                + " bytes, the file ends after "
                + (source.size() - start));
      }
      if (members.size() == MEMBERS_MAX) {
        throw new FormatException(
            sourceName + ": byte " + at + ": more than " + MEMBERS_MAX + " members");
      }
      members.add(new Member(name, start, size));
      at = start + size + (size & 1);
    }
    return members;
  }

  private static String name(String header) {
    String name = header.substring(0, 16).stripTrailing();
    return name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
  }

  private static long size(String header, String sourceName, long at, String name)
      throws FormatException {
    String text = header.substring(48, 58).strip();
    if (text.isEmpty() || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new FormatException(
          sourceName
              + ": byte "
              + (at + 48)
              + ": size of the member \""
              + name
              + "\": found \""
              + text
              + "\", expected a decimal number");
    }
    return Long.parseLong(text);
  }
}
