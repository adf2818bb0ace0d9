// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import java.io.InterruptedIOException;
import java.util.concurrent.Semaphore;

/** Lets so much work run at once as memory allows. What needs more than all of it gets all. */
final class MemoryBudget {
  private static final int UNIT_BYTES = 1 << 16;

  private final int units;
  private final Semaphore free;

  MemoryBudget(long bytes) {
    units = (int) Math.max(1, Math.min(Integer.MAX_VALUE, bytes / UNIT_BYTES));
    free = new Semaphore(units, true);
  }

  /** A share of the memory, given back by closing it. */
  final class Share implements AutoCloseable {
    private final int taken;

    private Share(int taken) {
      this.taken = taken;
    }

    @Override
    public void close() {
      free.release(taken);
    }
  }

  /** Waits for a share. */
  Share take(long bytes) throws InterruptedIOException {
    int wanted = (int) Math.min(units, bytes / UNIT_BYTES + 1);
    try {
      free.acquire(wanted);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for memory");
    }
    return new Share(wanted);
  }
}
