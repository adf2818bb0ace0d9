// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.match.ByteSpace;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds executable files by their magic number: anywhere in images, since every file system and
 * archive starts files at multiples of {@value #IMAGE_ALIGNMENT} bytes, and at every fourth byte of
 * plain texts, where cpio archives put them.
 */
final class Executables {
  /** What tar and all file systems keep to. */
  static final int IMAGE_ALIGNMENT = 512;

  /** What cpio keeps to. */
  static final int PLAIN_ALIGNMENT = 4;

  private static final int HEADER_BYTES = 64;
  private static final long MAGIC = 0x0001_0102_464c_457fL; // 64 bits, little-endian, version 1
  private static final long MAGIC_MASK = 0x00ff_ffff_ffff_ffffL;
  private static final int SECTION_TABLE = 40; // e_shoff
  private static final int SECTION_COUNT = 60; // e_shnum
  private static final int SECTION_BYTES = 64;

  private Executables() {}

  /**
   * A file.
   *
   * @param start its first address
   * @param length up to the end of its section table, which all linkers put last; what signers
   *     append is not counted
   */
  record File(long start, long length) {
    long end() {
      return start + length;
    }
  }

  /** The files of an area, in order and apart from each other. */
  static List<File> in(ByteSpace space, int area, int alignment, long largest) {
    var files = new ArrayList<File>();
    long base = ByteSpace.base(area);
    long end = base + space.size(area);
    for (long at = base; at + HEADER_BYTES <= end; ) {
      long length = (space.word(at) & MAGIC_MASK) == MAGIC ? length(space, at) : 0;
      if (length > HEADER_BYTES && length <= Math.min(largest, end - at)) {
        files.add(new File(at, length));
        at = base + (at - base + length + alignment - 1 & -alignment);
      } else {
        at += alignment;
      }
    }
    return files;
  }

  private static long length(ByteSpace space, long at) {
    long table = space.word(at + SECTION_TABLE);
    long count = space.word(at + SECTION_COUNT) & 0xffff;
    return table < 0 || table > 1L << 40 ? 0 : table + count * SECTION_BYTES;
  }
}
