// SPDX-License-Identifier: Apache-2.0
package dev.slipway.verity;

import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Hash trees, as dm-verity reads them.
 *
 * <pre>{@code
 * Digest root = Verity.write(data, salt, treeSink, Progress.none());
 * try (BlockSource checked = Verity.open(data, tree, salt, root, "root.img")) { ... }
 * }</pre>
 *
 * <p>Data comes in whole blocks of 4096 bytes; trees here have no superblock before them.
 */
public final class Verity {
  private static final int READ_BYTES = 1 << 20;

  private Verity() {}

  /**
   * How many bytes the tree over so much data has.
   *
   * @param dataBytes a multiple of 4096, not 0
   */
  public static long treeBytes(long dataBytes) {
    return TreeLevels.of(dataBytes).treeBytes();
  }

  /**
   * Makes the tree over some data, which is read once.
   *
   * @param salt up to 256 bytes; part of every digest
   * @param tree takes exactly {@link #treeBytes}
   * @return the root: whoever knows it can trust data and tree
   */
  public static Digest write(BlockSource data, byte[] salt, BlockSink tree, Progress progress)
      throws IOException {
    var writer = new TreeWriter(tree, TreeLevels.of(data.size()), checked(salt));
    byte[] buffer = new byte[READ_BYTES];
    try (Task task = progress.start("hashing", data.size())) {
      for (long at = 0; at < data.size(); ) {
        int count = (int) Math.min(buffer.length, data.size() - at);
        data.readFully(at, ByteBuffer.wrap(buffer, 0, count));
        for (int block = 0; block < count; block += TreeLevels.BLOCK_BYTES) {
          writer.add(buffer, block);
        }
        task.advance(count);
        at += count;
      }
    }
    return writer.finish();
  }

  /**
   * Opens data so that every block is checked when it is read; a {@link FormatException} tells of
   * the first that does not fit. Nothing is read yet. Closing it closes neither data nor tree.
   *
   * @param tree may be longer than the tree
   * @param name what the data is called in error messages
   * @throws FormatException when the tree is shorter than the data needs
   */
  public static BlockSource open(
      BlockSource data, BlockSource tree, byte[] salt, Digest root, String name)
      throws FormatException {
    if (data.size() <= 0 || data.size() % TreeLevels.BLOCK_BYTES != 0) {
      throw new FormatException(
          name + ": " + data.size() + " bytes are not a whole number of blocks of 4096 bytes");
    }
    long needed = treeBytes(data.size());
    if (tree.size() < needed) {
      throw new FormatException(
          name + ": its hash tree has " + tree.size() + " bytes, " + needed + " are needed");
    }
    return new VerifiedSource(data, tree, checked(salt), root, name);
  }

  /**
   * Reads all data and checks it.
   *
   * @throws FormatException naming the first block that does not fit
   */
  public static void verify(
      BlockSource data, BlockSource tree, byte[] salt, Digest root, String name, Progress progress)
      throws IOException {
    byte[] buffer = new byte[READ_BYTES];
    try (BlockSource checked = open(data, tree, salt, root, name);
        Task task = progress.start("verifying", data.size())) {
      for (long at = 0; at < data.size(); ) {
        int count = (int) Math.min(buffer.length, data.size() - at);
        checked.readFully(at, ByteBuffer.wrap(buffer, 0, count));
        task.advance(count);
        at += count;
      }
    }
  }

  private static byte[] checked(byte[] salt) {
    if (salt.length > VeritySuperblock.SALT_BYTES_MAX) {
      throw new IllegalArgumentException("a salt has at most 256 bytes, not " + salt.length);
    }
    return salt.clone();
  }
}
