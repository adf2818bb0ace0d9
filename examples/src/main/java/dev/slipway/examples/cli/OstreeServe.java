// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.ostree.RepositoryServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "serve",
    description = "Serves an archive repository over HTTP until it is stopped.")
final class OstreeServe extends OstreeTask {
  private static final int REQUESTS_AT_ONCE = 32;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description = "0 for any that is free. Default: ${DEFAULT-VALUE}.")
  int port;

  @Option(
      names = "--address",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description = "0.0.0.0 to serve other machines. Default: ${DEFAULT-VALUE}.")
  String address;

  @Override
  int run(PrintWriter out) throws IOException {
    ExecutorService workers = Executors.newFixedThreadPool(REQUESTS_AT_ONCE);
    try (RepositoryServer server =
        RepositoryServer.start(open(), new InetSocketAddress(address, port), workers)) {
      out.println(
          "serving "
              + ostree.repository
              + " at http://"
              + address
              + ":"
              + server.address().getPort()
              + "/");
      out.flush();
      Thread.currentThread().join(); // until the process ends
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped");
    } finally {
      workers.shutdownNow();
    }
    return 0;
  }
}
