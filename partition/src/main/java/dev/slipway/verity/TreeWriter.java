// SPDX-License-Identifier: Apache-2.0
package dev.slipway.verity;

import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSink;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Makes a tree in one pass over the data. Since all places are known beforehand, one unfinished
 * block of each level is all that is kept.
 */
final class TreeWriter {
  /** The unfinished block of a level, and how many blocks of it have been written. */
  private static final class Open {
    private final byte[] block = new byte[TreeLevels.BLOCK_BYTES];
    private int filled;
    private long written;
  }

  private final BlockSink sink;
  private final TreeLevels tree;
  private final byte[] salt;
  private final MessageDigest sha256 = Digest.sha256();
  private final Open[] open;
  private byte[] top = new byte[0];

  TreeWriter(BlockSink sink, TreeLevels tree, byte[] salt) {
    this.sink = sink;
    this.tree = tree;
    this.salt = salt;
    this.open = new Open[tree.levels().size()];
    for (int level = 0; level < open.length; level++) {
      open[level] = new Open();
    }
  }

  /** Takes the next block of data. */
  void add(byte[] bytes, int offset) throws IOException {
    put(0, digest(bytes, offset));
  }

  private byte[] digest(byte[] bytes, int offset) {
    sha256.update(salt);
    sha256.update(bytes, offset, TreeLevels.BLOCK_BYTES);
    return sha256.digest();
  }

  private void put(int level, byte[] digest) throws IOException {
    if (level == open.length) {
      top = digest;
      return;
    }
    Open at = open[level];
    System.arraycopy(digest, 0, at.block, at.filled, digest.length);
    at.filled += digest.length;
    if (at.filled == at.block.length) {
      end(level);
    }
  }

  private void end(int level) throws IOException {
    Open at = open[level];
    sink.write(
        (tree.levels().get(level).firstBlock() + at.written) * TreeLevels.BLOCK_BYTES, at.block);
    at.written++;
    put(level + 1, digest(at.block, 0));
    at.filled = 0;
    Arrays.fill(at.block, (byte) 0);
  }

  /** Ends all levels and gives the root. */
  Digest finish() throws IOException {
    for (int level = 0; level < open.length; level++) {
      if (open[level].filled > 0) {
        end(level);
      }
      long planned = tree.levels().get(level).blockCount();
      if (open[level].written != planned) {
        throw new IllegalStateException(
            "bug: wrote " + open[level].written + " blocks of level " + level + ", not " + planned);
      }
    }
    return Digest.fromBytes(top);
  }
}
