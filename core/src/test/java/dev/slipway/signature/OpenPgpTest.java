// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.ByteSource;
import dev.slipway.io.FormatException;
import dev.slipway.testing.Gpg;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GnuPG makes keys and signatures; gpgv and we judge them, and must agree. */
@RequiresTool(value = "gpg", in = "gpg")
@RequiresTool(value = "gpgv", in = "gpgv")
class OpenPgpTest {
  private static final String TEXT =
      "Origin: Test\n- a dash\n-----BEGIN nothing\n\ntrailing blanks \t\nUmlaut: ä\nlast\n";
  private static final String SEEN = TEXT.replace("blanks \t\n", "blanks\n");

  private static Gpg gpg;
  private static Keyring both;
  private static String rsa;
  private static String edwards;
  private static Instant now;

  @TempDir Path directory;

  @BeforeAll
  static void makeKeys() throws Exception {
    gpg = new Gpg();
    rsa = gpg.makeKey("rsa@test", "rsa2048", "never");
    edwards = gpg.makeKey("edwards@test", "ed25519", "2y");
    both =
        Keyring.parse(gpg.export("rsa@test"), "rsa.gpg")
            .plus(Keyring.parse(gpg.exportArmored("edwards@test"), "edwards.asc"));
    now = Instant.now().plus(Duration.ofSeconds(5));
  }

  @AfterAll
  static void removeKeys() throws IOException {
    gpg.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa@test", "edwards@test"})
  void acceptsSignedTextAndGivesOnlyThat(String name) throws Exception {
    byte[] document = gpg.sign(TEXT.getBytes(UTF_8), "--clear-sign", "-u", name);
    SignedText text = OpenPgp.trusting(both, now).verifyInline(document, "InRelease");
    assertThat(new String(text.bytes(), UTF_8)).isEqualTo(SEEN);
    assertThat(text.signers()).extracting(Signer::userId).containsExactly(name);
    assertThat(text.signers())
        .extracting(Signer::fingerprint)
        .containsExactly(gpg.fingerprint(name));
    assertThat(gpgvAccepts(name, document)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "x\n", "\n", "\n\n", "a\r\nb\r\n", "- \n-\n--\n", "a\n\n\n"})
  void acceptsOddTexts(String text) throws Exception {
    byte[] document = gpg.sign(text.getBytes(UTF_8), "--clear-sign", "-u", "rsa@test");
    assertThat(gpgvAccepts("rsa@test", document)).isTrue();
    OpenPgp.trusting(both, now).verifyInline(document, "InRelease");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--detach-sign", "--armor --detach-sign", "--textmode --detach-sign"})
  void acceptsDetachedSignature(String how) throws Exception {
    byte[] data = TEXT.getBytes(UTF_8);
    String[] options = (how + " -u edwards@test").split(" ");
    byte[] signature = gpg.sign(data, options);
    List<Signer> signers =
        OpenPgp.trusting(both, now).verifyDetached(ByteSource.bytes(data), signature, "Release");
    assertThat(signers).extracting(Signer::primaryFingerprint).containsExactly(edwards);
  }

  /** Both threads check the same statements of the same key. */
  @Test
  void threadsShareAKeyring() throws Exception {
    byte[] document = gpg.sign(TEXT.getBytes(UTF_8), "--clear-sign", "-u", "rsa@test");
    OpenPgp trusting = OpenPgp.trusting(both, now);
    var start = new CyclicBarrier(2);
    Callable<Void> work =
        () -> {
          start.await();
          for (int i = 0; i < 300; i++) {
            trusting.verifyInline(document, "InRelease");
          }
          return null;
        };
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (Future<Void> result : threads.invokeAll(List.of(work, work))) {
        result.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void oneKnownSignerOfTwoIsEnough() throws Exception {
    byte[] document =
        gpg.sign(TEXT.getBytes(UTF_8), "--clear-sign", "-u", "rsa@test", "-u", "edwards@test");
    Keyring one = Keyring.parse(gpg.export("edwards@test"), "one.gpg");
    assertThat(OpenPgp.trusting(one, now).verifyInline(document, "InRelease").signers())
        .extracting(Signer::fingerprint)
        .containsExactly(edwards);
    assertThat(OpenPgp.trusting(both, now).verifyInline(document, "InRelease").signers())
        .hasSize(2);
  }

  @Test
  void pinningAdmitsOnlyThatKey() throws Exception {
    byte[] document = gpg.sign(TEXT.getBytes(UTF_8), "--clear-sign", "-u", "rsa@test");
    OpenPgp.trusting(both.only(List.of(rsa.toLowerCase(Locale.ROOT))), now)
        .verifyInline(document, "InRelease");
    assertThatThrownBy(
            () ->
                OpenPgp.trusting(both.only(List.of(edwards)), now)
                    .verifyInline(document, "InRelease"))
        .isInstanceOf(UntrustedException.class)
        .hasMessageContaining("none of the keys that are asked for");
  }

  @Test
  void refusesUnknownKeyAndNamesKeyring() throws Exception {
    byte[] document = gpg.sign(TEXT.getBytes(UTF_8), "--clear-sign", "-u", "rsa@test");
    Keyring other = Keyring.parse(gpg.export("edwards@test"), "other.gpg");
    assertThatThrownBy(() -> OpenPgp.trusting(other, now).verifyInline(document, "InRelease"))
        .isInstanceOf(UntrustedException.class)
        .hasMessage(
            "InRelease: its signature does not count: no key "
                + rsa.substring(24)
                + " in other.gpg");
  }

  @Test
  void refusesAlteredText() throws Exception {
    byte[] document = gpg.sign(TEXT.getBytes(UTF_8), "--clear-sign", "-u", "rsa@test");
    byte[] altered = new String(document, UTF_8).replace("Origin", "Orgiin").getBytes(UTF_8);
    assertThatThrownBy(() -> OpenPgp.trusting(both, now).verifyInline(altered, "InRelease"))
        .isInstanceOf(UntrustedException.class)
        .hasMessageContaining("the data was altered");
    assertThat(gpgvAccepts("rsa@test", altered)).isFalse();
  }

  @Test
  void refusesWeakHashOfAnOtherwiseGoodSignature() throws Exception {
    byte[] document =
        gpg.sign(TEXT.getBytes(UTF_8), "--clear-sign", "--digest-algo", "SHA1", "-u", "rsa@test");
    assertThatThrownBy(() -> OpenPgp.trusting(both, now).verifyInline(document, "InRelease"))
        .isInstanceOf(UntrustedException.class)
        .hasMessageContaining("SHA-1, is too weak");
  }

  @Test
  void refusesWeakKeys() throws Exception {
    for (String kind : List.of("rsa1024", "dsa2048")) {
      gpg.makeKey(kind + "@test", kind, "never");
      byte[] document = gpg.sign(TEXT.getBytes(UTF_8), "--clear-sign", "-u", kind + "@test");
      Keyring weak = Keyring.parse(gpg.export(kind + "@test"), "weak.gpg");
      assertThatThrownBy(() -> OpenPgp.trusting(weak, now).verifyInline(document, "InRelease"))
          .isInstanceOf(UntrustedException.class)
          .hasMessageMatching("(?s).*(RSA needs at least 2048|DSA key).*");
    }
  }

  @Test
  void judgesExpiryAtTheGivenInstant() throws Exception {
    gpg.makeKey("short@test", "ed25519", "10d", "--faked-system-time", "20250101T000000");
    Keyring keyring = Keyring.parse(gpg.export("short@test"), "short.gpg");
    byte[] document =
        gpg.sign(
            TEXT.getBytes(UTF_8),
            "--clear-sign",
            "--faked-system-time",
            "20250105T000000",
            "-u",
            "short@test");
    OpenPgp.trusting(keyring, Instant.parse("2025-01-10T00:00:00Z"))
        .verifyInline(document, "InRelease");
    assertThatThrownBy(
            () ->
                OpenPgp.trusting(keyring, Instant.parse("2025-01-11T00:00:00Z"))
                    .verifyInline(document, "InRelease"))
        .isInstanceOf(UntrustedException.class)
        .hasMessageContaining("its key expired on 2025-01-11");
    assertThatThrownBy(
            () ->
                OpenPgp.trusting(keyring, Instant.parse("2024-12-31T00:00:00Z"))
                    .verifyInline(document, "InRelease"))
        .isInstanceOf(UntrustedException.class)
        .hasMessageContaining("made only on 2025-01-01");
    gpg.run(
        "--faked-system-time",
        "20250106T000000",
        "--quick-set-expire",
        gpg.fingerprint("short@test"),
        "30d");
    Keyring extended = Keyring.parse(gpg.export("short@test"), "short.gpg");
    OpenPgp.trusting(extended, Instant.parse("2025-01-20T00:00:00Z"))
        .verifyInline(document, "InRelease");
  }

  @Test
  void refusesExpiredSignature() throws Exception {
    byte[] document =
        gpg.sign(
            TEXT.getBytes(UTF_8), "--clear-sign", "--default-sig-expire", "1d", "-u", "rsa@test");
    OpenPgp.trusting(both, now).verifyInline(document, "InRelease");
    assertThatThrownBy(
            () ->
                OpenPgp.trusting(both, now.plus(Duration.ofDays(2)))
                    .verifyInline(document, "InRelease"))
        .isInstanceOf(UntrustedException.class)
        .hasMessageContaining("it expired on");
  }

  @Test
  void signingSubkeyCountsUntilItIsRevoked() throws Exception {
    String primary = gpg.makeKey("sub@test", "rsa2048", "never");
    gpg.run("--quick-add-key", primary, "rsa2048", "sign", "never");
    byte[] document = gpg.sign(TEXT.getBytes(UTF_8), "--clear-sign", "-u", "sub@test");
    Keyring keyring = Keyring.parse(gpg.export("sub@test"), "sub.gpg");
    Signer signer =
        OpenPgp.trusting(keyring, now.plusSeconds(60))
            .verifyInline(document, "InRelease")
            .signers()
            .get(0);
    assertThat(signer.primaryFingerprint()).isEqualTo(primary);
    assertThat(signer.fingerprint()).isNotEqualTo(primary);
    revoke("revkey", "sub@test", "key 1");
    Keyring revoked = Keyring.parse(gpg.export("sub@test"), "sub.gpg");
    assertThatThrownBy(
            () ->
                OpenPgp.trusting(revoked, now.plusSeconds(60)).verifyInline(document, "InRelease"))
        .isInstanceOf(UntrustedException.class)
        .hasMessageContaining("its subkey was revoked");
  }

  /** gpg asks back when it revokes; the answers come from a file of commands. */
  private void revoke(String command, String name, String selection) throws Exception {
    Path answers = directory.resolve("answers");
    Files.writeString(answers, selection + "\n" + command + "\ny\n0\n\ny\nsave\n");
    Tool.Result result =
        gpg.tryRun("--command-file", answers.toString(), "--no-batch", "--edit-key", name);
    assertThat(result.status()).as(result.output()).isZero();
  }

  @Test
  void refusesRevokedKey() throws Exception {
    String fingerprint = gpg.makeKey("gone@test", "ed25519", "never");
    byte[] document = gpg.sign(TEXT.getBytes(UTF_8), "--clear-sign", "-u", "gone@test");
    Keyring before = Keyring.parse(gpg.export("gone@test"), "gone.gpg");
    OpenPgp.trusting(before, now.plusSeconds(60)).verifyInline(document, "InRelease");
    revoke("revkey", "gone@test", "");
    Keyring after = Keyring.parse(gpg.export("gone@test"), "gone.gpg");
    assertThat(after.fingerprints()).containsExactly(fingerprint);
    assertThatThrownBy(
            () -> OpenPgp.trusting(after, now.plusSeconds(60)).verifyInline(document, "InRelease"))
        .isInstanceOf(UntrustedException.class)
        .hasMessageContaining("its key was revoked");
  }

  @Test
  void takesNothingButTheSignedText() throws Exception {
    String document =
        new String(gpg.sign(TEXT.getBytes(UTF_8), "--clear-sign", "-u", "rsa@test"), UTF_8);
    for (String hostile :
        List.of(
            "Origin: Other\n" + document,
            "\n" + document,
            document + "Origin: Other\n",
            document.replace("SHA512\n", "SHA512\nOrigin: Other\n"),
            document.replace("Hash: ", "Hash:"),
            document.replace("- -----BEGIN nothing", "-----BEGIN nothing"),
            document.replace("SIGNATURE-----\n\n", "SIGNATURE-----\nOrigin: Other\n\n"),
            document.replace("-----BEGIN PGP SIGNATURE-----", "-----BEGIN PGP MESSAGE-----"),
            document + document)) {
      assertThatThrownBy(
              () -> OpenPgp.trusting(both, now).verifyInline(hostile.getBytes(UTF_8), "InRelease"))
          .as(hostile)
          .isInstanceOf(FormatException.class);
    }
  }

  @Test
  void everyCutAndEveryFlippedBitEndsInOneError() throws Exception {
    byte[] document = gpg.sign("x\n".getBytes(UTF_8), "--clear-sign", "-u", "edwards@test");
    OpenPgp pgp = OpenPgp.trusting(both, now);
    int end = new String(document, UTF_8).stripTrailing().length();
    for (int cut = 0; cut < end; cut++) {
      byte[] broken = java.util.Arrays.copyOf(document, cut);
      assertThatThrownBy(() -> pgp.verifyInline(broken, "InRelease"))
          .isInstanceOfAny(FormatException.class, UntrustedException.class);
    }
    for (int at = 0; at < end; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] broken = document.clone();
        broken[at] ^= (byte) (1 << bit);
        try {
          SignedText text = pgp.verifyInline(broken, "InRelease");
          assertThat(text.bytes()).asString().isEqualTo("x\n");
        } catch (FormatException | UntrustedException e) {
          assertThat(e).hasMessageStartingWith("InRelease");
        }
      }
    }
  }

  @Test
  void brokenKeyringsEndInOneError() throws Exception {
    byte[] key = gpg.export("edwards@test");
    byte[] document = gpg.sign("x\n".getBytes(UTF_8), "--clear-sign", "-u", "edwards@test");
    for (int at = 0; at < key.length; at++) {
      byte[] broken = key.clone();
      broken[at] ^= 0x41;
      try {
        OpenPgp.trusting(Keyring.parse(broken, "broken.gpg"), now)
            .verifyInline(document, "InRelease");
      } catch (FormatException | UntrustedException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
      byte[] cut = java.util.Arrays.copyOf(key, at);
      try {
        OpenPgp.trusting(Keyring.parse(cut, "broken.gpg"), now).verifyInline(document, "InRelease");
      } catch (FormatException | UntrustedException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
  }

  @Test
  void saysWhatToDoWithAKeybox() {
    Path keybox = gpg.home().resolve("pubring.kbx");
    assertThatThrownBy(() -> Keyring.read(keybox))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("--export > keys.gpg");
  }

  private boolean gpgvAccepts(String name, byte[] document) throws Exception {
    Path keyring = Files.write(directory.resolve("keys.gpg"), gpg.export(name));
    Path file = Files.write(directory.resolve("document"), document);
    return Gpg.gpgv(keyring, file).status() == 0;
  }

  @Test
  void agreesWithGpgvOnWhatThisMachineHolds() throws Exception {
    List<Path> documents = files(Path.of("/var/lib/apt/lists"), ".*_InRelease");
    List<Path> keyrings = files(Path.of("/usr/share/keyrings"), ".*\\.gpg");
    Instant today = Instant.now();
    for (Path document : documents) {
      for (Path file : keyrings) {
        String said =
            Gpg.gpgv(file, document).output(); // its status counts unknown keys as failures
        boolean expected = said.contains("] GOODSIG ") && !said.contains("] BADSIG ");
        boolean found;
        try {
          OpenPgp.trusting(Keyring.read(file), today)
              .verifyInline(Files.readAllBytes(document), document.toString());
          found = true;
        } catch (UntrustedException e) {
          found = false;
        }
        assertThat(found).as(document + " by " + file).isEqualTo(expected);
      }
    }
  }

  private static List<Path> files(Path directory, String pattern) throws IOException {
    if (!Files.isReadable(directory)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(path -> path.toString().matches(pattern)).sorted().toList();
    }
  }
}
