// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A response's body as a stream that fails when the server falls silent. The JDK's own stream would
 * wait for ever. A few pieces are asked for ahead of the reader, never more.
 */
public final class IdleBody extends InputStream implements BodySubscriber<InputStream> {
  private static final int AHEAD = 4;

  /** One thing that happened: bytes, the end (no error), or an error. */
  private record Event(List<ByteBuffer> bytes, boolean end, Throwable error) {}

  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Deque<ByteBuffer> current = new ArrayDeque<>();
  private final Duration idle;
  private volatile Flow.Subscription subscription;
  private volatile boolean closed;
  private boolean ended;

  /**
   * A body that is still to come.
   *
   * @param idle how long the server may send nothing
   */
  public IdleBody(Duration idle) {
    this.idle = idle;
  }

  @Override
  public CompletionStage<InputStream> getBody() {
    return CompletableFuture.completedStage(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    if (closed) {
      given.cancel();
    } else {
      given.request(AHEAD);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> bytes) {
    events.add(new Event(bytes, false, null));
  }

  @Override
  public void onError(Throwable error) {
    events.add(new Event(List.of(), false, error));
  }

  @Override
  public void onComplete() {
    events.add(new Event(List.of(), true, null));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (current.isEmpty() || !current.peek().hasRemaining()) {
      current.poll();
      if (current.isEmpty() && !more()) {
        return -1;
      }
    }
    ByteBuffer buffer = current.peek();
    int count = Math.min(length, buffer.remaining());
    buffer.get(target, offset, count);
    return count;
  }

  /** Waits for more bytes; false at the end. */
  private boolean more() throws IOException {
    if (ended) {
      return false;
    }
    Event event;
    try {
      event = events.poll(idle.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
    if (event == null) {
      throw new HttpTimeoutException("nothing came for " + idle.toMillis() + " ms");
    }
    if (event.error() != null) {
      throw new IOException(event.error().getMessage(), event.error());
    }
    if (event.end()) {
      ended = true;
      return false;
    }
    current.addAll(event.bytes());
    subscription.request(1);
    return true;
  }

  @Override
  public void close() {
    closed = true;
    Flow.Subscription open = subscription;
    if (open != null && !ended) {
      open.cancel();
    }
  }
}
