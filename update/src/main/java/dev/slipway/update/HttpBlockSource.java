// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.fetch.FetchException;
import dev.slipway.fetch.IdleBody;
import dev.slipway.io.BlockSource;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file on a web server, read in ranges: only what is asked for is fetched, with some read-ahead.
 * Connections that break are made again. The file must not change in between.
 */
public final class HttpBlockSource implements BlockSource {
  private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");

  /** More than one: a tree of hashes and what it vouches for are read in turns. */
  private static final int WINDOWS = 4;

  /**
   * Where nobody said what will be read, the first window is no more than a block, because most
   * places are read once. Reading on doubles it, up to where a request costs little beside its
   * bytes.
   */
  private static final int FIRST_WINDOW_BYTES = 1 << 12;

  private static final int LARGEST_WINDOW_BYTES = 1 << 18;

  /** How many announcements are remembered: a file's, its hashes', and those of files beside it. */
  private static final int ANNOUNCED = 8;

  private static final int OK = 200;
  private static final int OK_PARTIAL = 206;
  private static final int REDIRECTION = 300;
  private static final int REFUSAL = 400;

  /** The file ends before the range begins. */
  private static final int NO_SUCH_RANGE = 416;

  /** Besides what the server says of itself (5xx), what may be over in a moment. */
  private static final Set<Integer> PASSING = Set.of(408, 425, 429);

  private static final int SERVER_ERROR = 500;

  private final URI uri;

  /** The address as it may be shown: without a password. */
  private final String name;

  private final Patience patience;
  private final Pace pace;
  private final HttpClient client;

  /** What was used last stands first. */
  private final List<Window> windows = new ArrayList<>();

  /** Ranges that will be read, the newest first. */
  private final Deque<Range> announced = new ArrayDeque<>();

  private final long size;
  private Optional<String> tag = Optional.empty();
  private long fetched;

  /** A piece of the file in memory. */
  private record Window(long start, byte[] bytes) {
    long end() {
      return start + bytes.length;
    }

    boolean holds(long position) {
      return position >= start && position < end();
    }
  }

  private record Range(long start, long end) {
    boolean holds(long position) {
      return position >= start && position < end;
    }
  }

  /**
   * What is put up with.
   *
   * @param attempts how often each range is asked for before giving up
   * @param pause between two attempts
   * @param silence how long a server may send nothing
   */
  record Patience(int attempts, Duration pause, Duration silence) {
    static final Patience DEFAULT = new Patience(20, Duration.ofSeconds(3), Duration.ofSeconds(30));
  }

  private HttpBlockSource(URI uri, Patience patience, Pace pace) throws IOException {
    this.uri = uri;
    this.name = FetchException.withoutLogin(uri);
    this.patience = patience;
    this.pace = pace;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(patience.silence())
            // five at most, by the JDK's default; a login goes nowhere but where it is meant for
            .followRedirects(
                uri.getUserInfo() == null ? HttpClient.Redirect.NORMAL : HttpClient.Redirect.NEVER)
            .build();
    this.size = patiently(this::firstAnswer);
  }

  /** Opens a file whose server understands ranges. A login may stand in the address. */
  public static HttpBlockSource open(URI uri, Pace pace) throws IOException {
    return open(uri, Patience.DEFAULT, pace);
  }

  static HttpBlockSource open(URI uri, Patience patience, Pace pace) throws IOException {
    return new HttpBlockSource(uri, patience, pace);
  }

  /**
   * Finds out how large the file is, by way of its first block, which everybody reads. (Less would
   * do, but some servers take the range from 0 to 0 for the whole file.)
   */
  private long firstAnswer() throws IOException {
    HttpResponse<InputStream> answer = request(0, FIRST_WINDOW_BYTES - 1);
    try (InputStream body = answer.body()) {
      long whole = Long.parseLong(contentRange(answer).group(3));
      int length = (int) Math.min(FIRST_WINDOW_BYTES, whole);
      byte[] bytes = body.readNBytes(length);
      if (bytes.length < length) {
        throw new IOException(name + ": the connection ended after " + bytes.length + " bytes");
      }
      windows.add(new Window(0, bytes));
      fetched += length;
      tag = tag(answer);
      return whole;
    }
  }

  private static Optional<String> tag(HttpResponse<?> answer) {
    return answer
        .headers()
        .firstValue("ETag")
        .or(() -> answer.headers().firstValue("Last-Modified"));
  }

  private Matcher contentRange(HttpResponse<?> answer) throws IOException {
    Matcher range = RANGE.matcher(answer.headers().firstValue("Content-Range").orElse("nothing"));
    if (!range.matches()) {
      throw new IOException(name + ": the server answers without a usable Content-Range");
    }
    return range;
  }

  /** Something that may fail because the line does. */
  private interface Attempt<T> {
    T run() throws IOException;
  }

  private <T> T patiently(Attempt<T> attempt) throws IOException {
    IOException last = null;
    for (int i = 0; i < patience.attempts(); i++) {
      pace.check();
      if (i > 0) {
        LockSupport.parkNanos(patience.pause().toNanos());
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
        name
            + ": given up after "
            + patience.attempts()
            + " attempts: "
            + (last == null ? "" : last.getMessage()),
        last);
  }

  /** What no other attempt would mend. */
  private static final class FinalException extends IOException {
    private static final long serialVersionUID = 1L;

    FinalException(String message) {
      super(message);
    }
  }

  private HttpResponse<InputStream> request(long first, long last) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(patience.silence())
            .header("Range", "bytes=" + first + "-" + last);
    if (uri.getUserInfo() != null) {
      byte[] login = uri.getUserInfo().getBytes(StandardCharsets.UTF_8);
      request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(login));
    }
    HttpResponse<InputStream> answer;
    try {
      // the timeout above ends with the headers, and the JDK's own body waits for ever
      answer = client.send(request.build(), head -> new IdleBody(patience.silence()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
    int status = answer.statusCode();
    if (status != OK_PARTIAL) {
      answer.body().close();
      String problem = name + ": the server answers " + status;
      if (status == OK) {
        throw new FinalException(problem + ": it does not send parts of a file; download it first");
      }
      if (status == NO_SUCH_RANGE && first > 0) {
        throw changed();
      }
      if (status >= REDIRECTION && status < REFUSAL) {
        throw new FinalException(
            problem + "; not followed: too often, from https to http, or with a login");
      }
      throw status >= SERVER_ERROR || PASSING.contains(status)
          ? new IOException(problem)
          : new FinalException(problem);
    }
    return answer;
  }

  private FinalException changed() {
    return new FinalException(name + ": the file changed while it was read; start again");
  }

  private byte[] range(long first, int length) throws IOException {
    pace.take(length);
    HttpResponse<InputStream> answer = request(first, first + length - 1);
    try (InputStream body = answer.body()) {
      Matcher range = contentRange(answer);
      if (Long.parseLong(range.group(3)) != size || !tag(answer).equals(tag)) {
        throw changed();
      }
      if (Long.parseLong(range.group(1)) != first) {
        throw new IOException(name + ": asked for byte " + first + ", got " + range.group(1));
      }
      byte[] bytes = body.readNBytes(length);
      if (bytes.length < length) {
        throw new IOException(
            name + ": the connection ended after " + bytes.length + " of " + length + " bytes");
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
    Window window = window(position, target.remaining());
    int skip = (int) (position - window.start());
    int count = Math.min(window.bytes().length - skip, target.remaining());
    target.put(window.bytes(), skip, count);
    return count;
  }

  @Override
  public synchronized void willRead(long position, long length) {
    announced.addFirst(new Range(position, position + length));
    if (announced.size() > ANNOUNCED) {
      announced.removeLast();
    }
  }

  private Window window(long position, int wanted) throws IOException {
    Window window = null;
    for (Window kept : windows) {
      if (kept.holds(position)) {
        window = kept;
      }
    }
    if (window == null) {
      // what comes last in a file belongs together, and is read from behind
      long start = Math.max(0, Math.min(position, size - FIRST_WINDOW_BYTES));
      int length = lengthAt(start, wanted);
      window = new Window(start, patiently(() -> range(start, length)));
    } else {
      windows.remove(window);
    }
    windows.add(0, window);
    if (windows.size() > WINDOWS) {
      windows.remove(WINDOWS);
    }
    return window;
  }

  /** How much to fetch: what was announced, else more when somebody reads on. */
  private int lengthAt(long position, int wanted) {
    long end = size;
    long length = Math.max(FIRST_WINDOW_BYTES, wanted);
    for (Window kept : windows) {
      if (kept.end() == position) {
        length = Math.max(length, 2L * kept.bytes().length);
      } else if (kept.start() > position) {
        end = Math.min(end, kept.start()); // the rest is there already
      }
    }
    for (Range range : announced) {
      if (range.holds(position)) {
        length = range.end() - position;
        break;
      }
    }
    return (int) Math.min(Math.min(length, LARGEST_WINDOW_BYTES), end - position);
  }

  @Override
  public void close() {
    // the client's connections are closed when nobody uses them
  }
}
