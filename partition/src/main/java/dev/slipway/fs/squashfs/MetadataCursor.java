// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.io.FormatException;
import dev.slipway.io.StructReader;
import java.io.IOException;

/** A place in a table of metadata blocks, moving forward over them as it reads. */
final class MetadataCursor {
  private final ReadBlocks blocks;
  private final String what;
  private final long end;
  private ReadBlocks.Metadata block;
  private int offset;

  /**
   * Goes to a place.
   *
   * @param start where the table starts in the image
   * @param end where it ends at the latest
   * @param reference start of the block, counted from the table's, times 65536, plus the offset in
   *     it
   * @param what is read there, for error messages
   */
  MetadataCursor(ReadBlocks blocks, long start, long end, long reference, String what)
      throws IOException {
    this.blocks = blocks;
    this.end = end;
    this.what = what;
    long blockStart = start + (reference >>> 16);
    requireBefore(blockStart);
    this.block = blocks.metadata(blockStart, what);
    this.offset = (int) (reference & 0xffff);
    if (offset > block.bytes().length) {
      throw blocks.error(
          what, "offset " + offset + " in a metadata block of " + block.bytes().length + " bytes");
    }
  }

  private void requireBefore(long blockStart) throws FormatException {
    if (blockStart >= end) {
      throw blocks.error(
          what,
          "a metadata block at byte "
              + Long.toUnsignedString(blockStart)
              + ", its table ends at byte "
              + end);
    }
  }

  byte[] read(int count) throws IOException {
    byte[] bytes = new byte[count];
    int done = 0;
    while (done < count) {
      if (offset == block.bytes().length) {
        requireBefore(block.next());
        block = blocks.metadata(block.next(), what);
        offset = 0;
      }
      int step = Math.min(count - done, block.bytes().length - offset);
      System.arraycopy(block.bytes(), offset, bytes, done, step);
      offset += step;
      done += step;
    }
    return bytes;
  }

  /** The next bytes as named fields. */
  StructReader fields(int count) throws IOException {
    return blocks.reader(read(count), what);
  }
}
