// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import dev.slipway.digest.Digest;
import dev.slipway.store.StoreEntry.Kind;
import dev.slipway.tree.Content;
import dev.slipway.tree.Content.Range;
import dev.slipway.tree.ContentKeeper;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A pack being written: many contents in one blob, one after the other, each only once and without
 * its holes. That makes a few large sequential writes of thousands of small files.
 *
 * <p>A kept content can be read at once, and for good when the pack has been committed. Closed
 * without that, the pack leaves nothing. Threads that write side by side take a writer each.
 */
public final class PackWriter implements ContentKeeper, Closeable {
  private static final byte[] ZEROS = new byte[1 << 14];

  /** Contents with other holes are other contents here, since only the data is stored. */
  private record Kept(Digest digest, List<Range> data) {}

  private final Store store;
  private final Path path;
  private final String label;
  private final PackFile pack;
  private final Map<Kept, PackSlice> kept = new HashMap<>();
  private final byte[] buffer = new byte[1 << 18];
  private final MessageDigest sha256 = Digest.sha256();

  /** The digest of all contents up to the current one's start. */
  private MessageDigest packed = Digest.sha256();

  /** Where in the file the buffer's first byte belongs; what lies before it can be read. */
  private volatile long flushed;

  private int filled;
  private boolean ended;

  PackWriter(Store store, Path path, String label) throws IOException {
    this.store = store;
    this.path = path;
    this.label = label;
    this.pack = PackFile.written(store, this, path);
  }

  @Override
  public Content keep(InputStream in, long sizeBytes) throws IOException {
    List<Range> whole = sizeBytes == 0 ? List.of() : List.of(new Range(0, sizeBytes));
    return keep(in, sizeBytes, whole);
  }

  @Override
  public synchronized Content keep(InputStream in, long sizeBytes, List<Range> data)
      throws IOException {
    requireNotEnded();
    if (sizeBytes == 0) {
      return Content.EMPTY;
    }
    long start = position();
    MessageDigest before = packed;
    packed = copy(before);
    sha256.reset();
    Digest digest;
    PackSlice slice;
    try {
      take(in, sizeBytes, data);
      digest = Digest.finish(sha256);
      slice = kept.get(new Kept(digest, data));
    } catch (IOException | RuntimeException e) {
      rewind(start, before);
      throw e;
    }
    if (slice != null) {
      rewind(start, before);
    } else {
      slice = PackSlice.of(pack, start, position() - start, sizeBytes, data);
      kept.put(new Kept(digest, List.copyOf(data)), slice);
    }
    return Content.sparse(sizeBytes, digest, data, slice);
  }

  private void take(InputStream in, long sizeBytes, List<Range> data) throws IOException {
    long at = 0;
    for (Range range : data) {
      skipHole(in, range.offset() - at);
      copy(in, range.length());
      at = range.offset() + range.length();
    }
    skipHole(in, sizeBytes - at);
  }

  private void skipHole(InputStream in, long length) throws IOException {
    in.skipNBytes(length);
    for (long left = length; left > 0; left -= ZEROS.length) {
      sha256.update(ZEROS, 0, (int) Math.min(left, ZEROS.length));
    }
  }

  private void copy(InputStream in, long length) throws IOException {
    long left = length;
    while (left > 0) {
      if (filled == buffer.length) {
        flush();
      }
      int count = in.read(buffer, filled, (int) Math.min(left, buffer.length - filled));
      if (count < 0) {
        throw new EOFException("the content ended " + left + " bytes early");
      }
      sha256.update(buffer, filled, count);
      packed.update(buffer, filled, count);
      filled += count;
      left -= count;
    }
  }

  private long position() {
    return flushed + filled;
  }

  /** Takes back what was written since a position: a failure, or a content that is here already. */
  private void rewind(long start, MessageDigest before) {
    packed = before;
    if (start >= flushed) {
      filled = (int) (start - flushed);
    } else {
      flushed = start;
      filled = 0;
    }
  }

  private static MessageDigest copy(MessageDigest digest) {
    try {
      return (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's SHA-256 can be cloned", e);
    }
  }

  private void flush() throws IOException {
    pack.write(flushed, ByteBuffer.wrap(buffer, 0, filled));
    flushed += filled;
    filled = 0;
  }

  /** Makes sure that everything before a position can be read from the file. */
  void flushTo(long end) throws IOException {
    if (end > flushed) {
      synchronized (this) {
        if (end > flushed && !ended) {
          flush();
        }
      }
    }
  }

  private void requireNotEnded() throws IOException {
    if (ended) {
      throw new IOException("the pack has been committed or closed");
    }
  }

  /** Puts the pack into the store. */
  public synchronized Blob commit() throws IOException {
    requireNotEnded();
    flush();
    pack.truncate(flushed);
    Blob blob = store.add(path, Digest.finish(packed), flushed, Kind.PACK, label);
    ended = true;
    pack.commit(blob.path(), blob.digest());
    return blob;
  }

  /** Drops the pack unless it has been committed. */
  @Override
  public synchronized void close() throws IOException {
    if (!ended) {
      ended = true;
      try {
        pack.abandon();
      } finally {
        Files.deleteIfExists(path);
      }
    }
  }
}
