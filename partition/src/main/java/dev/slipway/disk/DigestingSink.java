// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSink;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Passes writes on to another sink while other threads digest the same bytes: one its regions, one
 * the whole if that is asked for. A writer that goes backwards gets no digests.
 */
final class DigestingSink implements BlockSink {
  private static final int CHUNK_BYTES = 1 << 20;
  private static final int CHUNKS = 8;

  private final BlockSink target;
  private final BlockingQueue<byte[]> pool = new ArrayBlockingQueue<>(CHUNKS);
  private final List<DigestThread> threads;
  private long position;
  private boolean forward = true;

  DigestingSink(BlockSink target, List<RegionDigests> digests) {
    this.target = target;
    for (int i = 0; i < CHUNKS; i++) {
      pool.add(new byte[CHUNK_BYTES]);
    }
    this.threads = digests.stream().map(d -> new DigestThread(d, CHUNKS)).toList();
  }

  @Override
  public void write(long offset, ByteBuffer bytes) throws IOException {
    forward &= offset >= position;
    if (!forward) {
      target.write(offset, bytes);
      return;
    }
    long at = offset;
    while (bytes.hasRemaining()) {
      int length = Math.min(CHUNK_BYTES, bytes.remaining());
      var chunk = new DigestThread.Chunk(pool, free(), at, length, threads.size() + 1);
      bytes.get(chunk.bytes, 0, length);
      threads.forEach(thread -> thread.take(chunk));
      try {
        target.write(at, ByteBuffer.wrap(chunk.bytes, 0, length));
      } finally {
        chunk.letGo();
      }
      at += length;
    }
    position = at;
  }

  private byte[] free() throws IOException {
    try {
      return pool.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while writing");
    }
  }

  /** What each digester found, in their order; nothing when the writer went backwards. */
  Optional<List<List<Optional<Digest>>>> digests() throws IOException {
    var all = new ArrayList<List<Optional<Digest>>>();
    for (DigestThread thread : threads) {
      all.add(thread.finish());
    }
    return forward ? Optional.of(all) : Optional.empty();
  }

  @Override
  public void flush() throws IOException {
    target.flush();
  }

  /** Ends the threads; the target stays open. */
  @Override
  public void close() {
    threads.forEach(DigestThread::stop);
  }
}
