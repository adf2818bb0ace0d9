// SPDX-License-Identifier: Apache-2.0
package dev.slipway.testing;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A place for one emulated machine. A computer has as many as it has processors, whatever number of
 * test processes there are, and each process takes one at a time: an emulated machine is patient
 * work for one processor, and with less than that its tests would run out of patience.
 */
final class MachinePlace implements Closeable {
  private static final ReentrantLock ONE_IN_THIS_PROCESS = new ReentrantLock();
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final FileChannel file;
  private final FileLock lock;

  private MachinePlace(FileChannel file, FileLock lock) {
    this.file = file;
    this.lock = lock;
  }

  /** Waits for a place that is free. */
  static MachinePlace take() throws IOException {
    ONE_IN_THIS_PROCESS.lock();
    try {
      while (true) {
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
          FileChannel file = open(i);
          FileLock lock = file.tryLock();
          if (lock != null) {
            return new MachinePlace(file, lock);
          }
          file.close();
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    } catch (IOException | RuntimeException e) {
      ONE_IN_THIS_PROCESS.unlock();
      throw e;
    }
  }

  private static FileChannel open(int number) throws IOException {
    // The user's name: another user's file could not be opened.
    String name = "slipway-machine-%d-%s.lock".formatted(number, System.getProperty("user.name"));
    return FileChannel.open(
        Path.of(System.getProperty("java.io.tmpdir"), name),
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE);
  }

  @Override
  public void close() throws IOException {
    try {
      lock.release();
      file.close();
    } finally {
      ONE_IN_THIS_PROCESS.unlock();
    }
  }
}
