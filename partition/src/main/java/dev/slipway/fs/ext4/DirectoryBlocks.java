// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import static dev.slipway.fs.ext4.Ext4Constants.BLOCK_BYTES;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The contents of a directory: one plain block when all names fit in it, otherwise blocks of names
 * in the order of their hashes with an index over them, which is what the kernel would have made.
 *
 * <pre>
 * block 0        . and .., then the root of the index: the first hash of each block below
 * blocks 1..n    names, packed full
 * blocks n+1..   nodes of the index, when its root cannot name all blocks of names
 * </pre>
 *
 * @see <a href="https://docs.kernel.org/filesystems/ext4/dynamic.html#directory-entries">Directory
 *     entries</a>
 */
final class DirectoryBlocks {
  static final int TAIL_BYTES = 12;
  static final int TAIL_TYPE = 0xde; // EXT4_FT_DIR_CSUM
  static final int ROOT_INDEX_OFFSET = 32;
  static final int NODE_INDEX_OFFSET = 8;
  static final int INDEX_ENTRY_BYTES = 8;

  private static final int ROOM = BLOCK_BYTES - TAIL_BYTES;
  private static final int DOT_BYTES = 12;
  private static final int ROOT_LIMIT = (BLOCK_BYTES - ROOT_INDEX_OFFSET) / INDEX_ENTRY_BYTES - 1;
  private static final int NODE_LIMIT = (BLOCK_BYTES - NODE_INDEX_OFFSET) / INDEX_ENTRY_BYTES - 1;

  private final int inode;
  private final int parent;
  private final MetadataChecksum checksum;

  private record Hashed(long hash, DirectoryEntry entry) {}

  /** A line of the index: names from this hash on are in that block of the directory. */
  private record IndexEntry(int hash, int block) {}

  DirectoryBlocks(int inode, int parent, MetadataChecksum checksum) {
    this.inode = inode;
    this.parent = parent;
    this.checksum = checksum;
  }

  /** Whether so many bytes of names need an index. */
  static boolean isIndexed(List<DirectoryEntry> entries) {
    long bytes = 2 * DOT_BYTES;
    for (DirectoryEntry entry : entries) {
      bytes += entry.bytes();
    }
    return bytes > ROOM;
  }

  /** A directory of one block. */
  byte[] plain(List<DirectoryEntry> entries) {
    var all = new ArrayList<DirectoryEntry>(entries.size() + 2);
    all.add(new DirectoryEntry(new byte[] {'.'}, inode, DirectoryEntry.TYPE_DIRECTORY));
    all.add(new DirectoryEntry(new byte[] {'.', '.'}, parent, DirectoryEntry.TYPE_DIRECTORY));
    all.addAll(entries);
    byte[] bytes = new byte[BLOCK_BYTES];
    putNames(bytes, 0, all);
    return bytes;
  }

  /** A directory of several blocks without names: lost+found, which has room in advance. */
  byte[] empty(int blocks) {
    byte[] bytes = new byte[blocks * BLOCK_BYTES];
    System.arraycopy(plain(List.of()), 0, bytes, 0, BLOCK_BYTES);
    for (int block = 1; block < blocks; block++) {
      putNames(bytes, block * BLOCK_BYTES, List.of());
    }
    return bytes;
  }

  /** A directory with an index. */
  byte[] indexed(List<DirectoryEntry> entries, NameHash nameHash) {
    var hashed = new ArrayList<Hashed>(entries.size());
    for (DirectoryEntry entry : entries) {
      hashed.add(new Hashed(nameHash.of(entry.name()), entry));
    }
    hashed.sort((a, b) -> Long.compareUnsigned(a.hash(), b.hash()));
    var leaves = new ArrayList<List<DirectoryEntry>>();
    List<IndexEntry> index = cut(hashed, leaves);
    boolean deep = index.size() > ROOT_LIMIT;
    int nodeCount = deep ? (index.size() + NODE_LIMIT - 1) / NODE_LIMIT : 0;
    if (nodeCount > ROOT_LIMIT) {
      throw new IllegalArgumentException(
          "a directory of ext4 holds no more than "
              + ROOT_LIMIT * NODE_LIMIT
              + " blocks of names; this one needs "
              + index.size());
    }
    byte[] bytes = new byte[Math.multiplyExact(1 + leaves.size() + nodeCount, BLOCK_BYTES)];
    for (int leaf = 0; leaf < leaves.size(); leaf++) {
      putNames(bytes, (1 + leaf) * BLOCK_BYTES, leaves.get(leaf));
    }
    var root = new ArrayList<IndexEntry>();
    for (int node = 0; node < nodeCount; node++) {
      int block = 1 + leaves.size() + node;
      int from = node * NODE_LIMIT;
      List<IndexEntry> part = index.subList(from, Math.min(index.size(), from + NODE_LIMIT));
      root.add(new IndexEntry(part.get(0).hash(), block));
      putNode(bytes, block * BLOCK_BYTES, part);
    }
    putRoot(bytes, deep ? root : index, deep ? 1 : 0);
    return bytes;
  }

  /**
   * Cuts the sorted names into blocks. When names of one hash go on in the next block, the lowest
   * bit of that block's hash says so.
   */
  private static List<IndexEntry> cut(List<Hashed> hashed, List<List<DirectoryEntry>> leaves) {
    var index = new ArrayList<IndexEntry>();
    List<DirectoryEntry> leaf = new ArrayList<>();
    index.add(new IndexEntry(0, 1));
    leaves.add(leaf);
    int used = 0;
    int before = 0;
    for (Hashed name : hashed) {
      int hash = (int) (name.hash() >>> 32);
      if (used + name.entry().bytes() > ROOM) {
        leaf = new ArrayList<>();
        leaves.add(leaf);
        index.add(new IndexEntry(hash == before ? hash | 1 : hash, leaves.size()));
        used = 0;
      }
      leaf.add(name.entry());
      used += name.entry().bytes();
      before = hash;
    }
    return index;
  }

  /** Names, the last one's length stretched to the end, then the checksum in the guise of one. */
  private void putNames(byte[] bytes, int offset, List<DirectoryEntry> entries) {
    ByteBuffer block = block(bytes, offset);
    int at = 0;
    for (int i = 0; i < entries.size(); i++) {
      DirectoryEntry entry = entries.get(i);
      int length = i == entries.size() - 1 ? ROOM - at : entry.bytes();
      block.putInt(at, entry.inode()); // inode
      block.putShort(at + 4, (short) length); // rec_len
      block.put(at + 6, (byte) entry.name().length); // name_len
      block.put(at + 7, (byte) entry.fileType()); // file_type
      block.put(at + 8, entry.name()); // name
      at += length;
    }
    if (entries.isEmpty()) {
      block.putShort(4, (short) ROOM); // rec_len
    }
    int value = leafChecksum(bytes, offset, BLOCK_BYTES, inode, checksum);
    block.putShort(ROOM + 4, (short) TAIL_BYTES); // det_rec_len
    block.put(ROOM + 7, (byte) TAIL_TYPE); // det_reserved_ft
    block.putInt(ROOM + 8, value); // det_checksum
  }

  private void putRoot(byte[] bytes, List<IndexEntry> index, int levels) {
    ByteBuffer block = block(bytes, 0);
    block.putInt(0, inode); // dot.inode
    block.putShort(4, (short) DOT_BYTES); // dot.rec_len
    block.put(6, (byte) 1); // dot.name_len
    block.put(7, (byte) DirectoryEntry.TYPE_DIRECTORY); // dot.file_type
    block.put(8, (byte) '.'); // dot.name
    block.putInt(12, parent); // dotdot.inode
    block.putShort(16, (short) (BLOCK_BYTES - DOT_BYTES)); // dotdot.rec_len
    block.put(18, (byte) 2); // dotdot.name_len
    block.put(19, (byte) DirectoryEntry.TYPE_DIRECTORY); // dotdot.file_type
    block.put(20, (byte) '.').put(21, (byte) '.'); // dotdot.name
    block.put(28, (byte) NameHash.HALF_MD4); // dx_root_info.hash_version
    block.put(29, (byte) 8); // dx_root_info.info_length
    block.put(30, (byte) levels); // dx_root_info.indirect_levels
    putIndex(bytes, 0, ROOT_INDEX_OFFSET, ROOT_LIMIT, index);
  }

  private void putNode(byte[] bytes, int offset, List<IndexEntry> index) {
    block(bytes, offset).putShort(4, (short) BLOCK_BYTES); // fake.rec_len
    putIndex(bytes, offset, NODE_INDEX_OFFSET, NODE_LIMIT, index);
  }

  private void putIndex(
      byte[] bytes, int offset, int indexOffset, int limit, List<IndexEntry> index) {
    ByteBuffer block = block(bytes, offset);
    for (int i = 0; i < index.size(); i++) {
      int at = indexOffset + i * INDEX_ENTRY_BYTES;
      block.putInt(at, index.get(i).hash()); // dx_entry.hash
      block.putInt(at + 4, index.get(i).block()); // dx_entry.block
    }
    // The first entry's hash is known to be the least, so its place holds the two counts.
    block.putShort(indexOffset, (short) limit); // limit
    block.putShort(indexOffset + 2, (short) index.size()); // count
    int tail = indexOffset + limit * INDEX_ENTRY_BYTES;
    int value = indexChecksum(bytes, offset, indexOffset, limit, index.size(), inode, checksum);
    block.putInt(tail + 4, value); // dt_checksum
  }

  /** Over everything before the tail. */
  static int leafChecksum(
      byte[] bytes, int offset, int blockBytes, long inode, MetadataChecksum checksum) {
    return leafChecksum(bytes, offset, blockBytes, inode, 0, checksum);
  }

  static int leafChecksum(
      byte[] bytes,
      int offset,
      int blockBytes,
      long inode,
      int generation,
      MetadataChecksum checksum) {
    return checksum
        .startInode(inode, generation)
        .bytes(bytes, offset, blockBytes - TAIL_BYTES)
        .value();
  }

  /** Over everything up to the last used entry, the tail's first word, and zeros for its second. */
  private static int indexChecksum(
      byte[] bytes,
      int offset,
      int indexOffset,
      int limit,
      int count,
      int inode,
      MetadataChecksum checksum) {
    return indexChecksum(bytes, offset, indexOffset, limit, count, inode, 0, checksum);
  }

  static int indexChecksum(
      byte[] bytes,
      int offset,
      int indexOffset,
      int limit,
      int count,
      long inode,
      int generation,
      MetadataChecksum checksum) {
    return checksum
        .startInode(inode, generation)
        .bytes(bytes, offset, indexOffset + count * INDEX_ENTRY_BYTES)
        .bytes(bytes, offset + indexOffset + limit * INDEX_ENTRY_BYTES, 4)
        .zeros(4)
        .value();
  }

  private static ByteBuffer block(byte[] bytes, int offset) {
    return ByteBuffer.wrap(bytes, offset, BLOCK_BYTES).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  static final Comparator<DirectoryEntry> BY_NAME =
      (a, b) -> java.util.Arrays.compareUnsigned(a.name(), b.name());
}
