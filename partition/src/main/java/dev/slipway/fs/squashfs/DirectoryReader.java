// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.io.FormatException;
import dev.slipway.io.StructReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads the listing of one directory: see {@link DirectoryTable} for the form. */
final class DirectoryReader {
  /** A name, and where its inode is said to be. */
  record Found(String name, int type, long reference) {}

  private final ReadBlocks blocks;
  private final MetadataCursor at;
  private final String what;
  private long left;
  private long runLeft;
  private long runBlock;

  DirectoryReader(ReadBlocks blocks, ReadInode directory, String what) throws IOException {
    this.blocks = blocks;
    this.what = what;
    this.left = directory.size();
    this.at =
        left == 0
            ? null
            : new MetadataCursor(
                blocks,
                blocks.superblock().directoryTableStart(),
                blocks.superblock().bytesUsed(),
                directory.start() << 16 | directory.offset(),
                what);
  }

  /** The next entry; null at the end. */
  Found next() throws IOException {
    if (left == 0 && runLeft == 0) {
      return null;
    }
    if (runLeft == 0) {
      take(DirectoryTable.RUN_BYTES);
      StructReader run = at.fields(DirectoryTable.RUN_BYTES);
      runLeft = run.u32(0, "count") + 1;
      runBlock = run.u32(4, "start_block");
      if (runLeft > DirectoryTable.RUN_ENTRIES_MAX) {
        throw run.error(0, "count", "found " + runLeft + " entries, at most 256 are right");
      }
    }
    take(DirectoryTable.ENTRY_BYTES);
    StructReader entry = at.fields(DirectoryTable.ENTRY_BYTES);
    int length = entry.u16(6, "size") + 1;
    take(length);
    runLeft--;
    return new Found(
        name(at.read(length)), entry.u16(4, "type"), runBlock << 16 | entry.u16(0, "offset"));
  }

  private void take(int bytes) throws FormatException {
    left -= bytes;
    if (left < 0) {
      throw blocks.error(what, "its listing ends within an entry");
    }
  }

  private String name(byte[] bytes) throws FormatException {
    String name;
    try {
      name = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw blocks.error(
          what, "a name is not UTF-8: \"" + new String(bytes, StandardCharsets.ISO_8859_1) + "\"");
    }
    if (name.equals(".") || name.equals("..") || name.indexOf('/') >= 0 || name.indexOf(0) >= 0) {
      throw blocks.error(what, "no name for a file: \"" + name.replace("\0", "\\0") + "\"");
    }
    return name;
  }
}
