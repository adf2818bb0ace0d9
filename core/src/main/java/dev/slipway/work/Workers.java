// SPDX-License-Identifier: Apache-2.0
package dev.slipway.work;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Does one thing to many items on a few threads, and ends with the first error in their order. */
public final class Workers {
  /** What is done to an item. */
  @FunctionalInterface
  public interface Work<T> {
    void on(T item) throws IOException;
  }

  private Workers() {}

  /**
   * Items are started in their order; when one fails, no further ones are. A single item is worth
   * no thread.
   *
   * @param threads how many at once, at most
   * @param name of the threads, for whoever reads a dump of them
   * @throws InterruptedIOException when the caller was interrupted; no work goes on behind its back
   */
  public static <T> void forEach(List<T> items, int threads, String name, Work<T> work)
      throws IOException {
    if (items.size() == 1) {
      work.on(items.get(0));
      return;
    }
    int count = Math.max(1, Math.min(threads, items.size()));
    ExecutorService pool =
        Executors.newFixedThreadPool(
            count,
            task -> {
              var thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    var next = new AtomicInteger();
    var failed = new AtomicBoolean();
    var failures = new Throwable[items.size()];
    try {
      var running = new ArrayList<Future<?>>();
      for (int i = 0; i < count; i++) {
        running.add(pool.submit(() -> run(items, next, failed, failures, work)));
      }
      for (Future<?> each : running) {
        each.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      throw new IllegalStateException("bug: a worker threw", e);
    } finally {
      pool.shutdownNow();
      Uninterrupted.awaitEnd(pool);
    }
    for (Throwable failure : failures) {
      raise(failure);
    }
  }

  private static <T> void run(
      List<T> items, AtomicInteger next, AtomicBoolean failed, Throwable[] failures, Work<T> work) {
    for (int i = next.getAndIncrement();
        i < items.size() && !failed.get() && !Thread.currentThread().isInterrupted();
        i = next.getAndIncrement()) {
      try {
        work.on(items.get(i));
      } catch (IOException | RuntimeException | Error e) {
        failures[i] = e;
        failed.set(true);
      }
    }
  }

  private static void raise(Throwable failure) throws IOException {
    if (failure instanceof IOException io) {
      throw io;
    }
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (failure instanceof Error error) {
      throw error;
    }
  }
}
