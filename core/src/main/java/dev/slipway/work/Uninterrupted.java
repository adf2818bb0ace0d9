// SPDX-License-Identifier: Apache-2.0
package dev.slipway.work;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Waits until threads have ended, however often the one that waits is interrupted: what they use is
 * about to be closed. The interruption is there again afterwards.
 */
public final class Uninterrupted {
  /** Waits for something and says whether it has come. */
  @FunctionalInterface
  private interface Wait {
    boolean isOver() throws InterruptedException;
  }

  private Uninterrupted() {}

  /** Waits until a thread has ended; one that was never started has. */
  public static void join(Thread thread) {
    until(
        () -> {
          thread.join();
          return true;
        });
  }

  /** Waits until all work of a pool that was shut down has ended. */
  public static void awaitEnd(ExecutorService pool) {
    until(() -> pool.awaitTermination(1, TimeUnit.MINUTES));
  }

  private static void until(Wait wait) {
    boolean interrupted = Thread.interrupted();
    boolean over = false;
    while (!over) {
      try {
        over = wait.isOver();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
