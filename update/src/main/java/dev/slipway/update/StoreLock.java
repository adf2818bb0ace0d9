// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps us and {@code slipway-boot}, the boot store's twin in shell, from changing it at the same
 * time. It is {@code flock}'s lock and not the one that Java has, because {@code fcntl}'s locks and
 * {@code flock}'s do not see each other.
 */
final class StoreLock implements Closeable {
  /** The twin is done in a second, even on a slow card. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final long RETRY_NANOS = 20_000_000;

  private final DeviceCalls.Descriptor file;

  private StoreLock(DeviceCalls.Descriptor file) {
    this.file = file;
  }

  /**
   * Waits for the lock.
   *
   * @throws IOException when it is not to be had within the patience
   */
  static StoreLock take(Path path, Duration patience) throws IOException {
    Files.createDirectories(path.toAbsolutePath().getParent());
    DeviceCalls.Descriptor file = DeviceCalls.lockFile(path);
    try {
      long start = System.nanoTime();
      while (!file.tryLock()) {
        if (System.nanoTime() - start >= patience.toNanos()) {
          throw new IOException(
              path
                  + ": another program has been changing the boot store for "
                  + patience.toSeconds()
                  + " s; \"fuser "
                  + path
                  + "\" names it");
        }
        if (Thread.currentThread().isInterrupted()) {
          throw new CancelledException();
        }
        LockSupport.parkNanos(RETRY_NANOS);
      }
      return new StoreLock(file);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
