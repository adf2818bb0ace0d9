// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import dev.slipway.digest.Digest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Digests on a thread of its own what the writing thread hands over. */
final class DigestThread {
  /** Bytes shared by the writer and all digesters; whoever lets go last gives the array back. */
  static final class Chunk {
    private final BlockingQueue<byte[]> pool;
    final byte[] bytes;
    final long offset;
    final int length;
    private int holders;

    Chunk(BlockingQueue<byte[]> pool, byte[] bytes, long offset, int length, int holders) {
      this.pool = pool;
      this.bytes = bytes;
      this.offset = offset;
      this.length = length;
      this.holders = holders;
    }

    synchronized void letGo() {
      if (--holders == 0) {
        pool.add(bytes);
      }
    }
  }

  private static final Chunk END = new Chunk(null, new byte[0], 0, 0, 0);

  private final BlockingQueue<Chunk> queue;
  private final RegionDigests digests;
  private final Thread thread;
  private List<Optional<Digest>> result;
  private Throwable failure;

  /**
   * @param chunksMax how many chunks there are at most, the end's mark left out
   */
  DigestThread(RegionDigests digests, int chunksMax) {
    this.digests = digests;
    this.queue = new ArrayBlockingQueue<>(chunksMax + 1);
    this.thread = new Thread(this::run, "image digest");
    thread.setDaemon(true);
    thread.start();
  }

  /** Never blocks: there are no more chunks than places. */
  void take(Chunk chunk) {
    queue.add(chunk);
  }

  /** Waits for all that was taken. */
  List<Optional<Digest>> finish() throws IOException {
    stop();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while digesting");
    }
    if (failure != null) {
      throw new IllegalStateException("bug: digesting failed", failure);
    }
    return result;
  }

  /** Lets the thread end, whether or not anybody waits for its result. */
  void stop() {
    queue.offer(END);
  }

  private void run() {
    try {
      for (Chunk chunk = queue.take(); chunk != END; chunk = queue.take()) {
        try {
          if (failure == null) {
            digests.data(chunk.offset, chunk.bytes, chunk.length);
          }
        } catch (RuntimeException | Error e) {
          failure = e; // go on taking: the writer waits for its chunks
        } finally {
          chunk.letGo();
        }
      }
      result = digests.finish();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
