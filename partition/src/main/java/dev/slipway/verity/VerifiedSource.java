// SPDX-License-Identifier: Apache-2.0
package dev.slipway.verity;

import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Data of which every block is checked when it is read, and never given out unchecked. Hash blocks
 * that were checked stay in memory for a while, 128 at most.
 */
final class VerifiedSource implements BlockSource {
  private static final int BLOCK = TreeLevels.BLOCK_BYTES;
  private static final int HASH_BLOCKS_KEPT = 128;

  /** How much is read and checked together. */
  private static final int READ_BYTES_MAX = 1 << 18;

  private final BlockSource data;
  private final BlockSource tree;
  private final TreeLevels levels;
  private final byte[] salt;
  private final byte[] root;
  private final String name;

  /** By their numbers in the tree. */
  private final Map<Long, byte[]> checked =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, byte[]> eldest) {
          return size() > HASH_BLOCKS_KEPT;
        }
      };

  VerifiedSource(BlockSource data, BlockSource tree, byte[] salt, Digest root, String name) {
    this.data = data;
    this.tree = tree;
    this.levels = TreeLevels.of(data.size());
    this.salt = salt;
    this.root = root.bytes();
    this.name = name;
  }

  @Override
  public long size() {
    return data.size();
  }

  @Override
  public int read(long position, ByteBuffer target) throws IOException {
    if (position >= size()) {
      return -1;
    }
    long first = position / BLOCK;
    int skip = (int) (position % BLOCK);
    int wanted = (int) Math.min(Math.min(target.remaining(), READ_BYTES_MAX), size() - position);
    int blockCount = (skip + wanted + BLOCK - 1) / BLOCK;
    byte[] blocks = data.readFully(first * BLOCK, blockCount * BLOCK);
    for (int i = 0; i < blockCount; i++) {
      requireDigest(blocks, i * BLOCK, 0, first + i);
    }
    target.put(blocks, skip, wanted);
    return wanted;
  }

  @Override
  public void willRead(long position, long length) {
    Objects.checkFromIndexSize(position, length, size());
    if (length == 0) {
      return;
    }
    long first = position / BLOCK;
    long last = (position + length - 1) / BLOCK;
    data.willRead(first * BLOCK, (last - first + 1) * BLOCK);
    if (!levels.levels().isEmpty()) {
      long firstHash = first / TreeLevels.DIGESTS_PER_BLOCK;
      long hashes = last / TreeLevels.DIGESTS_PER_BLOCK - firstHash + 1;
      tree.willRead((levels.levels().get(0).firstBlock() + firstHash) * BLOCK, hashes * BLOCK);
    }
  }

  /**
   * Checks a block against the hash block above it, which is checked in turn.
   *
   * @param level 0 for data, else the level of hash blocks counted from the lowest
   * @param number of the block in its level
   */
  private void requireDigest(byte[] bytes, int offset, int level, long number) throws IOException {
    MessageDigest sha256 = Digest.sha256();
    sha256.update(salt);
    sha256.update(bytes, offset, BLOCK);
    byte[] found = sha256.digest();
    byte[] expected = root;
    if (level < levels.levels().size()) {
      byte[] above = hashBlock(level, number / TreeLevels.DIGESTS_PER_BLOCK);
      int at = (int) (number % TreeLevels.DIGESTS_PER_BLOCK) * TreeLevels.DIGEST_BYTES;
      expected = Arrays.copyOfRange(above, at, at + TreeLevels.DIGEST_BYTES);
    }
    if (!MessageDigest.isEqual(found, expected)) {
      String place =
          level == 0
              ? "byte " + number * BLOCK
              : "hash tree: byte " + (levels.levels().get(level - 1).firstBlock() + number) * BLOCK;
      throw new FormatException(
          name
              + ": "
              + place
              + ": digest: found "
              + Digest.fromBytes(found)
              + ", expected "
              + Digest.fromBytes(expected)
              + "; it was altered or damaged");
    }
  }

  private byte[] hashBlock(int level, long number) throws IOException {
    long inTree = levels.levels().get(level).firstBlock() + number;
    synchronized (checked) {
      byte[] known = checked.get(inTree);
      if (known != null) {
        return known;
      }
    }
    byte[] block = tree.readFully(inTree * BLOCK, BLOCK);
    requireDigest(block, 0, level + 1, number);
    synchronized (checked) {
      checked.put(inTree, block);
    }
    return block;
  }

  /** Closes neither the data nor the tree. */
  @Override
  public void close() {}
}
