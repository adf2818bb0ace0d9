// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import static dev.slipway.fs.ext4.Ext4Constants.BLOCK_BYTES;

import dev.slipway.tree.Xattrs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The extended attributes of an inode, laid out: as many as fit in the spare bytes of the inode
 * itself, the others in a block.
 *
 * <p>Entries grow from the front of their area, values from its end, four zero bytes between them.
 *
 * @param inInode the bytes behind the inode's fixed part, empty when nothing lies there
 * @param block a whole block with zeros for reference count and checksum, or null
 * @see <a href="https://docs.kernel.org/filesystems/ext4/dynamic.html#extended-attributes">Extended
 *     attributes</a>
 */
record XattrArea(byte[] inInode, byte[] block) {
  static final int MAGIC = 0xEA020000; // EXT4_XATTR_MAGIC
  static final int BLOCK_HEADER_BYTES = 32;
  static final int INODE_HEADER_BYTES = 4;
  static final int ENTRY_BYTES = 16;

  /** How many inodes may share a block ({@code EXT4_XATTR_REFCOUNT_MAX}). */
  static final int REFERENCES_MAX = 1024;

  private static final int END_BYTES = 4;
  private static final XattrArea NONE = new XattrArea(new byte[0], null);

  private record Entry(XattrName name, byte[] value) {
    int bytes() {
      return padded(ENTRY_BYTES + name.rest().length) + padded(value.length);
    }
  }

  /**
   * Lays out attributes.
   *
   * @param spareBytes how much room the inode has behind its fixed part
   * @throws IllegalArgumentException when there are more than an inode and a block hold
   */
  static XattrArea of(Xattrs xattrs, int spareBytes) {
    if (xattrs.isEmpty()) {
      return NONE;
    }
    var inside = new ArrayList<Entry>();
    var outside = new ArrayList<Entry>();
    int insideLeft = spareBytes - INODE_HEADER_BYTES - END_BYTES;
    int outsideLeft = BLOCK_BYTES - BLOCK_HEADER_BYTES - END_BYTES;
    for (var attribute : xattrs.asMap().entrySet()) {
      XattrName name = XattrName.of(attribute.getKey());
      byte[] value = attribute.getValue();
      Entry entry = new Entry(name, name.isAcl() ? PosixAcl.toStored(value) : value);
      if (entry.bytes() <= insideLeft) {
        inside.add(entry);
        insideLeft -= entry.bytes();
      } else {
        outside.add(entry);
        outsideLeft -= entry.bytes();
      }
    }
    if (outsideLeft < 0) {
      throw new IllegalArgumentException(
          "extended attributes need "
              + -outsideLeft
              + " bytes more than the "
              + (BLOCK_BYTES - BLOCK_HEADER_BYTES - END_BYTES)
              + " that a block of ext4 holds");
    }
    return new XattrArea(
        inside.isEmpty() ? new byte[0] : inInode(inside, spareBytes),
        outside.isEmpty() ? null : block(outside));
  }

  private static byte[] inInode(List<Entry> entries, int spareBytes) {
    ByteBuffer area = ByteBuffer.allocate(spareBytes).order(ByteOrder.LITTLE_ENDIAN);
    area.putInt(MAGIC); // h_magic
    fill(area, entries, INODE_HEADER_BYTES, false);
    return area.array();
  }

  private static byte[] block(List<Entry> entries) {
    entries.sort((a, b) -> a.name().compareTo(b.name()));
    ByteBuffer area = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    area.putInt(0, MAGIC); // h_magic
    area.putInt(8, 1); // h_blocks
    area.position(BLOCK_HEADER_BYTES);
    area.putInt(12, fill(area, entries, 0, true)); // h_hash
    return area.array();
  }

  /**
   * Puts entries at the buffer's position and values at its end.
   *
   * @param base the offset that {@code e_value_offs} counts from
   * @param hashed whether entries carry their hash, as those of a block do
   * @return the hash over all entries
   */
  private static int fill(ByteBuffer area, List<Entry> entries, int base, boolean hashed) {
    int valueEnd = area.capacity();
    int total = 0;
    for (Entry entry : entries) {
      valueEnd -= padded(entry.value().length);
      int hash = hash(entry);
      int at = area.position();
      area.put((byte) entry.name().rest().length); // e_name_len
      area.put((byte) entry.name().index()); // e_name_index
      area.putShort((short) (entry.value().length == 0 ? 0 : valueEnd - base)); // e_value_offs
      area.putInt(0); // e_value_inum
      area.putInt(entry.value().length); // e_value_size
      area.putInt(hashed ? hash : 0); // e_hash
      area.put(entry.name().rest());
      area.position(at + padded(ENTRY_BYTES + entry.name().rest().length));
      area.put(valueEnd, entry.value());
      total = Integer.rotateLeft(total, 16) ^ hash;
    }
    return total;
  }

  private static int hash(Entry entry) {
    return hash(entry.name().rest(), entry.value());
  }

  /** {@code e_hash}: over the name's bytes, then over the value's words, padded with zeros. */
  static int hash(byte[] name, byte[] value) {
    int hash = 0;
    for (byte b : name) {
      hash = Integer.rotateLeft(hash, 5) ^ (b & 0xff);
    }
    ByteBuffer words = ByteBuffer.allocate(padded(value.length)).order(ByteOrder.LITTLE_ENDIAN);
    words.put(0, value);
    while (words.hasRemaining()) {
      hash = Integer.rotateLeft(hash, 16) ^ words.getInt();
    }
    return hash;
  }

  /**
   * Finishes a block whose place is known.
   *
   * @param references how many inodes use it
   */
  static byte[] placed(byte[] block, long blockNumber, int references, MetadataChecksum checksum) {
    byte[] bytes = block.clone();
    ByteBuffer area = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    area.putInt(4, references); // h_refcount
    area.putInt(16, checksum(bytes, blockNumber, checksum)); // h_checksum
    return bytes;
  }

  /** Over the block's number and the block, its own field as zeros. */
  static int checksum(byte[] block, long blockNumber, MetadataChecksum checksum) {
    return checksum
        .start()
        .u64(blockNumber)
        .bytes(block, 0, 16)
        .zeros(4)
        .bytes(block, 20, block.length - 20)
        .value();
  }

  static int padded(int bytes) {
    return (bytes + 3) & ~3;
  }
}
