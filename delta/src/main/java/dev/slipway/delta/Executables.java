// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.match.ByteSpace;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
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

  private static final int PART = 1 << 16;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

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
  static List<File> in(ByteSpace space, int area, int alignment, long largest) throws IOException {
    var files = new ArrayList<File>();
    byte[] part = new byte[PART];
    long base = ByteSpace.base(area);
    long end = base + space.size(area);
    long read = base;
    int length = 0;
    for (long at = base; at + HEADER_BYTES <= end; ) {
      if (at + HEADER_BYTES > read + length) {
        read = at;
        length = (int) Math.min(PART, end - at);
        space.read(read, part, 0, length);
      }
      int place = (int) (at - read);
      long bytes = ((long) LONG.get(part, place) & MAGIC_MASK) == MAGIC ? length(part, place) : 0;
      if (bytes > HEADER_BYTES && bytes <= Math.min(largest, end - at)) {
        files.add(new File(at, bytes));
        at = base + (at - base + bytes + alignment - 1 & -alignment);
      } else {
        at += alignment;
      }
    }
    return files;
  }

  private static long length(byte[] part, int at) {
    long table = (long) LONG.get(part, at + SECTION_TABLE);
    long count = (long) LONG.get(part, at + SECTION_COUNT - 4) >>> 32 & 0xffff;
    return table < 0 || table > 1L << 40 ? 0 : table + count * SECTION_BYTES;
  }
}
