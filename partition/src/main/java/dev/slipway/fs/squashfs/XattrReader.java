// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.io.StructReader;
import dev.slipway.tree.Xattrs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Reads extended attributes: see {@link XattrTable} for the form. */
final class XattrReader {
  private static final String WHAT = "extended attributes";

  /** A value that stands elsewhere, because several sets have it. */
  private static final int ELSEWHERE = 1 << 8;

  private static final int NAME_BYTES_MAX = 255;
  private static final int VALUE_BYTES_MAX = 1 << 16;

  /** Limit of what all sets together may hold; they stay in memory. */
  private static final long ALL_BYTES_MAX = 1 << 26;

  private final ReadBlocks blocks;
  private final long valuesStart;
  private final IndexedTable sets;
  private final Map<Long, Xattrs> known = new HashMap<>();
  private long bytes;

  private XattrReader(ReadBlocks blocks, long valuesStart, IndexedTable sets) {
    this.blocks = blocks;
    this.valuesStart = valuesStart;
    this.sets = sets;
  }

  static XattrReader open(ReadBlocks blocks) throws IOException {
    long start = blocks.superblock().xattrTableStart();
    if (start == Superblock.NO_TABLE) {
      return new XattrReader(blocks, 0, null);
    }
    StructReader head = blocks.reader(blocks.raw(start, XattrTable.HEAD_BYTES, WHAT), WHAT);
    long count = head.u32(8, "xattr_ids");
    if (count > blocks.superblock().inodeCount()) {
      throw head.error(
          8,
          "xattr_ids",
          "found " + count + " for " + blocks.superblock().inodeCount() + " inodes");
    }
    var sets =
        new IndexedTable(blocks, start + XattrTable.HEAD_BYTES, count, XattrTable.SET_BYTES, WHAT);
    return new XattrReader(blocks, head.u64(0, "xattr_table_start"), sets);
  }

  Xattrs read(long index) throws IOException {
    if (index == XattrTable.NONE) {
      return Xattrs.NONE;
    }
    if (sets == null) {
      throw blocks.error(WHAT, "number " + index + ", there are none");
    }
    Xattrs set = known.get(index);
    if (set == null) {
      set = readSet(sets.entry(index));
      known.put(index, set);
    }
    return set;
  }

  private Xattrs readSet(StructReader entry) throws IOException {
    long count = entry.u32(8, "count");
    MetadataCursor at = cursor(entry.u64(0, "xattr"));
    var found = new TreeMap<String, byte[]>();
    for (long i = 0; i < count; i++) {
      StructReader field = at.fields(4);
      int type = field.u16(0, "type");
      int nameBytes = field.u16(2, "name size");
      int prefix = type & ~ELSEWHERE;
      if (prefix >= XattrTable.PREFIXES.size()) {
        throw field.error(0, "type", "found " + type + ", known are 0 to 2");
      }
      if (nameBytes == 0 || nameBytes > NAME_BYTES_MAX) {
        throw field.error(2, "name size", "found " + nameBytes + ", 1 to 255 are right");
      }
      String name =
          XattrTable.PREFIXES.get(prefix) + new String(at.read(nameBytes), StandardCharsets.UTF_8);
      byte[] value = value(at);
      if ((type & ELSEWHERE) != 0) {
        value = value(cursor(blocks.reader(value, WHAT).u64(0, "value reference")));
      }
      if (found.put(name, value) != null) {
        throw blocks.error(WHAT, name + " is there twice");
      }
    }
    return Xattrs.of(found);
  }

  private byte[] value(MetadataCursor at) throws IOException {
    StructReader field = at.fields(4);
    long size = field.u32(0, "value size");
    if (size > VALUE_BYTES_MAX) {
      throw field.error(0, "value size", "found " + size + ", at most 65536 are right");
    }
    bytes += size + NAME_BYTES_MAX;
    if (bytes > ALL_BYTES_MAX) {
      throw blocks.error(WHAT, "more than " + ALL_BYTES_MAX + " bytes in all");
    }
    return at.read((int) size);
  }

  private MetadataCursor cursor(long reference) throws IOException {
    return new MetadataCursor(
        blocks, valuesStart, blocks.superblock().bytesUsed(), reference, WHAT);
  }
}
