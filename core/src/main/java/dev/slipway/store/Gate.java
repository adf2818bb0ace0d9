// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Keeps removing apart from everything else, among threads and among processes: many may look
 * things up and add them, or one may remove.
 *
 * <p>File locks belong to the whole JVM, so all stores on one directory share one gate, and its
 * channel is closed with the last of them: closing any channel on a file drops all locks that the
 * process holds on it.
 */
final class Gate {
  private static final Map<Path, Gate> OPEN = new HashMap<>();
  private static final long RETRY_NANOS = 500_000;

  private final Path file;
  private FileChannel channel;
  private final ReentrantReadWriteLock threads = new ReentrantReadWriteLock();
  private int users;
  private int readers;
  private FileLock shared;

  /** Opens the gate: to be closed once. */
  @FunctionalInterface
  interface Pass extends AutoCloseable {
    @Override
    void close() throws IOException;
  }

  private Gate(Path file) throws IOException {
    this.file = file;
    this.channel = openChannel(file);
  }

  private static FileChannel openChannel(Path file) throws IOException {
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /** The gate of a directory that exists. */
  static Gate open(Path directory) throws IOException {
    Path file = directory.toRealPath().resolve("lock");
    synchronized (OPEN) {
      Gate gate = OPEN.get(file);
      if (gate == null) {
        gate = new Gate(file);
        OPEN.put(file, gate);
      }
      gate.users++;
      return gate;
    }
  }

  void close() throws IOException {
    synchronized (OPEN) {
      if (--users == 0) {
        OPEN.remove(file);
        channel.close();
      }
    }
  }

  /** Lets in with others who do not remove anything. */
  Pass shared() throws IOException {
    threads.readLock().lock();
    try {
      synchronized (this) {
        if (readers == 0) {
          shared = lock(true);
        }
        readers++;
      }
    } catch (IOException | RuntimeException e) {
      threads.readLock().unlock();
      throw e;
    }
    return this::leave;
  }

  private void leave() throws IOException {
    try {
      synchronized (this) {
        if (--readers == 0) {
          release(shared);
        }
      }
    } finally {
      threads.readLock().unlock();
    }
  }

  /** Lets in alone. */
  Pass exclusive() throws IOException {
    threads.writeLock().lock();
    try {
      FileLock lock = lock(false);
      return () -> {
        try {
          release(lock);
        } finally {
          threads.writeLock().unlock();
        }
      };
    } catch (IOException | RuntimeException e) {
      threads.writeLock().unlock();
      throw e;
    }
  }

  /**
   * Takes the lock without waiting in the kernel and with interrupts held back: an interrupt would
   * close the channel, and with it drop the locks of all threads.
   */
  private FileLock lock(boolean shared) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          FileLock lock = channel().tryLock(0, Long.MAX_VALUE, shared);
          if (lock != null) {
            return lock;
          }
        } catch (OverlappingFileLockException e) {
          // another class loader of this JVM has its own gate on the same file: take turns
        } catch (ClosedChannelException e) {
          // interrupted in that very moment: open it again
        }
        LockSupport.parkNanos(RETRY_NANOS);
        interrupted |= Thread.interrupted();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private FileChannel channel() throws IOException {
    synchronized (OPEN) {
      if (users == 0) {
        throw new IOException("the store's lock " + file + " is closed");
      }
      if (!channel.isOpen()) {
        channel = openChannel(file);
      }
      return channel;
    }
  }

  private static void release(FileLock lock) throws IOException {
    if (lock.acquiredBy().isOpen()) {
      lock.release();
    }
  }
}
