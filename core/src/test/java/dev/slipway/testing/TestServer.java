// SPDX-License-Identifier: Apache-2.0
package dev.slipway.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/**
 * A web server on the loopback interface that holds files in memory, goes on at a given byte, knows
 * entity tags, and misbehaves on demand. It really listens; only its files and faults are ours.
 */
public final class TestServer implements AutoCloseable {
  /** A way to misbehave once. */
  @FunctionalInterface
  public interface Fault {
    /** Answers in place of the server. */
    void answer(HttpExchange exchange, byte[] file) throws IOException, InterruptedException;
  }

  /** What was asked for; a header that was not sent is empty. */
  public record Asked(String path, String range, String authorization, int status) {}

  static {
    // Else the second packet of each answer waits some 40 ms for the acknowledgement of the first.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final String scheme;
  private final ExecutorService workers = Executors.newCachedThreadPool();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final Map<String, Deque<Fault>> faults = new ConcurrentHashMap<>();
  private final Map<String, Fault> lasting = new ConcurrentHashMap<>();
  private final List<HttpExchange> asked = Collections.synchronizedList(new ArrayList<>());

  private TestServer(HttpServer server, String scheme) {
    this.server = server;
    this.scheme = scheme;
  }

  /** Starts a server for http. */
  public static TestServer start() throws IOException {
    return begin(HttpServer.create(loopback(), 0), "http");
  }

  /** Starts a server for https with the context's certificate. */
  public static TestServer startTls(SSLContext context) throws IOException {
    HttpsServer server = HttpsServer.create(loopback(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    return begin(server, "https");
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static TestServer begin(HttpServer server, String scheme) {
    var started = new TestServer(server, scheme);
    server.createContext("/", started::handle);
    server.setExecutor(started.workers);
    server.start();
    return started;
  }

  /** Holds a file, or another in place of it. */
  public TestServer put(String path, byte[] content) {
    files.put(path, content.clone());
    return this;
  }

  /** Forgets a file. */
  public TestServer remove(String path) {
    files.remove(path);
    return this;
  }

  /** The paths of all files. */
  public List<String> paths() {
    return files.keySet().stream().sorted().toList();
  }

  /** A file that is held. */
  public byte[] get(String path) {
    return files.get(path).clone();
  }

  /** Misbehaves at the next request for a path; faults queue up. */
  public TestServer once(String path, Fault fault) {
    faults.computeIfAbsent(path, key -> new ArrayDeque<>()).add(fault);
    return this;
  }

  /** Misbehaves at every request for a path. */
  public TestServer always(String path, Fault fault) {
    lasting.put(path, fault);
    return this;
  }

  /** The address of a path, which is written without percent signs for anything. */
  public URI uri(String path) {
    try {
      return new URI(scheme, null, "127.0.0.1", server.getAddress().getPort(), path, null, null);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Everything that was asked for so far, in order of arrival. */
  public List<Asked> asked() {
    synchronized (asked) {
      return asked.stream().map(TestServer::asked).toList();
    }
  }

  private static Asked asked(HttpExchange exchange) {
    return new Asked(
        exchange.getRequestURI().getPath(),
        header(exchange, "Range"),
        header(exchange, "Authorization"),
        exchange.getResponseCode());
  }

  /** Forgets what was asked for. */
  public void forgetAsked() {
    asked.clear();
  }

  /** Answers with a status and no body. */
  public static Fault status(int code) {
    return (exchange, file) -> exchange.sendResponseHeaders(code, -1);
  }

  /** Redirects. */
  public static Fault redirect(String location) {
    return (exchange, file) -> {
      exchange.getResponseHeaders().set("Location", location);
      exchange.sendResponseHeaders(302, -1);
    };
  }

  /** Announces the whole file (or what is left of it) and hangs up after some bytes of it. */
  public static Fault breakOffAfter(int bytes) {
    return (exchange, file) -> {
      String bounded = header(exchange, "Range");
      if (bounded.matches("bytes=[0-9]+-[0-9]+")) {
        piece(exchange, file, bounded.substring(6).split("-"), bytes);
        return;
      }
      int from = start(exchange, file);
      if (from > 0) {
        exchange.getResponseHeaders().set("Content-Range", range(from, file));
      }
      exchange.getResponseHeaders().set("ETag", tag(file));
      exchange.sendResponseHeaders(from > 0 ? 206 : 200, file.length - from);
      exchange.getResponseBody().write(file, from, Math.min(bytes, file.length - from));
      exchange.getResponseBody().flush();
    };
  }

  /** Announces another length than the file has, sends what there is, and hangs up. */
  public static Fault announce(long length) {
    return (exchange, file) -> {
      exchange.sendResponseHeaders(200, length);
      exchange.getResponseBody().write(file, 0, (int) Math.min(length, file.length));
      exchange.getResponseBody().flush();
    };
  }

  /** Announces nothing and sends these bytes. */
  public static Fault unannounced(byte[] bytes) {
    return (exchange, file) -> {
      exchange.sendResponseHeaders(200, 0);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(bytes);
      }
    };
  }

  /** Sends some bytes, then falls silent until the server is closed. */
  public Fault silentAfter(int bytes) {
    return (exchange, file) -> {
      String bounded = header(exchange, "Range");
      if (bounded.matches("bytes=[0-9]+-[0-9]+")) {
        piece(exchange, file, bounded.substring(6).split("-"), bytes);
      } else {
        exchange.sendResponseHeaders(200, file.length);
        exchange.getResponseBody().write(file, 0, bytes);
        exchange.getResponseBody().flush();
      }
      closing.await();
    };
  }

  /** Answers with a piece of its own choice, whatever was asked for. */
  public static Fault otherPiece(int from, int length) {
    String[] ends = {String.valueOf(from), String.valueOf(from + length - 1)};
    return (exchange, file) -> piece(exchange, file, ends, Integer.MAX_VALUE);
  }

  /** Sends one byte at a time, so many milliseconds apart, until the server is closed. */
  public Fault drip(int millis) {
    return (exchange, file) -> {
      exchange.sendResponseHeaders(200, file.length);
      for (byte b : file) {
        exchange.getResponseBody().write(b);
        exchange.getResponseBody().flush();
        if (closing.await(millis, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    };
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    byte[] file = files.get(path);
    asked.add(exchange);
    try (exchange) {
      Deque<Fault> queue = faults.get(path);
      Fault fault = queue == null ? null : queue.poll();
      fault = fault == null ? lasting.get(path) : fault;
      if (fault != null) {
        fault.answer(exchange, file == null ? new byte[0] : file);
      } else if (file == null) {
        exchange.sendResponseHeaders(404, -1);
      } else if (tag(file).equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
        exchange.getResponseHeaders().set("ETag", tag(file));
        exchange.sendResponseHeaders(304, -1);
      } else if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.getResponseHeaders().set("Content-Length", String.valueOf(file.length));
        exchange.sendResponseHeaders(200, -1);
      } else {
        send(exchange, file);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(HttpExchange exchange, byte[] file) throws IOException {
    String bounded = header(exchange, "Range");
    if (bounded.matches("bytes=[0-9]+-[0-9]+")) {
      piece(exchange, file, bounded.substring(6).split("-"), Integer.MAX_VALUE);
      return;
    }
    int from = start(exchange, file);
    exchange.getResponseHeaders().set("ETag", tag(file));
    if (from > 0) {
      exchange.getResponseHeaders().set("Content-Range", range(from, file));
    }
    int length = file.length - from;
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, length == 0 ? -1 : length);
    if (length > 0) {
      exchange.getResponseBody().write(file, from, length);
    }
  }

  /** Answers a request for a piece that has an end, and hangs up after some bytes of it. */
  private static void piece(HttpExchange exchange, byte[] file, String[] ends, int most)
      throws IOException {
    int from = Integer.parseInt(ends[0]);
    if (from >= file.length) {
      exchange.getResponseHeaders().set("Content-Range", "bytes */" + file.length);
      exchange.sendResponseHeaders(416, -1);
      return;
    }
    int to = Math.min(Integer.parseInt(ends[1]), file.length - 1);
    exchange.getResponseHeaders().set("ETag", tag(file));
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes " + from + "-" + to + "/" + file.length);
    exchange.sendResponseHeaders(206, to - from + 1);
    exchange.getResponseBody().write(file, from, Math.min(most, to - from + 1));
    exchange.getResponseBody().flush();
  }

  private static int start(HttpExchange exchange, byte[] file) {
    String range = header(exchange, "Range");
    String condition = header(exchange, "If-Range");
    if (!range.matches("bytes=[0-9]+-") || (!condition.isEmpty() && !condition.equals(tag(file)))) {
      return 0;
    }
    int from = Integer.parseInt(range.substring(6, range.length() - 1));
    return from < file.length ? from : 0;
  }

  private static String range(int from, byte[] file) {
    return "bytes " + from + "-" + (file.length - 1) + "/" + file.length;
  }

  private static String tag(byte[] file) {
    return "\"" + dev.slipway.digest.Digest.of(file).hex().substring(0, 16) + "\"";
  }

  private static String header(HttpExchange exchange, String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    workers.shutdownNow();
  }
}
