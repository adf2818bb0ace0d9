// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fetch;

import dev.slipway.progress.Task;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Fetches from {@code http}, {@code https} and {@code file} addresses.
 *
 * <pre>{@code
 * Fetcher fetcher = Fetcher.with(FetchOptions.defaults());
 * byte[] bytes = fetcher.fetch(Request.of(uri, size, digest), Sink.memory(), task).value().orElseThrow();
 * }</pre>
 *
 * <p>Safe for several threads. Costs nothing until something is fetched. A thread that is
 * interrupted stops with {@link InterruptedIOException}, its interrupt still set.
 */
public final class Fetcher {
  /** What is done with one of many things, often fetching it. */
  @FunctionalInterface
  public interface Work<I, O> {
    O apply(I input) throws IOException;
  }

  private static final long LONGEST_STOP_SECONDS = 5;

  private final FetchOptions options;
  private final FileTransport file = new FileTransport();
  private final HttpTransport http;

  private Fetcher(FetchOptions options) {
    this.options = options;
    this.http = new HttpTransport(options);
  }

  /** A fetcher that reaches servers by these options. */
  public static Fetcher with(FetchOptions options) {
    return new Fetcher(options);
  }

  /**
   * Fetches one thing.
   *
   * @param task is advanced by the bytes that arrive, each counted once
   * @throws FetchException if it cannot be had or is not what was asked for
   */
  public <T> Fetched<T> fetch(Request request, Sink<T> sink, Task task) throws IOException {
    Transport transport = request.uri().getScheme().equalsIgnoreCase("file") ? file : http;
    return new Transfer<>(request, sink, transport, options, task).run();
  }

  /**
   * Does a work for many things, as many at once as the options say. The first failure ends all of
   * it; work that is under way is interrupted.
   *
   * @return results in the order of the inputs
   */
  public <I, O> List<O> forEach(List<I> inputs, Work<I, O> work) throws IOException {
    if (inputs.isEmpty()) {
      return List.of();
    }
    ExecutorService workers =
        Executors.newFixedThreadPool(
            Math.min(options.parallel(), inputs.size()), new Named("slipway-fetch-"));
    try {
      var done = new ExecutorCompletionService<O>(workers);
      var futures = new ArrayList<Future<O>>();
      for (I input : inputs) {
        futures.add(done.submit(() -> work.apply(input)));
      }
      for (int i = 0; i < inputs.size(); i++) {
        result(done.take());
      }
      var results = new ArrayList<O>();
      for (Future<O> future : futures) {
        results.add(result(future));
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while fetching");
    } finally {
      stop(workers);
    }
  }

  /**
   * Waits, so that no draft of an abandoned transfer outlives this call; not long, for nothing
   * blocks it.
   */
  private static void stop(ExecutorService workers) {
    workers.shutdownNow();
    boolean interrupted = Thread.interrupted();
    try {
      if (!workers.awaitTermination(LONGEST_STOP_SECONDS, TimeUnit.SECONDS)) {
        System.getLogger(Fetcher.class.getName())
            .log(System.Logger.Level.WARNING, "a transfer does not stop");
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static <O> O result(Future<O> done) throws IOException, InterruptedException {
    try {
      return done.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof IOException io) {
        throw io;
      }
      if (cause instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (cause instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException("bug: work may throw IOException only", cause);
    }
  }

  /** Daemon threads with names that a thread dump explains. */
  private static final class Named implements ThreadFactory {
    private final AtomicInteger next = new AtomicInteger(1);
    private final String prefix;

    Named(String prefix) {
      this.prefix = prefix;
    }

    @Override
    public Thread newThread(Runnable body) {
      Thread thread = new Thread(body, prefix + next.getAndIncrement());
      thread.setDaemon(true);
      return thread;
    }
  }
}
