// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** How fast bytes may come, and whether they still should: asked before each piece. */
public final class Pace {
  private static final long NANOS = 1_000_000_000L;
  private static final long NAP_NANOS = NANOS / 10;

  private final long bytesPerSecond;
  private final BooleanSupplier cancelled;
  private long earliest = System.nanoTime();

  /**
   * Makes a pace.
   *
   * @param bytesPerSecond 0 for as fast as they come
   * @param cancelled is asked often, and may be answered by another thread
   */
  public Pace(long bytesPerSecond, BooleanSupplier cancelled) {
    if (bytesPerSecond < 0) {
      throw new IllegalArgumentException("a rate is not negative: " + bytesPerSecond);
    }
    this.bytesPerSecond = bytesPerSecond;
    this.cancelled = cancelled;
  }

  /** As fast as it goes, and cancelled as this one: for bytes that were paced when they came. */
  public Pace withoutLimit() {
    return new Pace(0, cancelled);
  }

  /** As fast as it goes, to its end. */
  public static Pace free() {
    return new Pace(0, () -> false);
  }

  /**
   * Waits until so many bytes may come.
   *
   * @throws CancelledException when it is time to stop
   */
  void take(long bytes) throws IOException {
    check();
    if (bytesPerSecond == 0) {
      return;
    }
    long now = System.nanoTime();
    // a pause is not caught up on
    earliest = Math.max(earliest, now - NANOS) + bytes * NANOS / bytesPerSecond;
    while (earliest - System.nanoTime() > 0) {
      check();
      LockSupport.parkNanos(Math.min(NAP_NANOS, earliest - System.nanoTime()));
    }
  }

  void check() throws IOException {
    if (cancelled.getAsBoolean() || Thread.currentThread().isInterrupted()) {
      throw new CancelledException();
    }
  }
}
