// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import dev.slipway.digest.Digest;
import dev.slipway.io.ByteSource;
import dev.slipway.progress.Task;
import dev.slipway.tree.Content;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;

/**
 * RAUC's {@code block-hash-index}: the SHA-256 of every block of 4096 bytes of an image, one after
 * the other. A device that knows the digests of what it has fetches only the blocks that differ.
 */
public final class BlockHashIndex {
  /** What is digested together. */
  public static final int BLOCK_BYTES = 4096;

  private static final int READ_BYTES = 1 << 18;

  private BlockHashIndex() {}

  /** Whether an image of so many bytes can have an index: it consists of whole blocks. */
  public static boolean fits(long sizeBytes) {
    return sizeBytes > 0 && sizeBytes % BLOCK_BYTES == 0;
  }

  /** How many bytes the index of an image has. */
  public static long bytes(long imageBytes) {
    return imageBytes / BLOCK_BYTES * Digest.BYTES;
  }

  /**
   * Writes the index of an image, which is read once.
   *
   * @param out stays open
   * @return the image itself, with its digest
   */
  public static Content write(ByteSource image, long sizeBytes, OutputStream out, Task task)
      throws IOException {
    MessageDigest whole = Digest.sha256();
    MessageDigest block = Digest.sha256();
    byte[] buffer = new byte[READ_BYTES];
    long done = 0;
    try (InputStream in = image.open()) {
      for (int count = in.readNBytes(buffer, 0, buffer.length);
          count > 0;
          count = in.readNBytes(buffer, 0, buffer.length)) {
        whole.update(buffer, 0, count);
        for (int at = 0; at < count; at += BLOCK_BYTES) {
          block.update(buffer, at, Math.min(BLOCK_BYTES, count - at));
          out.write(block.digest());
        }
        done += count;
        task.advance(count);
      }
    }
    if (done != sizeBytes) {
      throw new IOException(
          "an image gave " + done + " bytes, expected " + sizeBytes + "; did it change?");
    }
    return Content.of(sizeBytes, Digest.finish(whole), image);
  }
}
