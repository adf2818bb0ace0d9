// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command that is asked to stop, by Ctrl-C or {@code kill}, clean up before the process
 * ends: it is interrupted like any thread, and waited for.
 */
final class Interruption {
  /** A worker may be deep in a large package; a second Ctrl-C does not wait. */
  private static final long PATIENCE_SECONDS = 15;

  private final Thread worker = Thread.currentThread();
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile boolean asked;

  private Interruption() {}

  /** Watches over the current thread. */
  static Interruption ofThisThread() {
    var interruption = new Interruption();
    Runtime.getRuntime().addShutdownHook(new Thread(interruption::stop, "interruption"));
    return interruption;
  }

  private void stop() {
    if (done.getCount() == 0) {
      return;
    }
    asked = true;
    worker.interrupt();
    try {
      if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("slipway: did not stop in time; the next build cleans up");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the command was asked to stop. */
  boolean asked() {
    return asked;
  }

  /** Says that the command is over. */
  void over() {
    done.countDown();
  }
}
