// SPDX-License-Identifier: Apache-2.0
package dev.slipway.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Keeps removing apart from everything else, among threads and among processes: many may look
 * things up and add them, or one may remove.
 *
 * <p>The lock is {@code fcntl}'s on the whole file, which other programs respect that take it too.
 * File locks belong to the whole JVM, so all users of one file share one gate, and its channel is
 * closed with the last of them: closing any channel on a file drops all locks that the process
 * holds on it.
 */
public final class FileGate implements Closeable {
  private static final Map<Path, FileGate> OPEN = new HashMap<>();
  private static final long RETRY_NANOS = 500_000;

  private final Path file;
  private FileChannel channel;
  private final ReentrantReadWriteLock threads = new ReentrantReadWriteLock();
  private int users;
  private int readers;
  private FileLock shared;

  /** Opens the gate: to be closed once. */
  @FunctionalInterface
  public interface Pass extends Closeable {
    @Override
    void close() throws IOException;
  }

  private FileGate(Path file) throws IOException {
    this.file = file;
    this.channel = openChannel(file);
  }

  private static FileChannel openChannel(Path file) throws IOException {
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /** The gate of a lock file, which is made when it is missing; its directory exists. */
  public static FileGate open(Path lock) throws IOException {
    Path file = lock.toAbsolutePath().getParent().toRealPath().resolve(lock.getFileName());
    synchronized (OPEN) {
      FileGate gate = OPEN.get(file);
      if (gate == null) {
        gate = new FileGate(file);
        OPEN.put(file, gate);
      }
      gate.users++;
      return gate;
    }
  }

  @Override
  public void close() throws IOException {
    synchronized (OPEN) {
      if (--users == 0) {
        OPEN.remove(file);
        channel.close();
      }
    }
  }

  /** Lets in with others who do not remove anything. */
  public Pass shared() throws IOException {
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
  public Pass exclusive() throws IOException {
    threads.writeLock().lock();
    try {
      return alone(lock(false));
    } catch (IOException | RuntimeException e) {
      threads.writeLock().unlock();
      throw e;
    }
  }

  /** Lets in alone, if nobody else is in at this moment. */
  public Optional<Pass> tryExclusive() throws IOException {
    if (!threads.writeLock().tryLock()) {
      return Optional.empty();
    }
    FileLock lock = null;
    try {
      lock = channel().tryLock(0, Long.MAX_VALUE, false);
      return lock == null ? Optional.empty() : Optional.of(alone(lock));
    } catch (OverlappingFileLockException | ClosedChannelException e) {
      return Optional.empty();
    } finally {
      if (lock == null) {
        threads.writeLock().unlock();
      }
    }
  }

  private Pass alone(FileLock lock) {
    return () -> {
      try {
        release(lock);
      } finally {
        threads.writeLock().unlock();
      }
    };
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
        throw new IOException("the lock " + file + " is closed");
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
