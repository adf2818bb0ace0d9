// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import dev.slipway.io.FormatException;
import dev.slipway.io.StructReader;
import dev.slipway.tree.Xattrs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Reads extended attributes, from the inode and from its block. */
final class XattrReader {
  /** Where the rest of inline data lies; no attribute to programs. */
  static final String INLINE_DATA = "system.data";

  private final ReadBlocks blocks;

  /** Blocks that several inodes may share, by their number. */
  private final Map<Long, Map<String, byte[]>> shared = new HashMap<>();

  XattrReader(ReadBlocks blocks) {
    this.blocks = blocks;
  }

  /** All attributes of an inode, the one that holds inline data included. */
  Map<String, byte[]> read(ReadInode inode) throws IOException {
    int offset = inode.xattrsOffset();
    boolean inside = offset >= 0;
    if (!inside && inode.xattrBlock() == 0) {
      return Map.of();
    }
    StructReader raw =
        StructReader.littleEndian(blocks.superblock().source(), inode.offset(), inode.raw());
    inside = inside && raw.u32(offset, "h_magic") == (XattrArea.MAGIC & 0xffff_ffffL);
    if (!inside && inode.xattrBlock() == 0) {
      return Map.of();
    }
    var found = new TreeMap<String, byte[]>();
    if (inside) {
      int base = offset + XattrArea.INODE_HEADER_BYTES;
      readEntries(raw, base, base, inode.raw().length, found);
    }
    if (inode.xattrBlock() != 0) {
      for (var entry : block(inode).entrySet()) {
        if (found.put(entry.getKey(), entry.getValue()) != null) {
          throw blocks.error(inode.number(), "attribute " + entry.getKey() + " is there twice");
        }
      }
    }
    return found;
  }

  /** What programs see of them. */
  static Xattrs seen(Map<String, byte[]> found) {
    if (!found.containsKey(INLINE_DATA)) {
      return Xattrs.of(found);
    }
    var rest = new TreeMap<>(found);
    rest.remove(INLINE_DATA);
    return Xattrs.of(rest);
  }

  private Map<String, byte[]> block(ReadInode inode) throws IOException {
    long number = inode.xattrBlock();
    Map<String, byte[]> known = shared.get(number);
    if (known != null) {
      return known;
    }
    blocks.claim(number, 1, inode.number());
    byte[] bytes = blocks.read(number);
    long offset = number * bytes.length;
    StructReader raw = StructReader.littleEndian(blocks.superblock().source(), offset, bytes);
    if (raw.u32(0, "h_magic") != (XattrArea.MAGIC & 0xffff_ffffL)) {
      throw raw.error(
          0, "h_magic", "found 0x" + Long.toHexString(raw.u32(0, "h_magic")) + ", not ea020000");
    }
    MetadataChecksum checksum = blocks.superblock().checksum();
    if (checksum != null) {
      int found = (int) raw.u32(16, "h_checksum");
      int expected = XattrArea.checksum(bytes, number, checksum);
      if (found != expected) {
        throw raw.error(16, "h_checksum", ReadSuperblock.wrongChecksum(found, expected));
      }
    }
    var entries = new TreeMap<String, byte[]>();
    readEntries(raw, XattrArea.BLOCK_HEADER_BYTES, 0, bytes.length, entries);
    shared.put(number, entries);
    return entries;
  }

  /**
   * Reads entries up to four zero bytes.
   *
   * @param first where the first entry is
   * @param base what value offsets count from
   */
  static void readEntries(StructReader raw, int first, int base, int end, Map<String, byte[]> found)
      throws FormatException {
    long valueBytes = 0;
    for (int at = first; end - at >= 4 && raw.u32(at, "e_name_len") != 0; ) {
      int nameLength = raw.u8(at, "e_name_len");
      int index = raw.u8(at + 1, "e_name_index");
      int valueOffset = raw.u16(at + 2, "e_value_offs");
      if (raw.u32(at + 4, "e_value_inum") != 0) {
        throw raw.error(at + 4, "e_value_inum", "values in inodes of their own are not read");
      }
      long size = raw.u32(at + 8, "e_value_size");
      String rest =
          new String(
              raw.bytes(at + XattrArea.ENTRY_BYTES, nameLength, "e_name"), StandardCharsets.UTF_8);
      String name = XattrName.text(index, rest);
      if (name == null) {
        throw raw.error(at + 1, "e_name_index", "found " + index + " with name \"" + rest + "\"");
      }
      if (size > end - base || (size > 0 && valueOffset + base + size > end)) {
        throw raw.error(at + 8, "e_value_size", "found " + size + ", outside of its area");
      }
      valueBytes += size;
      if (valueBytes > end - base) {
        throw raw.error(at + 8, "e_value_size", "values overlap: together they exceed their area");
      }
      byte[] value = size == 0 ? new byte[0] : raw.bytes(base + valueOffset, (int) size, name);
      if (index == XattrName.ACL_ACCESS || index == XattrName.ACL_DEFAULT) {
        value = PosixAcl.toSeen(value);
        if (value == null) {
          throw raw.error(at + 2, name, "not an access control list of version 1");
        }
      }
      if (found.put(name, value) != null) {
        throw raw.error(at, "e_name", "attribute " + name + " is there twice");
      }
      at += XattrArea.padded(XattrArea.ENTRY_BYTES + nameLength);
    }
  }
}
