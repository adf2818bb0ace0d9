// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Does one thing to many items on a few threads, and ends with the first error in the items' order.
 */
final class Parallel {
  /** What is done to an item. */
  @FunctionalInterface
  interface Work<T> {
    void on(T item) throws IOException;
  }

  private Parallel() {}

  /** Items are started in their order; when one fails, no further ones are. */
  static <T> void forEach(List<T> items, int threads, String name, Work<T> work)
      throws IOException {
    ExecutorService pool =
        Executors.newFixedThreadPool(
            Math.max(1, Math.min(threads, items.size())),
            task -> {
              var thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    var failed = new AtomicBoolean();
    try {
      List<Future<?>> running = new ArrayList<>();
      for (T item : items) {
        running.add(
            pool.submit(
                () -> {
                  if (!failed.get()) {
                    try {
                      work.on(item);
                    } catch (IOException | RuntimeException | Error e) {
                      failed.set(true);
                      throw e;
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> one : running) {
        await(one);
      }
    } finally {
      pool.shutdownNow();
      awaitEnd(pool);
    }
  }

  /** No worker is left that still uses what the caller is about to close. */
  private static void awaitEnd(ExecutorService pool) {
    boolean interrupted = Thread.interrupted();
    boolean ended = false;
    while (!ended) {
      try {
        ended = pool.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void await(Future<?> one) throws IOException {
    try {
      one.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IOException("a worker ended: " + e.getCause(), e.getCause());
    }
  }
}
