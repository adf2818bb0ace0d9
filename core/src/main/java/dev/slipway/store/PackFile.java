// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import dev.slipway.digest.Digest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The file of a pack, being written or committed, read by any number of threads through one
 * channel.
 *
 * <p>Java closes a channel under all its users when one of them is interrupted; the others open it
 * again here.
 */
final class PackFile {
  private final Store store;

  /** Who is still writing it. Let go of at the end, so that its buffer can go too. */
  private volatile PackWriter writer;

  private Path path;
  private Digest digest;
  private FileChannel channel;
  private boolean abandoned;

  private PackFile(Store store, PackWriter writer, Path path, Digest digest) {
    this.store = store;
    this.writer = writer;
    this.path = path;
    this.digest = digest;
  }

  static PackFile committed(Store store, Path path, Digest digest) {
    return new PackFile(store, null, path, digest);
  }

  static PackFile written(Store store, PackWriter writer, Path path) throws IOException {
    var pack = new PackFile(store, writer, path, null);
    pack.channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    return store.track(pack);
  }

  Store store() {
    return store;
  }

  /** The pack's digest, once it is in the store. */
  synchronized Optional<Digest> digest() {
    return Optional.ofNullable(digest);
  }

  synchronized void commit(Path newPath, Digest newDigest) {
    path = newPath;
    digest = newDigest;
    writer = null;
  }

  synchronized void abandon() throws IOException {
    abandoned = true;
    writer = null;
    close();
  }

  /** Reads some bytes: at least one, or -1 at the end. */
  int read(long position, ByteBuffer target) throws IOException {
    PackWriter writing = writer;
    if (writing != null) {
      writing.flushTo(position + target.remaining());
    }
    while (true) {
      FileChannel current = open();
      try {
        return current.read(target, position);
      } catch (ClosedByInterruptException e) {
        var interrupted = new InterruptedIOException("interrupted while reading " + path);
        interrupted.initCause(e);
        throw interrupted;
      } catch (ClosedChannelException e) {
        forget(current);
      }
    }
  }

  private synchronized FileChannel open() throws IOException {
    store.requireOpen();
    if (abandoned) {
      throw new IOException("the pack of this content was never committed");
    }
    if (channel == null) {
      channel = FileChannel.open(path, StandardOpenOption.READ);
    }
    return channel;
  }

  private synchronized void forget(FileChannel closed) {
    if (channel == closed) {
      channel = null;
    }
  }

  /** Writes all bytes of a buffer; only the pack's writer does this, before it is committed. */
  void write(long position, ByteBuffer bytes) throws IOException {
    long at = position;
    try {
      while (bytes.hasRemaining()) {
        at += writing().write(bytes, at);
      }
    } catch (IOException e) {
      throw store.failed(e);
    }
  }

  void truncate(long size) throws IOException {
    writing().truncate(size);
  }

  private synchronized FileChannel writing() throws IOException {
    store.requireOpen();
    if (channel == null || !channel.isOpen()) {
      channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }
    return channel;
  }

  synchronized void close() throws IOException {
    if (channel != null) {
      channel.close();
      channel = null;
    }
  }
}
