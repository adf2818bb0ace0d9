// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.store.StoreEntry.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Objects;

/**
 * A blob being written. It is in the store once it has been committed; closed without that, it
 * leaves nothing. Used by one thread at a time.
 */
public final class BlobWriter extends OutputStream {
  private final Store store;
  private final Path file;
  private final Kind kind;
  private final String label;
  private final OutputStream out;
  private final MessageDigest sha256 = Digest.sha256();
  private final byte[] buffer = new byte[1 << 16];
  private int filled;
  private long size;
  private boolean ended;

  BlobWriter(Store store, Path file, Kind kind, String label) throws IOException {
    this.store = store;
    this.file = file;
    this.kind = kind;
    this.label = label;
    this.out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** How many bytes have been written. */
  public long size() {
    return size + filled;
  }

  @Override
  public void write(int b) throws IOException {
    if (filled == buffer.length) {
      drain();
    }
    buffer[filled++] = (byte) b;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length > buffer.length - filled) {
      drain();
    }
    if (length > buffer.length) {
      put(bytes, offset, length);
    } else {
      System.arraycopy(bytes, offset, buffer, filled, length);
      filled += length;
    }
  }

  private void drain() throws IOException {
    put(buffer, 0, filled);
    filled = 0;
  }

  private void put(byte[] bytes, int offset, int length) throws IOException {
    if (ended) {
      throw new IOException("the blob has been committed or closed");
    }
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      throw store.failed(e);
    }
    sha256.update(bytes, offset, length);
    size += length;
  }

  /** Puts the blob into the store and closes the stream. */
  public Blob commit() throws IOException {
    return commit(null);
  }

  /**
   * As {@link #commit()}, if what was written is what it should be.
   *
   * @throws FormatException naming both digests; the store is as it was before
   */
  public Blob commit(Digest expected) throws IOException {
    try (this) {
      drain();
      ended = true;
      out.close();
      Digest digest = Digest.finish(sha256);
      if (expected != null && !digest.equals(expected)) {
        throw new FormatException(
            (label.isEmpty() ? "blob" : label)
                + ": digest: found "
                + digest
                + ", expected "
                + expected
                + " ("
                + size
                + " bytes)");
      }
      return store.add(file, digest, size, kind, label);
    }
  }

  @Override
  public void close() throws IOException {
    ended = true;
    try {
      out.close();
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
