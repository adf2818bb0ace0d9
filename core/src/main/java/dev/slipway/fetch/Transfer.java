// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fetch;

import dev.slipway.digest.Digest;
import dev.slipway.fetch.FetchException.Kind;
import dev.slipway.io.Size;
import dev.slipway.progress.Task;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * One request until its bytes are committed: tries, goes on where it broke off, checks.
 *
 * <p>A beginning is kept over attempts only if the digest of the whole will prove it or the server
 * can tell that the file is still the same. Attempts are counted anew whenever {@link
 * #PROGRESS_BYTES} more have come, so that a long file gets over a bad line and a server that gives
 * byte by byte does not hold us.
 */
final class Transfer<T> {
  private static final long PROGRESS_BYTES = 1 << 20;
  private static final long LONGEST_DELAY_MILLIS = 10_000;

  /** A server that gives less than this while it might be silent is as good as silent. */
  private static final long LEAST_BYTES = 1 << 10;

  private final Request request;
  private final Sink<T> sink;
  private final Transport transport;
  private final FetchOptions options;
  private final Task task;

  private Sink.Draft<T> draft;
  private MessageDigest sha256;
  private long have;
  private long reported;
  private boolean resumed;
  private Optional<Validator> version = Optional.empty();

  Transfer(Request request, Sink<T> sink, Transport transport, FetchOptions options, Task task) {
    this.request = request;
    this.sink = sink;
    this.transport = transport;
    this.options = options;
    this.task = task;
  }

  Fetched<T> run() throws IOException {
    try {
      int failures = 0;
      long mark = 0;
      while (true) {
        try {
          return attempt();
        } catch (FetchException e) {
          if (Thread.currentThread().isInterrupted()) {
            throw interrupted();
          }
          boolean startOver = e.kind() == Kind.WRONG_CONTENT && resumed;
          if (have >= mark + PROGRESS_BYTES) {
            mark = have;
            failures = 0;
          }
          failures++;
          if ((!e.kind().passing() && !startOver) || failures >= options.attempts()) {
            throw e;
          }
          if (startOver || !mayResume()) {
            drop();
          }
          pause(failures);
        }
      }
    } finally {
      drop();
    }
  }

  private Fetched<T> attempt() throws IOException {
    resumed = have > 0;
    try (Answer answer = transport.open(request, have, version)) {
      if (answer.unchanged()) {
        return new Fetched<>(Optional.empty(), answer.validator());
      }
      if (draft == null || answer.startsAt() != have) {
        drop();
        draft = sink.begin();
        sha256 = Digest.sha256();
        resumed = false;
      }
      version = answer.validator();
      checkAnnouncement(answer);
      receive(answer);
      return new Fetched<>(Optional.of(commit()), version);
    }
  }

  private void checkAnnouncement(Answer answer) throws FetchException {
    if (answer.announcedBytes() < 0) {
      return;
    }
    long total = answer.startsAt() + answer.announcedBytes();
    if (request.sizeBytes().isPresent() && total != request.sizeBytes().getAsLong()) {
      throw wrong(
          "the server announces "
              + total
              + " bytes, expected "
              + request.sizeBytes().getAsLong()
              + advice());
    }
    if (total > most()) {
      throw tooLong("the server announces " + total + " bytes");
    }
  }

  private void receive(Answer answer) throws IOException {
    byte[] buffer = new byte[1 << 16];
    InputStream body = answer.body();
    long windowStart = System.nanoTime();
    long windowBytes = have;
    while (true) {
      int count = read(body, buffer);
      if (count < 0) {
        break;
      }
      if (have + count > most()) {
        throw tooLong("it goes on behind byte " + most());
      }
      draft.write(buffer, 0, count);
      sha256.update(buffer, 0, count);
      have += count;
      if (System.nanoTime() - windowStart > options.idleTimeout().toNanos()) {
        requirePace(have - windowBytes);
        windowStart = System.nanoTime();
        windowBytes = have;
      }
      if (have > reported) {
        task.advance(have - reported);
        reported = have;
      }
    }
    long expected =
        request
            .sizeBytes()
            .orElse(
                answer.announcedBytes() < 0 ? have : answer.startsAt() + answer.announcedBytes());
    if (have < expected) {
      throw new FetchException(
          Kind.INCOMPLETE,
          request.uri(),
          "ended after " + have + " of " + expected + " bytes; the server or the line breaks off");
    }
  }

  private void requirePace(long bytes) throws FetchException {
    if (bytes < LEAST_BYTES) {
      throw new FetchException(
          Kind.INCOMPLETE,
          request.uri(),
          "only "
              + bytes
              + " bytes came within "
              + options.idleTimeout().toMillis()
              + " ms; the server or the line is too slow");
    }
  }

  private int read(InputStream body, byte[] buffer) throws FetchException {
    try {
      int count = body.read(buffer);
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("interrupted");
      }
      return count;
    } catch (IOException e) {
      String of = request.sizeBytes().isPresent() ? " of " + request.sizeBytes().getAsLong() : "";
      throw new FetchException(
          Kind.INCOMPLETE,
          request.uri(),
          "broke off after " + have + of + " bytes: " + e.getMessage(),
          e);
    }
  }

  private T commit() throws IOException {
    Digest found = Digest.finish(sha256);
    if (request.digest().isPresent() && !request.digest().get().equals(found)) {
      throw wrong("SHA-256: found " + found + ", expected " + request.digest().get() + advice());
    }
    return draft.commit();
  }

  private static String advice() {
    return "; the file there was altered or belongs to another state of the archive";
  }

  private long most() {
    return request.sizeBytes().orElse(request.limit().bytes());
  }

  private FetchException tooLong(String found) {
    return request.sizeBytes().isPresent()
        ? wrong(found + ", expected " + request.sizeBytes().getAsLong() + " bytes" + advice())
        : wrong(found + ", more than the " + Size.bytes(most()) + " that such a file may have");
  }

  private FetchException wrong(String message) {
    return new FetchException(Kind.WRONG_CONTENT, request.uri(), message);
  }

  private boolean mayResume() {
    return request.digest().isPresent() || version.flatMap(Validator::forRange).isPresent();
  }

  private void drop() throws IOException {
    if (draft != null) {
      draft.close();
      draft = null;
    }
    have = 0;
  }

  private void pause(int failures) throws IOException {
    long delay = options.retryDelay().toMillis() << Math.min(failures - 1, 10);
    try {
      Thread.sleep(Math.min(delay, LONGEST_DELAY_MILLIS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted();
    }
  }

  private InterruptedIOException interrupted() {
    return new InterruptedIOException("interrupted while fetching " + request.shown());
  }
}
