// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.digest.Digest;
import dev.slipway.fetch.FetchOptions;
import dev.slipway.fetch.Fetcher;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.progress.Progress;
import dev.slipway.signature.Ed25519Keys;
import dev.slipway.signature.Ed25519PublicKey;
import dev.slipway.signature.Ed25519SecretKey;
import dev.slipway.signature.Keyring;
import dev.slipway.signature.UntrustedException;
import dev.slipway.testing.TestServer;
import dev.slipway.testing.TestSigner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulling from a server that serves files, well or badly. */
class PullTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000L);

  /** RFC 8032, 7.1, test 1: the seed and its public key. */
  private static final String SECRET =
      base64(
          "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
              + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");

  /** RFC 8032, 7.1, test 2. */
  private static final String OTHER_PUBLIC =
      base64("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");

  @TempDir Path work;

  private OstreeRepository origin;
  private OstreeRepository client;
  private TestServer server;
  private Digest first;

  private static String base64(String hex) {
    return Base64.getEncoder().encodeToString(java.util.HexFormat.of().parseHex(hex));
  }

  @BeforeEach
  void serve() throws Exception {
    origin = Repositories.init(work.resolve("origin"), RepositoryMode.ARCHIVE);
    first = Repositories.commit(origin, "os/amd64", "one");
    origin.writeSummary(NOW);
    client = Repositories.init(work.resolve("client"), RepositoryMode.BARE_USER);
    server = TestServer.start();
    publish();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void publish() throws IOException {
    try (Stream<Path> files = Files.walk(origin.directory())) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        String path = "/repo/" + origin.directory().relativize(file);
        server.put(path, Files.readAllBytes(file));
      }
    }
  }

  private String path(ObjectName name) {
    return "/repo/objects/" + name.path(true);
  }

  /** The path of the object of a file with so many bytes. */
  private String fileOfSize(long size) throws IOException {
    String[] found = new String[1];
    origin
        .objects()
        .forEach(
            (name, file) -> {
              if (name.type() == dev.slipway.ostree.object.ObjectType.FILE
                  && origin.storedFile(name.checksum()).sizeBytes() == size) {
                found[0] = path(name);
              }
            });
    return found[0];
  }

  private PullReport pull(PullOptions options) throws IOException {
    FetchOptions quick =
        FetchOptions.defaults()
            .patience(Duration.ofSeconds(5), Duration.ofSeconds(5), 2, Duration.ofMillis(10));
    return client.pull(
        "origin", Fetcher.with(quick), List.of(server.uri("/repo")), options, Progress.none());
  }

  private static PullOptions ref() {
    return PullOptions.of(List.of("os/amd64"));
  }

  private void assertUnharmed() throws IOException {
    assertThat(client.fsck(2, Progress.none()).problems()).isEmpty();
    assertThat(client.refs().remotes()).isEmpty();
    try (Stream<Path> left = Files.list(client.temporary())) {
      assertThat(left.filter(path -> !path.endsWith("cache"))).isEmpty();
    }
  }

  @Test
  void bringsACommitAndItsRef() throws Exception {
    PullReport report = pull(ref());
    assertThat(report.contentsFetched()).isEqualTo(4);
    assertThat(client.refs().remote("origin", "os/amd64")).contains(first);
    assertThat(client.read(first).read("/etc/greeting")).asString().isEqualTo("one");
    assertThat(client.fsck(2, Progress.none()).problems()).isEmpty();
    assertThat(client.partialMark(first)).doesNotExist();
  }

  @Test
  void fetchesOnlyWhatIsNew() throws Exception {
    pull(ref());
    Repositories.commit(origin, "os/amd64", "two");
    origin.writeSummary(NOW);
    publish();
    server.forgetAsked();
    assertThat(pull(ref()).contentsFetched()).isEqualTo(1);
    long files = server.asked().stream().filter(a -> a.path().endsWith(".filez")).count();
    assertThat(files).isEqualTo(1);
  }

  @Test
  void mirrorsAllRefsAndTheSummary() throws Exception {
    OstreeRepository mirror = Repositories.init(work.resolve("mirror"), RepositoryMode.ARCHIVE);
    Repositories.commit(origin, "other", "x");
    origin.writeSummary(NOW);
    publish();
    mirror.pull(
        "origin",
        Fetcher.with(FetchOptions.defaults()),
        List.of(server.uri("/repo")),
        PullOptions.of(List.of()).asMirror(),
        Progress.none());
    assertThat(mirror.refs().heads()).isEqualTo(origin.refs().heads());
    assertThat(mirror.summary()).isEqualTo(origin.summary());
  }

  @Test
  void bringsAsMuchHistoryAsAskedAndThereIs() throws Exception {
    Digest second = Repositories.commit(origin, "os/amd64", "two");
    Digest third = Repositories.commit(origin, "os/amd64", "three");
    publish();
    pull(ref().withDepth(1));
    assertThat(client.has(ObjectName.commit(third))).isTrue();
    assertThat(client.has(ObjectName.commit(second))).isTrue();
    assertThat(client.has(ObjectName.commit(first))).isFalse();
    server.remove(path(ObjectName.commit(first)));
    pull(ref().withDepth(-1));
    assertThat(client.has(ObjectName.commit(first))).isFalse();
  }

  @Test
  void goesOnWhereABrokenPullStopped() throws Exception {
    String missing = fileOfSize(3);
    byte[] object = server.get(missing);
    server.remove(missing);
    assertThatThrownBy(() -> pull(ref())).hasMessageContaining("/repo/objects/");
    assertThat(client.partialMark(first)).exists();
    assertUnharmed();
    server.put(missing, object);
    assertThat(pull(ref()).contentsFetched()).isPositive();
    assertThat(client.partialMark(first)).doesNotExist();
    assertThat(client.fsck(2, Progress.none()).problems()).isEmpty();
  }

  @Test
  void refusesObjectsThatAreOthers() throws Exception {
    String large = fileOfSize((1 << 20) + 77);
    server.put(large, server.get(fileOfSize(3)));
    assertThatThrownBy(() -> pull(ref())).hasMessageContaining("not this object");
    assertUnharmed();
  }

  @Test
  void refusesObjectsThatAreDamagedCutOrNoObjectsAtAll() throws Exception {
    String path = fileOfSize((1 << 20) + 77);
    byte[] good = server.get(path);
    byte[] flipped = good.clone();
    flipped[good.length / 2] ^= 4;
    for (byte[] bad :
        List.of(
            flipped,
            java.util.Arrays.copyOf(good, good.length - 3),
            "<html>not here</html>".getBytes(StandardCharsets.US_ASCII),
            new byte[0])) {
      server.put(path, bad);
      assertThatThrownBy(() -> pull(ref())).isInstanceOf(IOException.class);
      assertUnharmed();
    }
    server.put(path, good);
    server.put(path(ObjectName.commit(first)), flipped);
    OstreeRepository other = Repositories.init(work.resolve("c2"), RepositoryMode.BARE_USER);
    client = other;
    assertThatThrownBy(() -> pull(ref())).hasMessageContaining(first.hex() + ".commit");
    assertUnharmed();
  }

  @Test
  void saysInOneLineWhatServesSomethingElse() throws Exception {
    byte[] html = "<html><body>please log in</body></html>".getBytes(StandardCharsets.US_ASCII);
    var commit = origin.commit(first);
    for (String path :
        List.of(
            "/repo/refs/heads/os/amd64",
            "/repo/summary",
            path(ObjectName.commit(first)),
            path(ObjectName.commitMeta(first)),
            path(ObjectName.dirTree(commit.tree())),
            path(ObjectName.dirMeta(commit.meta())))) {
      client = Repositories.init(work.resolve("c" + path.hashCode()), RepositoryMode.BARE_USER);
      byte[] before = path.endsWith("commitmeta") ? null : server.get(path);
      server.put(path, html);
      assertThatThrownBy(() -> pull(ref()))
          .as(path)
          .isInstanceOf(IOException.class)
          .satisfies(refused -> assertThat(refused.getMessage().lines()).hasSize(1))
          .message()
          .containsAnyOf("ref os/amd64", "summary", first.hex(), "objects/", ".dir");
      assertUnharmed();
      if (before == null) {
        server.remove(path);
      } else {
        server.put(path, before);
      }
    }
    server.put("/repo/refs/heads/os/amd64", new byte[5000]);
    assertThatThrownBy(() -> pull(ref())).isInstanceOf(IOException.class);
    assertUnharmed();
  }

  @Test
  void survivesServersThatStopOrLieAboutLengths() throws Exception {
    String path = fileOfSize((1 << 20) + 77);
    server.once(path, TestServer.breakOffAfter(100));
    pull(ref());
    assertThat(client.fsck(2, Progress.none()).problems()).isEmpty();
    client = Repositories.init(work.resolve("c2"), RepositoryMode.BARE_USER);
    server.always(path, TestServer.breakOffAfter(100));
    assertThatThrownBy(() -> pull(ref())).isInstanceOf(IOException.class);
    assertUnharmed();
    client = Repositories.init(work.resolve("c3"), RepositoryMode.BARE_USER);
    server.always(path, TestServer.announce(Long.MAX_VALUE / 2));
    assertThatThrownBy(() -> pull(ref())).isInstanceOf(IOException.class);
    assertUnharmed();
  }

  @Test
  void aServerThatSendsWithoutEndDoesNotFillTheDisk() throws Exception {
    server.put(fileOfSize(3), new byte[5 << 20]);
    client = client.withConfig(client.config().with("core", "min-free-space-size", "999999TB"));
    assertThatThrownBy(() -> pull(ref())).hasMessageContaining("core.min-free-space-size keeps");
    assertUnharmed();
  }

  @Test
  void refusesACommitMadeForAnotherRef() throws Exception {
    server.put("/repo/refs/heads/evil", (first.hex() + "\n").getBytes());
    assertThatThrownBy(() -> pull(PullOptions.of(List.of("evil"))))
        .hasMessageContaining("is made for the refs [os/amd64] and was offered as evil");
    assertThatThrownBy(() -> pull(PullOptions.of(List.of("nobody"))))
        .hasMessage("no ref \"nobody\" on the remote");
    assertThatThrownBy(() -> pull(PullOptions.of(List.of("../../x"))))
        .hasMessageContaining("no name of a ref");
  }

  @Test
  void wantsTheOpenPgpSignaturesItIsToldToWant() throws Exception {
    TestSigner key = TestSigner.create("us", NOW.minusSeconds(1000));
    TestSigner stranger = TestSigner.create("stranger", NOW.minusSeconds(1000));
    Verification ours = Verification.openPgp(Keyring.parse(key.publicKey(), "keys"), NOW);
    assertThatThrownBy(() -> pull(ref().verifying(ours, Verification.none())))
        .isInstanceOf(UntrustedException.class)
        .hasMessageContaining("holds no OpenPGP signature");
    origin.signCommit(first, signing(stranger));
    publish();
    assertThatThrownBy(() -> pull(ref().verifying(ours, Verification.none())))
        .isInstanceOf(UntrustedException.class);
    origin.signCommit(first, signing(key));
    publish();
    assertThatThrownBy(() -> pull(ref().verifying(ours, ours)))
        .isInstanceOf(UntrustedException.class)
        .hasMessageContaining("summary");
    assertUnharmed();
    origin.signSummary(signing(key));
    publish();
    pull(ref().verifying(ours, ours));
    assertThat(client.verifyCommit(first, ours)).hasSize(1);
    assertThatThrownBy(() -> client.verifyCommit(first, Verification.openPgp(Keyring.empty(), NOW)))
        .isInstanceOf(UntrustedException.class);
  }

  private static Signing signing(TestSigner key) {
    return new Signing(
        SignatureKind.OPENPGP,
        data ->
            java.util.HexFormat.of()
                .parseHex(java.util.HexFormat.of().formatHex(binary(key.detached(data, NOW)))));
  }

  private static byte[] binary(byte[] armoured) throws IOException {
    try (var in =
        new org.bouncycastle.bcpg.ArmoredInputStream(new java.io.ByteArrayInputStream(armoured))) {
      return in.readAllBytes();
    }
  }

  @Test
  void refusesKeysThatExpired() throws Exception {
    TestSigner key =
        TestSigner.create("us", NOW.minusSeconds(1000), Optional.of(Duration.ofSeconds(2000)));
    origin.signCommit(first, signing(key));
    Keyring keyring = Keyring.parse(key.publicKey(), "keys");
    assertThat(origin.verifyCommit(first, Verification.openPgp(keyring, NOW))).hasSize(1);
    assertThatThrownBy(
            () -> origin.verifyCommit(first, Verification.openPgp(keyring, NOW.plusSeconds(5000))))
        .isInstanceOf(UntrustedException.class);
  }

  @Test
  void wantsEd25519SignaturesByKeysThatAreTrustedAndNotRevoked() throws Exception {
    Ed25519SecretKey key = Ed25519SecretKey.parse(SECRET, "key");
    Ed25519Keys trusted = Ed25519Keys.none().trusting(List.of(key.publicKey()));
    Verification wanted = Verification.ed25519(trusted);
    assertThatThrownBy(() -> pull(ref().verifying(wanted, Verification.none())))
        .hasMessageContaining("holds no Ed25519 signature");
    origin.signCommit(first, Signing.with(key));
    origin.signSummary(Signing.with(key));
    publish();
    Ed25519PublicKey other = Ed25519PublicKey.parse(OTHER_PUBLIC, "other");
    Verification strangers = Verification.ed25519(Ed25519Keys.none().trusting(List.of(other)));
    assertThatThrownBy(() -> pull(ref().verifying(strangers, Verification.none())))
        .isInstanceOf(UntrustedException.class);
    Verification revoked = Verification.ed25519(trusted.revoking(List.of(key.publicKey())));
    assertThatThrownBy(() -> pull(ref().verifying(revoked, Verification.none())))
        .hasMessageContaining("which is revoked");
    assertUnharmed();
    pull(ref().verifying(wanted, wanted));
    assertThat(client.verifyCommit(first, wanted)).hasSize(1);
  }

  @Test
  void aMirrorThatFailsIsPassedOver() throws Exception {
    client.pull(
        "origin",
        Fetcher.with(FetchOptions.defaults()),
        List.of(server.uri("/gone"), server.uri("/repo")),
        ref(),
        Progress.none());
    assertThat(client.refs().remote("origin", "os/amd64")).contains(first);
  }
}
