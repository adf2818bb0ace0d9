// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The random number in {@code .note.gnu.build-id}, which the name in {@code .gnu_debuglink} repeats
 * in hexadecimal, less its first byte. No compressor sees that the two are the same, so the side
 * information has the number once.
 *
 * <pre>
 *   .note.gnu.build-id   0  4  namesz: 4        .gnu_debuglink   0  38  bytes 1 to 19 in hex
 *                        4  4  descsz: 20                       38      ".debug" and a checksum
 *                        8  4  type: 3
 *                        12 4  "GNU"
 *                        16 20 the number
 * </pre>
 */
record BuildId(int note, int link) {
  static final int BYTES = 20;

  private static final int NUMBER = 16;
  private static final int LINK_BYTES = 2 * (BYTES - 1);

  /** The sections of a file that hold the number and the name; null unless they agree. */
  static BuildId find(PagedBytes file, ElfHeaders headers) throws IOException {
    int note = headers.find(".note.gnu.build-id");
    int link = headers.find(".gnu_debuglink");
    if (note < 0 || link < 0) {
      return null;
    }
    Section number = headers.sections.get(note);
    Section name = headers.sections.get(link);
    if (number.fileSize() != NUMBER + BYTES
        || !file.has(number.offset(), number.fileSize())
        || name.fileSize() < LINK_BYTES
        || !file.has(name.offset(), name.fileSize())) {
      return null;
    }
    var named = new byte[LINK_BYTES];
    file.copy(name.offset(), named, 0, LINK_BYTES);
    boolean agree = Arrays.equals(named, link(number(file, number.offset())));
    return agree ? new BuildId(note, link) : null;
  }

  private static byte[] number(PagedBytes file, long note) throws IOException {
    var number = new byte[BYTES];
    file.copy(note + NUMBER, number, 0, BYTES);
    return number;
  }

  /** The first characters of the name that goes with a number. */
  private static byte[] link(byte[] number) {
    return HexFormat.of().formatHex(number, 1, BYTES).getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The number of the new file; that of zeros if it has none of the kind. */
  byte[] after(PagedBytes newFile, Layout layout) throws IOException {
    int index = layout.newIndex(note);
    Section section = index < 0 ? null : layout.after.sections.get(index);
    boolean usable =
        section != null
            && section.fileSize() == NUMBER + BYTES
            && newFile.has(section.offset(), section.fileSize());
    return usable ? number(newFile, section.offset()) : new byte[BYTES];
  }

  /** Says where in the new file the number lies, and the name that goes with it. */
  void put(NewHeaders headers, Layout layout, byte[] number) {
    headers.add(newOffset(note, layout, NUMBER), number);
    headers.add(newOffset(link, layout, 0), link(number));
  }

  private static long newOffset(int section, Layout layout, int inside) {
    int index = layout.newIndex(section);
    return index < 0 ? -1 : layout.after.sections.get(index).offset() + inside;
  }
}
