// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.io.Struct;
import dev.slipway.tree.TreePath;
import dev.slipway.tree.Xattrs;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Extended attributes: inodes that have the same ones share a set.
 *
 * <pre>
 * values:  for each attribute  u16 type  u16 name length  name without prefix  u32 size  value
 * sets:    for each set        u64 reference of its values  u32 count  u32 bytes
 * head:    u64 start of values  u32 sets  u32 unused  then the offsets of the blocks of sets
 * </pre>
 */
final class XattrTable {
  /** The index of an inode without attributes. */
  static final long NONE = 0xffff_ffffL;

  static final int SET_BYTES = 16;
  static final int HEAD_BYTES = 16;

  /** By their numbers on the disk. */
  static final List<String> PREFIXES = List.of("user.", "trusted.", "security.");

  private final Map<Xattrs, Integer> known = new HashMap<>();
  private final MetadataWriter values;
  private final MetadataWriter sets;

  XattrTable(BlockPacker packer) {
    values = new MetadataWriter(packer);
    sets = new MetadataWriter(packer);
  }

  /** The number of a set of attributes; {@link #NONE} for none. */
  long indexOf(TreePath path, Xattrs xattrs) {
    if (xattrs.isEmpty()) {
      return NONE;
    }
    Integer index = known.get(xattrs);
    if (index == null) {
      index = known.size();
      add(path, xattrs);
      known.put(xattrs, index);
    }
    return index;
  }

  boolean isEmpty() {
    return known.isEmpty();
  }

  private void add(TreePath path, Xattrs xattrs) {
    long reference = values.reference();
    int bytes = 0;
    for (Map.Entry<String, byte[]> entry : xattrs.asMap().entrySet()) {
      byte[] encoded = encode(path, entry.getKey(), entry.getValue());
      values.write(encoded);
      bytes += encoded.length;
    }
    sets.write(
        Struct.littleEndian(SET_BYTES)
            .u64(0, reference, "xattr")
            .u32(8, xattrs.asMap().size(), "count")
            .u32(12, bytes, "size")
            .bytes());
  }

  private static byte[] encode(TreePath path, String name, byte[] value) {
    for (int type = 0; type < PREFIXES.size(); type++) {
      String prefix = PREFIXES.get(type);
      if (name.startsWith(prefix) && name.length() > prefix.length()) {
        byte[] rest = name.substring(prefix.length()).getBytes(StandardCharsets.UTF_8);
        return Struct.littleEndian(8 + rest.length + value.length)
            .u16(0, type, "type")
            .u16(2, rest.length, "name size")
            .bytes(4, rest, "name")
            .u32(4 + rest.length, value.length, "value size")
            .bytes(8 + rest.length, value, "value")
            .bytes();
      }
    }
    throw new IllegalArgumentException(
        path
            + ": squashfs cannot hold the attribute "
            + name
            + "; it has user., trusted. and security. only");
  }

  /**
   * The whole table.
   *
   * @param start where it will start in the image
   */
  byte[] bytes(long start) {
    var whole = new ByteArrayOutputStream();
    whole.writeBytes(values.finish());
    long setsStart = start + whole.size();
    byte[] indexed = sets.finishIndexed(setsStart);
    int blocks = sets.packedBytes();
    whole.write(indexed, 0, blocks);
    whole.writeBytes(
        Struct.littleEndian(HEAD_BYTES)
            .u64(0, start, "xattr_table_start")
            .u32(8, known.size(), "xattr_ids")
            .u32(12, 0, "unused")
            .bytes());
    whole.write(indexed, blocks, indexed.length - blocks);
    return whole.toByteArray();
  }

  /** How far behind its start the superblock points: at the head. Right only after the end. */
  long headOffset() {
    return (long) values.packedBytes() + sets.packedBytes();
  }
}
