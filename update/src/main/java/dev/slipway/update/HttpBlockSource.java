// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file on a web server, read in ranges: only what is asked for is fetched, with some read-ahead.
 * Connections that break are made again. The file must not change in between.
 */
public final class HttpBlockSource implements BlockSource {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");

  /** More than one: a tree of hashes and what it vouches for are read in turns. */
  private static final int WINDOWS = 4;

  private static final int WINDOW_BYTES = 1 << 18;
  private static final int OK_PARTIAL = 206;
  private static final int SERVER_ERROR = 500;

  private final URI uri;
  private final int attempts;
  private final Duration pause;
  private final Pace pace;
  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(TIMEOUT)
          // five at most, by the JDK's default
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();
  private final Window[] windows = new Window[WINDOWS];
  private final long size;
  private Optional<String> tag = Optional.empty();
  private int oldest;
  private long fetched;

  /** A piece of the file in memory. */
  private record Window(long start, byte[] bytes) {}

  private HttpBlockSource(URI uri, int attempts, Duration pause, Pace pace) throws IOException {
    this.uri = uri;
    this.attempts = attempts;
    this.pause = pause;
    this.pace = pace;
    this.size = firstAnswer();
  }

  /** Opens a file whose server understands ranges. */
  public static HttpBlockSource open(URI uri, Pace pace) throws IOException {
    return new HttpBlockSource(uri, 20, Duration.ofSeconds(3), pace);
  }

  /**
   * Opens a file.
   *
   * @param attempts how often each range is asked for before giving up
   * @param pause between two attempts
   */
  static HttpBlockSource open(URI uri, int attempts, Duration pause, Pace pace) throws IOException {
    return new HttpBlockSource(uri, attempts, pause, pace);
  }

  private long firstAnswer() throws IOException {
    HttpResponse<InputStream> answer = patiently(() -> request(0, 0));
    try (InputStream body = answer.body()) {
      body.readNBytes(1);
    }
    tag =
        answer.headers().firstValue("ETag").or(() -> answer.headers().firstValue("Last-Modified"));
    return Long.parseLong(contentRange(answer).group(3));
  }

  private Matcher contentRange(HttpResponse<?> answer) throws IOException {
    Matcher range = RANGE.matcher(answer.headers().firstValue("Content-Range").orElse("nothing"));
    if (!range.matches()) {
      throw new IOException(uri + ": the server answers without a usable Content-Range");
    }
    return range;
  }

  /** Something that may fail because the line does. */
  private interface Attempt<T> {
    T run() throws IOException;
  }

  private <T> T patiently(Attempt<T> attempt) throws IOException {
    IOException last = null;
    for (int i = 0; i < attempts; i++) {
      pace.check();
      if (i > 0) {
        LockSupport.parkNanos(pause.toNanos());
      }
      try {
        return attempt.run();
      } catch (FinalException | CancelledException e) {
        throw e;
      } catch (IOException e) {
        last = e;
      }
    }
    throw new IOException(
        uri + ": given up after " + attempts + " attempts: " + (last == null ? "" : last), last);
  }

  /** What no other attempt would mend. */
  private static final class FinalException extends IOException {
    private static final long serialVersionUID = 1L;

    FinalException(String message) {
      super(message);
    }
  }

  private HttpResponse<InputStream> request(long first, long last) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(TIMEOUT)
            .header("Range", "bytes=" + first + "-" + last)
            .build();
    HttpResponse<InputStream> answer;
    try {
      answer = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
    if (answer.statusCode() != OK_PARTIAL) {
      answer.body().close();
      String problem = uri + ": the server answers " + answer.statusCode();
      if (answer.statusCode() == 200) {
        throw new FinalException(problem + ": it does not send parts of a file; download it first");
      }
      throw answer.statusCode() >= SERVER_ERROR
          ? new IOException(problem)
          : new FinalException(problem);
    }
    return answer;
  }

  private byte[] range(long first, int length) throws IOException {
    pace.take(length);
    HttpResponse<InputStream> answer = request(first, first + length - 1);
    Matcher range = contentRange(answer);
    Optional<String> now =
        answer.headers().firstValue("ETag").or(() -> answer.headers().firstValue("Last-Modified"));
    if (Long.parseLong(range.group(3)) != size || !now.equals(tag)) {
      answer.body().close();
      throw new FinalException(uri + ": the file changed while it was read; start again");
    }
    if (Long.parseLong(range.group(1)) != first) {
      answer.body().close();
      throw new IOException(uri + ": asked for byte " + first + ", got " + range.group(1));
    }
    try (InputStream body = answer.body()) {
      byte[] bytes = body.readNBytes(length);
      if (bytes.length < length) {
        throw new IOException(
            uri + ": the connection ended after " + bytes.length + " of " + length + " bytes");
      }
      fetched += length;
      return bytes;
    }
  }

  @Override
  public long size() {
    return size;
  }

  /** How many bytes were fetched so far. */
  public synchronized long fetchedBytes() {
    return fetched;
  }

  @Override
  public synchronized int read(long position, ByteBuffer target) throws IOException {
    if (!target.hasRemaining()) {
      return 0;
    }
    if (position >= size) {
      return -1;
    }
    Window window = window(position);
    int skip = (int) (position - window.start());
    int count = Math.min(window.bytes().length - skip, target.remaining());
    target.put(window.bytes(), skip, count);
    return count;
  }

  private Window window(long position) throws IOException {
    for (Window window : windows) {
      if (window != null
          && position >= window.start()
          && position < window.start() + window.bytes().length) {
        return window;
      }
    }
    long start = position / WINDOW_BYTES * WINDOW_BYTES;
    int length = (int) Math.min(WINDOW_BYTES, size - start);
    var window = new Window(start, patiently(() -> range(start, length)));
    windows[oldest] = window;
    oldest = (oldest + 1) % WINDOWS;
    return window;
  }

  @Override
  public void close() {
    // the client's connections are closed when nobody uses them
  }
}
