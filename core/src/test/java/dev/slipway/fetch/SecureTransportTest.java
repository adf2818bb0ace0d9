// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.fetch.FetchException.Kind;
import dev.slipway.progress.Task;
import dev.slipway.testing.TestServer;
import dev.slipway.testing.Tool;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
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
