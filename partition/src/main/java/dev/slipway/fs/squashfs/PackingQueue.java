// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.fs.squashfs.BlockPacker.Packed;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Packs blocks side by side and hands them on in the order they came, so that the number of threads
 * does not show in the bytes. Only a few blocks for each thread are under way at a time.
 */
final class PackingQueue implements Closeable {
  private static final int BLOCKS_PER_THREAD = 4;

  /** Takes a packed block. */
  @FunctionalInterface
  interface Receiver {
    void take(Packed packed) throws IOException;
  }

  private record Waiting(Future<Packed> packed, Receiver receiver) {}

  private final BlockPacker packer;
  private final ExecutorService workers;
  private final int mostWaiting;
  private final ArrayDeque<Waiting> queue = new ArrayDeque<>();

  PackingQueue(BlockPacker packer, int threads) {
    this.packer = packer;
    this.workers = threads == 1 ? null : Executors.newFixedThreadPool(threads);
    this.mostWaiting = BLOCKS_PER_THREAD * threads;
  }

  /** Adds a block, whose array belongs to the queue from now on. */
  void add(byte[] block, int length, Receiver receiver) throws IOException {
    if (workers == null) {
      receiver.take(packer.pack(block, length));
      return;
    }
    if (queue.size() == mostWaiting) {
      join();
    }
    queue.add(new Waiting(workers.submit(() -> packer.pack(block, length)), receiver));
  }

  /** Waits until everything that was added has been handed on. */
  void finish() throws IOException {
    while (!queue.isEmpty()) {
      join();
    }
  }

  private void join() throws IOException {
    Waiting next = queue.removeFirst();
    try {
      next.receiver().take(next.packed().get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while packing");
    } catch (ExecutionException e) {
      throw new IllegalStateException("bug: packing a block failed", e.getCause());
    }
  }

  @Override
  public void close() {
    if (workers != null) {
      workers.shutdownNow();
    }
  }
}
