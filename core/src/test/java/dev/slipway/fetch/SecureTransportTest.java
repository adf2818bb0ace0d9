// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.fetch.FetchException.Kind;
import dev.slipway.progress.Task;
import dev.slipway.testing.TestServer;
import dev.slipway.testing.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transfers over TLS, with a certificate made here. */
class SecureTransportTest {
  private static final byte[] FILE = "secret".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path directory;

  private SSLContext machines;
  private SSLContext known;
  private TestServer secure;
  private TestServer plain;

  @BeforeEach
  void start() throws Exception {
    Path file = directory.resolve("keys.p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    Tool.output(
        keytool,
        "-genkeypair",
        "-keyalg",
        "EC",
        "-alias",
        "test",
        "-dname",
        "CN=127.0.0.1",
        "-ext",
        "SAN=IP:127.0.0.1",
        "-validity",
        "2",
        "-storetype",
        "PKCS12",
        "-storepass",
        "password",
        "-keystore",
        file.toString());
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, "password".toCharArray());
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, "password".toCharArray());
    KeyStore certificates = KeyStore.getInstance("PKCS12");
    certificates.load(null, null);
    certificates.setCertificateEntry("test", keys.getCertificate("test"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(certificates);
    known = SSLContext.getInstance("TLS");
    known.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    machines = SSLContext.getDefault();
    secure = TestServer.startTls(known).put("/file", FILE);
    plain = TestServer.start().put("/file", FILE);
  }

  @AfterEach
  void stop() {
    SSLContext.setDefault(machines);
    secure.close();
    plain.close();
  }

  private static byte[] fetch(String address, Logins logins) throws Exception {
    Fetcher fetcher =
        Fetcher.with(
            FetchOptions.defaults()
                .patience(Duration.ofSeconds(5), Duration.ofSeconds(5), 1, Duration.ZERO)
                .with(logins));
    Request request = Request.of(java.net.URI.create(address));
    return fetcher.fetch(request, Sink.memory(), Task.NONE).value().orElseThrow();
  }

  @Test
  void fetchesFromAServerThatIsKnownAndSendsItsLogin() throws Exception {
    SSLContext.setDefault(known);
    String host = "127.0.0.1:" + secure.uri("/").getPort();
    Logins logins = Logins.parse("machine " + host + " login me password secret", "auth.conf");
    assertThat(fetch(secure.uri("/file").toString(), logins)).isEqualTo(FILE);
    String basic = Base64.getEncoder().encodeToString("me:secret".getBytes(StandardCharsets.UTF_8));
    assertThat(secure.asked().get(0).authorization()).isEqualTo("Basic " + basic);
  }

  @Test
  void refusesAServerThatNobodyVouchesFor() {
    assertThatThrownBy(() -> fetch(secure.uri("/file").toString(), Logins.none()))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining("no secure connection to 127.0.0.1")
        .extracting(thrown -> ((FetchException) thrown).kind())
        .isEqualTo(Kind.BAD_ANSWER);
  }

  @Test
  void goesThroughATunnelThatAProxyDigs() throws Exception {
    SSLContext.setDefault(known);
    try (var proxy = new Tunnel()) {
      Fetcher fetcher =
          Fetcher.with(
              FetchOptions.defaults()
                  .through(Proxies.none().scheme("https", "http://127.0.0.1:" + proxy.port())));
      Request request = Request.of(secure.uri("/file"));
      assertThat(fetcher.fetch(request, Sink.memory(), Task.NONE).value()).hasValue(FILE);
      assertThat(proxy.asked()).isEqualTo("CONNECT 127.0.0.1:" + secure.uri("/").getPort());
    }
  }

  /** A proxy for one connection: reads CONNECT, then passes bytes both ways. */
  private static final class Tunnel implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final CompletableFuture<String> asked = new CompletableFuture<>();

    Tunnel() throws IOException {
      start(this::serve);
    }

    int port() {
      return server.getLocalPort();
    }

    String asked() {
      return asked.join();
    }

    private static void start(Callable<?> body) {
      var thread = new Thread(() -> quietly(body));
      thread.setDaemon(true);
      thread.start();
    }

    private static void quietly(Callable<?> body) {
      try {
        body.call();
      } catch (Exception e) {
        // one end closed the connection; what the client got is what is tested
      }
    }

    private Void serve() throws IOException {
      Socket client = server.accept();
      InputStream in = client.getInputStream();
      var head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) in.read());
      }
      String first = head.substring(0, head.indexOf(" HTTP/"));
      asked.complete(first);
      String[] place = first.substring("CONNECT ".length()).split(":", -1);
      Socket target = new Socket(place[0], Integer.parseInt(place[1]));
      byte[] granted = "HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
      client.getOutputStream().write(granted);
      start(() -> target.getInputStream().transferTo(client.getOutputStream()));
      in.transferTo(target.getOutputStream());
      return null;
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }

  @Test
  void isNotLedFromTlsToPlainText() throws Exception {
    SSLContext.setDefault(known);
    secure.always("/down", TestServer.redirect(plain.uri("/file").toString()));
    plain.always("/up", TestServer.redirect(secure.uri("/file").toString()));
    assertThatThrownBy(() -> fetch(secure.uri("/down").toString(), Logins.none()))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining("redirected from https to http://127.0.0.1:")
        .hasMessageContaining("gives up the protection");
    assertThat(plain.asked()).isEmpty();
    assertThat(fetch(plain.uri("/up").toString(), Logins.none())).isEqualTo(FILE);
  }
}
