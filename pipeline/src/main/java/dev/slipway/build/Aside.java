// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.work.Uninterrupted;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Work that goes on beside other work, on a thread of its own. Nothing of it can be seen before its
 * result is asked for, so a build that fails says the same whatever was under way beside it.
 */
final class Aside<T> implements Closeable {
  private final FutureTask<T> task;
  private final Thread thread;
  private boolean started;

  Aside(String name, Steps.Maker<T> work) {
    this.task = new FutureTask<>(work::make);
    this.thread = new Thread(task, name);
    thread.setDaemon(true);
  }

  /** No work at all. */
  static <T> Aside<T> nothing() {
    return new Aside<>("nothing", () -> null);
  }

  /** Starts the work, unless that was done before. */
  synchronized void start() {
    if (!started) {
      started = true;
      thread.start();
    }
  }

  /** Waits until work that was started has ended, well or not. */
  void settle() {
    if (isStarted()) {
      Uninterrupted.join(thread);
    }
  }

  private synchronized boolean isStarted() {
    return started;
  }

  /** The result, once it is there. */
  T get() throws IOException {
    start();
    try {
      return task.get();
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
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Ends work that nobody waits for any more; when this returns, it uses nothing. */
  @Override
  public void close() {
    if (isStarted()) {
      thread.interrupt();
      Uninterrupted.join(thread);
    }
  }
}
