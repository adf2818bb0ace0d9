// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import dev.slipway.io.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the names of a directory, block after block. A hash tree needs no care: its nodes look like
 * empty blocks, by design.
 */
final class DirectoryReader {
  private static final int INLINE_PARENT_BYTES = 4;

  private final ReadBlocks blocks;
  private final ReadInode inode;
  private final List<DirectoryEntry> entries = new ArrayList<>();

  private DirectoryReader(ReadBlocks blocks, ReadInode inode) {
    this.blocks = blocks;
    this.inode = inode;
  }

  /** The names of a directory but for {@code .} and {@code ..}, in the order they are stored. */
  static List<DirectoryEntry> read(ReadBlocks blocks, ReadInode inode) throws IOException {
    var reader = new DirectoryReader(blocks, inode);
    int blockBytes = blocks.superblock().blockBytes();
    FileMap map = BlockMapReader.read(blocks, inode);
    if (inode.sizeBytes() % blockBytes != 0 || inode.sizeBytes() == 0) {
      throw blocks.error(inode.number(), "a directory of " + inode.sizeBytes() + " bytes");
    }
    long end = 0;
    for (FileMap.Part part : map.parts()) {
      if (part.fileOffset() != end) {
        break;
      }
      for (long at = 0; at < part.length(); at += blockBytes) {
        long block = (part.offset() + at) / blockBytes;
        reader.readBlock(blocks.read(block), block, end + at == 0);
      }
      end = part.end();
    }
    if (end != inode.sizeBytes()) {
      throw blocks.error(inode.number(), "a hole in a directory at byte " + end);
    }
    return reader.entries;
  }

  /** The names of a directory that lies in its inode: behind the parent's number, then the rest. */
  static List<DirectoryEntry> readInline(ReadBlocks blocks, ReadInode inode, byte[] rest)
      throws FormatException {
    var reader = new DirectoryReader(blocks, inode);
    byte[] field = inode.blockField();
    reader.readNames(little(field), INLINE_PARENT_BYTES, field.length, inode.offset() + 0x28);
    reader.readNames(little(rest), 0, rest.length, inode.offset());
    return reader.entries;
  }

  private void readBlock(byte[] bytes, long block, boolean first) throws FormatException {
    ByteBuffer raw = little(bytes);
    long offset = block * bytes.length;
    int end = bytes.length;
    if (blocks.superblock().checksum() != null) {
      boolean indexed = inode.has(Ext4Constants.FLAG_INDEX);
      boolean node = raw.getInt(0) == 0 && (raw.getShort(4) & 0xffff) == bytes.length;
      if (indexed && first) {
        requireIndexChecksum(raw, offset, DirectoryBlocks.ROOT_INDEX_OFFSET);
      } else if (indexed && node) {
        requireIndexChecksum(raw, offset, DirectoryBlocks.NODE_INDEX_OFFSET);
      } else {
        end -= DirectoryBlocks.TAIL_BYTES;
        requireLeafChecksum(raw, offset);
      }
    }
    readNames(raw, 0, end, offset);
  }

  private void requireLeafChecksum(ByteBuffer raw, long offset) throws FormatException {
    int tail = raw.capacity() - DirectoryBlocks.TAIL_BYTES;
    if (raw.getInt(tail) != 0
        || raw.getShort(tail + 4) != DirectoryBlocks.TAIL_BYTES
        || (raw.get(tail + 7) & 0xff) != DirectoryBlocks.TAIL_TYPE) {
      throw error(offset + tail, "det_reserved_ft: no checksum at the end of a directory's block");
    }
    int expected =
        DirectoryBlocks.leafChecksum(
            raw.array(),
            0,
            raw.capacity(),
            inode.number(),
            inode.generation(),
            blocks.superblock().checksum());
    int found = raw.getInt(tail + 8);
    if (found != expected) {
      throw error(
          offset + tail + 8, "det_checksum: " + ReadSuperblock.wrongChecksum(found, expected));
    }
  }

  private void requireIndexChecksum(ByteBuffer raw, long offset, int indexOffset)
      throws FormatException {
    int limit = raw.getShort(indexOffset) & 0xffff;
    int count = raw.getShort(indexOffset + 2) & 0xffff;
    int tail = indexOffset + limit * DirectoryBlocks.INDEX_ENTRY_BYTES;
    if (count > limit || tail > raw.capacity() - 8) {
      throw error(offset + indexOffset, "count: found " + count + " of at most " + limit);
    }
    int expected =
        DirectoryBlocks.indexChecksum(
            raw.array(),
            0,
            indexOffset,
            limit,
            count,
            inode.number(),
            inode.generation(),
            blocks.superblock().checksum());
    int found = raw.getInt(tail + 4);
    if (found != expected) {
      throw error(
          offset + tail + 4, "dt_checksum: " + ReadSuperblock.wrongChecksum(found, expected));
    }
  }

  private void readNames(ByteBuffer raw, int start, int end, long offset) throws FormatException {
    int at = start;
    while (at < end) {
      if (end - at < DirectoryEntry.HEADER_BYTES) {
        throw error(offset + at, "rec_len: " + (end - at) + " bytes are left");
      }
      long number = raw.getInt(at) & 0xffff_ffffL;
      int length = raw.getShort(at + 4) & 0xffff;
      int nameLength = raw.get(at + 6) & 0xff;
      int fileType = raw.get(at + 7) & 0xff;
      boolean typed = blocks.superblock().has(Ext4Constants.INCOMPAT_FILETYPE);
      if (length < DirectoryEntry.bytes(number == 0 ? 0 : nameLength)
          || length % 4 != 0
          || length > end - at) {
        throw error(offset + at + 4, "rec_len: found " + length + ", name_len " + nameLength);
      }
      if (number != 0) {
        byte[] name = new byte[nameLength];
        raw.get(at + DirectoryEntry.HEADER_BYTES, name);
        if (!isDots(name)) {
          requireName(name, offset + at);
          if (number > Integer.MAX_VALUE) {
            throw error(offset + at, "inode: found " + number);
          }
          entries.add(new DirectoryEntry(name, (int) number, typed ? fileType : 0));
        }
      }
      at += length;
    }
  }

  private static boolean isDots(byte[] name) {
    return name.length > 0
        && name.length <= 2
        && name[0] == '.'
        && (name.length == 1 || name[1] == '.');
  }

  private void requireName(byte[] name, long offset) throws FormatException {
    if (name.length == 0) {
      throw error(offset + 6, "name_len: found 0");
    }
    for (byte b : name) {
      if (b == 0 || b == '/') {
        throw error(offset + DirectoryEntry.HEADER_BYTES, "name: a NUL or a slash in it");
      }
    }
  }

  private FormatException error(long offset, String message) {
    return new FormatException(
        blocks.superblock().source()
            + ": byte "
            + offset
            + ": inode "
            + inode.number()
            + ": "
            + message);
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
