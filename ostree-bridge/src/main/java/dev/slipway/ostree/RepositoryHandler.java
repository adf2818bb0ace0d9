// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Serves a repository as a part of somebody's HTTP server: only what clients need (objects, refs,
 * deltas, summary, configuration), whole or from an offset on. {@link RepositoryServer} is a server
 * with nothing else, and knows how to make the JDK's a fast one.
 *
 * <pre>{@code
 * HttpServer server = HttpServer.create(new InetSocketAddress(8080), 0);
 * server.createContext("/", RepositoryHandler.of(repository));
 * }</pre>
 */
public final class RepositoryHandler implements HttpHandler {
  /** Names of files that are served; none of their parts starts with a dot. */
  private static final Pattern SERVED =
      Pattern.compile(
          "config|summary|summary\\.sig"
              + "|(?:objects|deltas|delta-indexes|refs)(?:/[A-Za-z0-9_+=-][A-Za-z0-9_+=.-]*)+");

  private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,18})-(\\d{1,18})?");
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final int CHUNK_BYTES = 1 << 16;

  private final Path root;

  private RepositoryHandler(Path root) {
    this.root = root;
  }

  /** Serves a repository below whatever context this is put in. */
  public static RepositoryHandler of(OstreeRepository repository) throws IOException {
    if (repository.mode() != RepositoryMode.ARCHIVE) {
      throw new IllegalArgumentException(
          repository.directory()
              + ": is of mode "
              + repository.mode().configName()
              + "; clients pull over HTTP from archive repositories");
    }
    return new RepositoryHandler(repository.directory().toRealPath());
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      if (!method.equals("GET") && !method.equals("HEAD")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      Optional<Path> file = file(exchange);
      if (file.isEmpty()) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      try (FileChannel channel = FileChannel.open(file.get(), StandardOpenOption.READ)) {
        send(exchange, file.get(), channel, method.equals("HEAD"));
      } catch (NoSuchFileException e) {
        exchange.sendResponseHeaders(404, -1);
      }
    }
  }

  private Optional<Path> file(HttpExchange exchange) throws IOException {
    String context = exchange.getHttpContext().getPath();
    String path = exchange.getRequestURI().getPath();
    String relative = path.substring(Math.min(path.length(), context.length()));
    relative = relative.replaceFirst("^/+", "");
    if (!SERVED.matcher(relative).matches()) {
      return Optional.empty();
    }
    Path file = root.resolve(relative);
    boolean inside =
        Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            && file.getParent().toRealPath().startsWith(root);
    return inside ? Optional.of(file) : Optional.empty();
  }

  private static void send(HttpExchange exchange, Path file, FileChannel channel, boolean headOnly)
      throws IOException {
    long size = channel.size();
    Instant modified = Files.getLastModifiedTime(file).toInstant();
    String tag = "\"" + Long.toHexString(modified.toEpochMilli()) + "-" + size + "\"";
    var headers = exchange.getResponseHeaders();
    headers.set("Content-Type", "application/octet-stream");
    headers.set("Last-Modified", HTTP_DATE.format(modified));
    headers.set("ETag", tag);
    headers.set("Accept-Ranges", "bytes");
    if (tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
      exchange.sendResponseHeaders(304, -1);
      return;
    }
    long start = 0;
    long end = size;
    Optional<Matcher> range = range(exchange, tag, HTTP_DATE.format(modified));
    if (range.isPresent()) {
      start = Long.parseLong(range.get().group(1));
      String last = range.get().group(2);
      end = last == null ? size : Math.min(size, Long.parseLong(last) + 1);
      if (start >= size || end <= start) {
        headers.set("Content-Range", "bytes */" + size);
        exchange.sendResponseHeaders(416, -1);
        return;
      }
      headers.set("Content-Range", "bytes " + start + "-" + (end - 1) + "/" + size);
    }
    int status = range.isPresent() ? 206 : 200;
    if (headOnly) {
      headers.set("Content-Length", Long.toString(end - start));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, end == start ? -1 : end - start);
    copy(channel, start, end, exchange.getResponseBody());
  }

  /** The range that is asked for, unless the file is another by now. */
  private static Optional<Matcher> range(HttpExchange exchange, String tag, String modified) {
    String asked = exchange.getRequestHeaders().getFirst("Range");
    String onlyIf = exchange.getRequestHeaders().getFirst("If-Range");
    if (asked == null || (onlyIf != null && !onlyIf.equals(tag) && !onlyIf.equals(modified))) {
      return Optional.empty();
    }
    Matcher matcher = RANGE.matcher(asked);
    return matcher.matches() ? Optional.of(matcher) : Optional.empty();
  }

  private static void copy(FileChannel channel, long start, long end, OutputStream out)
      throws IOException {
    channel.position(start);
    InputStream in = Channels.newInputStream(channel);
    byte[] chunk = new byte[CHUNK_BYTES];
    for (long left = end - start; left > 0; ) {
      int count = in.read(chunk, 0, (int) Math.min(left, chunk.length));
      if (count < 0) {
        throw new IOException("the file became shorter while it was sent");
      }
      out.write(chunk, 0, count);
      left -= count;
    }
  }
}
