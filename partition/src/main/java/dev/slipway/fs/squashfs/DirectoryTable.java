// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.io.Struct;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the listings of directories: runs of entries whose inodes lie in one metadata block.
 *
 * <pre>
 * run:    u32 entries - 1  u32 start of the inodes' block  u32 inode number N   then 1 to 256 of
 * entry:  u16 offset in that block  s16 inode number - N  u16 basic type  u16 name length - 1  name
 * </pre>
 */
final class DirectoryTable {
  static final int RUN_BYTES = 12;
  static final int ENTRY_BYTES = 8;
  static final int RUN_ENTRIES_MAX = 256;

  /** More would not be counted by an inode; a reader then has to go through some more names. */
  private static final int INDEXES_MAX = 0xffff;

  /** A name in a directory. */
  record Entry(byte[] name, int type, int inodeNumber, long reference) {}

  /** Where a run starts, so that a reader who looks for a name need not go through them all. */
  record Index(long offset, long blockStart, byte[] name) {}

  /** A listing that was written. */
  record Listing(long blockStart, int offset, long bytes, List<Index> indexes) {}

  private final MetadataWriter out;

  DirectoryTable(MetadataWriter out) {
    this.out = out;
  }

  /** Writes the listing of a directory, whose entries are in the order of their names. */
  Listing write(List<Entry> entries) {
    long blockStart = out.blockStart();
    int offset = out.offset();
    var indexes = new ArrayList<Index>();
    long bytes = 0;
    long indexedBlock = blockStart;
    for (int first = 0; first < entries.size(); ) {
      if (out.blockStart() != indexedBlock && indexes.size() < INDEXES_MAX) {
        indexedBlock = out.blockStart();
        indexes.add(new Index(bytes, indexedBlock, entries.get(first).name()));
      }
      int end = endOfRun(entries, first);
      bytes += writeRun(entries.subList(first, end));
      first = end;
    }
    return new Listing(blockStart, offset, bytes, List.copyOf(indexes));
  }

  /**
   * A run ends where another block or a number too far away comes, or the metadata block is full.
   */
  private int endOfRun(List<Entry> entries, int first) {
    Entry start = entries.get(first);
    int room = MetadataWriter.BLOCK_BYTES - out.offset() - RUN_BYTES;
    int end = first;
    while (end < entries.size() && end - first < RUN_ENTRIES_MAX) {
      Entry entry = entries.get(end);
      int difference = entry.inodeNumber() - start.inodeNumber();
      if (entry.reference() >>> 16 != start.reference() >>> 16
          || difference != (short) difference) {
        break;
      }
      room -= ENTRY_BYTES + entry.name().length;
      end++;
      if (room <= 0) {
        break;
      }
    }
    return end;
  }

  private int writeRun(List<Entry> run) {
    Entry first = run.get(0);
    int bytes = RUN_BYTES;
    out.write(
        Struct.littleEndian(RUN_BYTES)
            .u32(0, run.size() - 1, "count")
            .u32(4, first.reference() >>> 16, "start_block")
            .u32(8, first.inodeNumber(), "inode_number")
            .bytes());
    for (Entry entry : run) {
      int difference = entry.inodeNumber() - first.inodeNumber();
      byte[] raw =
          Struct.littleEndian(ENTRY_BYTES + entry.name().length)
              .u16(0, (int) entry.reference() & 0xffff, "offset")
              .u16(2, difference & 0xffff, "inode_number")
              .u16(4, entry.type(), "type")
              .u16(6, entry.name().length - 1, "size")
              .bytes(8, entry.name(), "name")
              .bytes();
      out.write(raw);
      bytes += raw.length;
    }
    return bytes;
  }
}
