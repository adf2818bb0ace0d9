// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;

/**
 * An HTTP server with nothing but a repository.
 *
 * <pre>{@code
 * try (var server = RepositoryServer.start(repository, new InetSocketAddress(8080), executor)) {
 *   ...
 * }
 * }</pre>
 *
 * <p>The JDK's server sends head and body of an answer in two packets, and the second waits for the
 * client's delayed acknowledgement of the first: some 40 ms for every small file. Only the property
 * {@value #NO_DELAY} changes that, and only before the process makes its first server; it is set
 * here unless somebody has set it.
 */
public final class RepositoryServer implements Closeable {
  static final String NO_DELAY = "sun.net.httpserver.nodelay";

  private final HttpServer server;

  private RepositoryServer(HttpServer server) {
    this.server = server;
  }

  /**
   * Starts to serve an archive repository.
   *
   * @param address where; port 0 for any that is free
   * @param executor answers requests, each on a thread; it stays the caller's to end
   */
  public static RepositoryServer start(
      OstreeRepository repository, InetSocketAddress address, Executor executor)
      throws IOException {
    RepositoryHandler handler = RepositoryHandler.of(repository);
    if (System.getProperty(NO_DELAY) == null) {
      System.setProperty(NO_DELAY, "true");
    }
    HttpServer server = HttpServer.create(address, 0);
    server.createContext("/", handler);
    server.setExecutor(executor);
    server.start();
    return new RepositoryServer(server);
  }

  /** Where it is reached, with the port that was found. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** Ends at once; answers under way are broken off. */
  @Override
  public void close() {
    server.stop(0);
  }
}
