// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipway.digest.Digest;
import dev.slipway.fetch.FetchException.Kind;
import dev.slipway.io.Size;
import dev.slipway.progress.Task;
import dev.slipway.testing.TestServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real transfers over the loopback interface, from a server that misbehaves when told to. */
class FetcherTest {
  private static final byte[] FILE = bytes(300_000);
  private static final Digest DIGEST = Digest.of(FILE);

  private final FetchOptions options =
      FetchOptions.defaults()
          .patience(Duration.ofSeconds(2), Duration.ofSeconds(20), 4, Duration.ofMillis(1));
  private final FetchOptions hasty =
      options.patience(Duration.ofSeconds(2), Duration.ofMillis(400), 4, Duration.ofMillis(1));
  private final Fetcher fetcher = Fetcher.with(options);
  private final AtomicLong progress = new AtomicLong();
  private final Task task = progress::addAndGet;
  private TestServer server;

  @TempDir Path directory;

  @BeforeEach
  void start() throws IOException {
    server = TestServer.start().put("/file", FILE);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  private Request known() {
    return Request.of(server.uri("/file"), FILE.length, DIGEST);
  }

  private byte[] fetch(Request request) throws IOException {
    return fetcher.fetch(request, Sink.memory(), task).value().orElseThrow();
  }

  private FetchException failure(Request request) {
    return failure(fetcher, request);
  }

  private FetchException failure(Fetcher by, Request request) {
    Throwable thrown = catchThrowable(() -> by.fetch(request, Sink.memory(), task));
    assertThat(thrown).isInstanceOf(FetchException.class);
    assertThat(thrown).hasMessageStartingWith(request.shown() + ": ");
    return (FetchException) thrown;
  }

  @Test
  void fetchesWhatIsKnownAndWhatIsNot() throws IOException {
    assertThat(fetch(known())).isEqualTo(FILE);
    assertThat(fetch(Request.of(server.uri("/file")))).isEqualTo(FILE);
    assertThat(progress.get()).isEqualTo(2L * FILE.length);
  }

  @Test
  void fetchesEmptyFile() throws IOException {
    server.put("/empty", new byte[0]);
    assertThat(fetch(Request.of(server.uri("/empty"), 0, Digest.of()))).isEmpty();
  }

  @Test
  void fetchesFromFileSystem() throws IOException {
    Path file = Files.write(directory.resolve("with blank+plus"), FILE);
    assertThat(fetch(Request.of(file.toUri(), FILE.length, DIGEST))).isEqualTo(FILE);
    assertThat(failure(Request.of(directory.resolve("none").toUri())).kind())
        .isEqualTo(Kind.NOT_FOUND);
    assertThat(failure(Request.of(directory.toUri())).kind()).isEqualTo(Kind.NOT_FOUND);
    Request wrong = Request.of(file.toUri(), FILE.length + 1, DIGEST);
    assertThat(failure(wrong)).hasMessageContaining("expected " + (FILE.length + 1));
  }

  @Test
  void goesOnWhereItBrokeOff() throws IOException {
    server
        .once("/file", TestServer.breakOffAfter(100_000))
        .once("/file", TestServer.breakOffAfter(50_000));
    assertThat(fetch(known())).isEqualTo(FILE);
    List<String> ranges = server.asked().stream().map(TestServer.Asked::range).toList();
    assertThat(ranges).hasSize(3);
    assertThat(ranges.get(0)).isEmpty();
    assertThat(ranges.get(1)).matches("bytes=[1-9][0-9]*-");
    assertThat(progress.get()).isEqualTo(FILE.length);
  }

  @Test
  void startsOverWhenTheFileChangedMeanwhile() throws IOException {
    byte[] other = bytes(200_000);
    server.once(
        "/file",
        (exchange, file) -> {
          TestServer.breakOffAfter(100_000).answer(exchange, file);
          server.put("/file", other);
        });
    assertThat(fetch(Request.of(server.uri("/file")))).isEqualTo(other);
  }

  @Test
  void doesNotTrustABeginningThatProvesWrong() throws IOException {
    byte[] altered = FILE.clone();
    altered[5] ^= 1;
    server.once(
        "/file", (exchange, file) -> TestServer.breakOffAfter(100_000).answer(exchange, altered));
    assertThat(fetch(known())).isEqualTo(FILE);
  }

  @Test
  void givesUpOnAServerThatAlwaysBreaksOff() {
    server.always("/file", TestServer.breakOffAfter(0));
    FetchException failure = failure(known());
    assertThat(failure.kind()).isEqualTo(Kind.INCOMPLETE);
    assertThat(server.asked()).hasSizeBetween(4, 8); // the JDK repeats some itself
  }

  @Test
  void passingTroubleIsOvercome() throws IOException {
    server
        .once("/file", TestServer.status(503))
        .once("/file", TestServer.status(429))
        .once("/file", server.silentAfter(1000));
    // long enough for the transfer that must succeed, on a busy machine too
    Duration idle = Duration.ofSeconds(2);
    Fetcher impatient =
        Fetcher.with(options.patience(Duration.ofSeconds(2), idle, 4, Duration.ofMillis(1)));
    assertThat(impatient.fetch(known(), Sink.memory(), task).value()).hasValue(FILE);
  }

  @Test
  void silenceEndsInAnError() {
    server.always("/file", server.silentAfter(1000));
    FetchException failure = failure(Fetcher.with(hasty), known());
    assertThat(failure.kind()).isEqualTo(Kind.INCOMPLETE);
    assertThat(failure).hasMessageContaining("nothing came for 400 ms");
  }

  @Test
  void drippingIsAsGoodAsSilence() {
    server.always("/file", server.drip(20));
    assertThat(failure(Fetcher.with(hasty), known()))
        .hasMessageContaining("bytes came within 400 ms; the server or");
  }

  @Test
  void showsItsLoginToTheProxy() throws IOException {
    var seen = new java.util.concurrent.atomic.AtomicReference<String>();
    server.always(
        "/file",
        (exchange, file) -> {
          seen.set(exchange.getRequestHeaders().getFirst("Proxy-Authorization"));
          TestServer.unannounced(file).answer(exchange, file);
        });
    String proxy = "http://me:secret@127.0.0.1:" + server.uri("/").getPort();
    Fetcher through = Fetcher.with(options.through(Proxies.none().scheme("http", proxy)));
    through.fetch(Request.of(URI.create("http://mirror.invalid/file")), Sink.memory(), task);
    assertThat(seen.get()).startsWith("Basic ");
    server.always("/file", TestServer.status(407));
    assertThatThrownBy(
            () ->
                through.fetch(
                    Request.of(URI.create("http://mirror.invalid/file")), Sink.memory(), task))
        .hasMessageContaining("the proxy wants a login")
        .hasMessageNotContaining("secret");
  }

  @Test
  void refusesWrongDigestWithoutAskingAgain() {
    byte[] altered = FILE.clone();
    altered[FILE.length - 1] ^= 1;
    server.put("/file", altered);
    FetchException failure = failure(known());
    assertThat(failure.kind()).isEqualTo(Kind.WRONG_CONTENT);
    assertThat(failure)
        .hasMessageContaining(
            "SHA-256: found " + Digest.of(altered) + ", expected " + DIGEST + "; the file there");
    assertThat(server.asked()).hasSize(1);
  }

  @Test
  void refusesLiesAboutLength() {
    server.once("/file", TestServer.announce(FILE.length + 10));
    assertThat(failure(known()))
        .hasMessageContaining("announces " + (FILE.length + 10) + " bytes, expected 300000");
    server.once("/file", TestServer.announce(FILE.length - 10));
    assertThat(failure(known())).hasMessageContaining("announces " + (FILE.length - 10));
    server.once("/file", TestServer.unannounced(bytes(FILE.length + 1)));
    assertThat(failure(known())).hasMessageContaining("it goes on behind byte 300000, expected");
    assertThat(failure(Request.of(server.uri("/file")).limitedTo(Size.bytes(1))).kind())
        .isEqualTo(Kind.WRONG_CONTENT);
  }

  @Test
  void refusesWhatIsTooLongBeforeReadingIt() {
    Request request = Request.of(server.uri("/file")).limitedTo(Size.bytes(FILE.length - 1));
    assertThat(failure(request)).hasMessageContaining("more than the 293.0 KiB");
    server.once("/file", TestServer.unannounced(FILE));
    assertThat(failure(request)).hasMessageContaining("it goes on behind byte 299999");
  }

  @Test
  void saysThatAFileIsMissing() {
    FetchException failure = failure(Request.of(server.uri("/none")));
    assertThat(failure.kind()).isEqualTo(Kind.NOT_FOUND);
    assertThat(failure).hasMessageContaining("answered 404: there is no such file (any more)");
    assertThat(server.asked()).hasSize(1);
  }

  @Test
  void saysThatNobodyListens() {
    URI gone = server.uri("/file");
    server.close();
    FetchException failure = failure(Request.of(gone));
    assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(failure).hasMessageContaining("no connection to 127.0.0.1; check the network");
  }

  @Test
  void followsRedirectionsButNotForEver() throws IOException {
    server
        .always("/a", TestServer.redirect("/b"))
        .always("/b", TestServer.redirect(server.uri("/file").toString()))
        .always("/loop", TestServer.redirect("/loop"))
        .always("/out", TestServer.redirect("file:///etc/passwd"));
    assertThat(fetch(Request.of(server.uri("/a"), FILE.length, DIGEST))).isEqualTo(FILE);
    assertThat(failure(Request.of(server.uri("/loop"))))
        .hasMessageContaining("redirected more than 10 times");
    assertThat(failure(Request.of(server.uri("/out"))))
        .hasMessageContaining("\"file:///etc/passwd\", which is not followed");
  }

  @Test
  void sendsLoginsOnlyWhereTheyBelong() throws IOException {
    String host = "127.0.0.1:" + server.uri("/").getPort();
    Logins plain = Logins.parse("machine " + host + " login me password secret", "auth.conf");
    Logins explicit =
        Logins.parse("machine http://" + host + "/private login me password secret", "auth.conf");
    server.put("/private/file", FILE);
    Fetcher.with(options.with(plain)).fetch(known(), Sink.memory(), task);
    Fetcher.with(options.with(explicit)).fetch(known(), Sink.memory(), task);
    Fetcher.with(options.with(explicit))
        .fetch(Request.of(server.uri("/private/file")), Sink.memory(), task);
    String basic =
        "Basic " + Base64.getEncoder().encodeToString("me:secret".getBytes(StandardCharsets.UTF_8));
    assertThat(server.asked())
        .extracting(TestServer.Asked::authorization)
        .containsExactly("", "", basic);
  }

  @Test
  void neverShowsALogin() {
    URI uri = URI.create("http://me:secret@127.0.0.1:" + server.uri("/").getPort() + "/none");
    FetchException failure = failure(Request.of(uri));
    assertThat(failure.getMessage()).doesNotContain("secret").contains("http://127.0.0.1:");
    assertThat(server.asked().get(0).authorization()).startsWith("Basic ");
  }

  @Test
  void doesNotFetchTwiceWhatDidNotChange() throws IOException {
    Fetched<byte[]> first = fetcher.fetch(known(), Sink.memory(), task);
    Request again = known().ifChangedFrom(first.validator().orElseThrow());
    assertThat(fetcher.fetch(again, Sink.memory(), task).value()).isEmpty();
    server.put("/file", bytes(10));
    Request unknown =
        Request.of(server.uri("/file")).ifChangedFrom(first.validator().orElseThrow());
    assertThat(fetcher.fetch(unknown, Sink.memory(), task).value()).isPresent();
  }

  @Test
  void goesThroughAProxyUnlessExempt() throws IOException {
    try (TestServer proxy = TestServer.start().put("http://example.invalid/file", FILE)) {
      proxy.put("/file", FILE);
      String address = "http://127.0.0.1:" + proxy.uri("/").getPort() + "/";
      Proxies proxies = Proxies.none().scheme("http", address);
      Fetcher through = Fetcher.with(options.through(proxies));
      URI elsewhere = URI.create("http://mirror.invalid/file");
      assertThat(through.fetch(Request.of(elsewhere), Sink.memory(), task).value()).hasValue(FILE);
      assertThat(proxy.asked()).hasSize(1);
      Fetcher direct = Fetcher.with(options.through(proxies.host("http", "127.0.0.1", "DIRECT")));
      direct.fetch(known(), Sink.memory(), task);
      Fetcher exempt = Fetcher.with(options.through(proxies.except(List.of("127.0.0.1"))));
      exempt.fetch(known(), Sink.memory(), task);
      assertThat(proxy.asked()).hasSize(1);
    }
  }

  @Test
  void refusesProxiesItCannotUse() {
    Fetcher odd =
        Fetcher.with(options.through(Proxies.none().scheme("http", "socks5h://127.0.0.1:9050")));
    assertThatThrownBy(() -> odd.fetch(known(), Sink.memory(), task))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining("only proxies of the form http://host:port/");
  }

  @Test
  void manyAtOnceKeepTheirOrder() throws IOException {
    List<Integer> numbers = IntStream.range(0, 100).boxed().toList();
    numbers.forEach(number -> server.put("/" + number, new byte[number]));
    List<Integer> lengths =
        fetcher.forEach(numbers, number -> fetch(Request.of(server.uri("/" + number))).length);
    assertThat(lengths).isEqualTo(numbers);
  }

  @Test
  void firstFailureEndsAll() {
    server.always("/slow", server.silentAfter(0));
    server.put("/slow", FILE);
    List<String> paths = List.of("/slow", "/slow", "/none");
    Fetcher patient =
        Fetcher.with(
            options.patience(
                Duration.ofSeconds(20), Duration.ofSeconds(20), 1, Duration.ofMillis(1)));
    assertThatThrownBy(
            () ->
                patient.forEach(
                    paths,
                    path -> patient.fetch(Request.of(server.uri(path)), Sink.memory(), task)))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining("/none");
  }

  @Test
  void interruptStopsATransferAndLeavesNoDraft() throws Exception {
    server.always("/file", server.silentAfter(1000));
    Fetcher patient =
        Fetcher.with(
            options.patience(
                Duration.ofSeconds(20), Duration.ofSeconds(60), 1, Duration.ofMillis(1)));
    var drafts = new CountingSink();
    var thrown = new Throwable[1];
    Thread thread =
        new Thread(
            () -> thrown[0] = catchThrowable(() -> patient.fetch(known(), drafts, Task.NONE)));
    thread.start();
    drafts.written.await();
    thread.interrupt();
    thread.join(10_000);
    assertThat(thrown[0])
        .isInstanceOf(InterruptedIOException.class)
        .hasMessage("interrupted while fetching " + server.uri("/file"));
    assertThat(drafts.open.get()).isZero();
  }

  @Test
  void failuresLeaveNoDraft() {
    var drafts = new CountingSink();
    byte[] altered = Arrays.copyOf(FILE, FILE.length);
    altered[0] ^= 1;
    server.put("/file", altered);
    assertThatThrownBy(() -> fetcher.fetch(known(), drafts, task))
        .isInstanceOf(FetchException.class);
    assertThat(drafts.open.get()).isZero();
    assertThat(drafts.committed.get()).isZero();
  }

  /** Counts drafts that are open and committed. */
  private static final class CountingSink implements Sink<Boolean> {
    private final AtomicLong open = new AtomicLong();
    private final AtomicLong committed = new AtomicLong();
    private final java.util.concurrent.CountDownLatch written =
        new java.util.concurrent.CountDownLatch(1);

    @Override
    public Draft<Boolean> begin() {
      open.incrementAndGet();
      return new Draft<>() {
        @Override
        public void write(int b) {
          written.countDown();
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
          written.countDown();
        }

        @Override
        public Boolean commit() {
          committed.incrementAndGet();
          return true;
        }

        @Override
        public void close() {
          open.decrementAndGet();
        }
      };
    }
  }
}
