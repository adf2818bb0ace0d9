// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.gvariant.Variant;
import dev.slipway.ostree.gvariant.VariantDict;
import dev.slipway.progress.Progress;
import dev.slipway.signature.Ed25519Keys;
import dev.slipway.signature.Ed25519PublicKey;
import dev.slipway.signature.Ed25519SecretKey;
import dev.slipway.signature.Keyring;
import dev.slipway.signature.UntrustedException;
import dev.slipway.testing.Gpg;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.TestSigner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signatures that do not count: one sentence, on reading as on pulling, and nothing arrives. */
class SignatureRefusalTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000L);

  /** RFC 8032, 7.1, test 1: seed and public key. */
  private static final Ed25519SecretKey SECRET =
      secret(
          "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
              + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");

  /** Of test 2. */
  private static final Ed25519SecretKey OTHER =
      secret(
          "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
              + "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");

  @TempDir Path work;

  private OstreeRepository origin;
  private OstreeRepository client;
  private Digest commit;

  private static Ed25519SecretKey secret(String hex) {
    try {
      return Ed25519SecretKey.parse(
          Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex)), "key");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void makeRepositories() throws Exception {
    origin = Repositories.init(work.resolve("origin"), RepositoryMode.ARCHIVE);
    commit = Repositories.commit(origin, "a", "one");
    origin.writeSummary(NOW);
    client = Repositories.init(work.resolve("client"), RepositoryMode.BARE_USER);
  }

  private void signBoth(Signing signing) throws IOException {
    origin.signCommit(commit, signing);
    origin.signSummary(signing);
  }

  private static Signing openPgp(TestSigner key, Instant at) {
    return new Signing(SignatureKind.OPENPGP, data -> key.detached(data, at));
  }

  private static Verification trusting(TestSigner key, Instant at) throws IOException {
    return Verification.openPgp(Keyring.parse(key.publicKey(), "keys"), at);
  }

  private void refuses(Verification wanted, String why) throws IOException {
    String ofCommit = "commit " + commit + ": " + why;
    requireSentence(catchThrowable(() -> origin.verifyCommit(commit, wanted)), ofCommit);
    requireSentence(catchThrowable(() -> origin.read(commit, wanted)), ofCommit);
    requireSentence(catchThrowable(() -> origin.verifySummary(wanted)), "summary: " + why);
    PullOptions ref = PullOptions.of(List.of("a"));
    requireSentence(
        catchThrowable(() -> pull(ref.verifying(wanted, Verification.none()))), ofCommit);
    requireSentence(
        catchThrowable(() -> pull(ref.verifying(Verification.none(), wanted))), "summary: " + why);
    FsckReport found = client.fsck(1, Progress.none());
    assertThat(found.isClean()).isTrue();
    assertThat(found.objects()).isZero();
    assertThat(client.refs().remotes()).isEmpty();
    for (String place : List.of("state", "tmp")) {
      try (Stream<Path> left = Files.list(client.directory().resolve(place))) {
        assertThat(left.filter(path -> !path.endsWith("cache"))).isEmpty();
      }
    }
  }

  private void pull(PullOptions options) throws IOException {
    client.pullLocal("o", origin, options, 1, Progress.none());
  }

  private static void requireSentence(Throwable refused, String start) {
    assertThat(refused).isInstanceOf(UntrustedException.class).hasMessageStartingWith(start);
    assertThat(refused.getMessage().lines()).hasSize(1);
  }

  @Test
  void noSignatureAtAll() throws Exception {
    TestSigner key = TestSigner.create("us", NOW.minusSeconds(1000));
    refuses(trusting(key, NOW), "holds no OpenPGP signature");
    refuses(
        Verification.ed25519(Ed25519Keys.none().trusting(List.of(SECRET.publicKey()))),
        "holds no Ed25519 signature");
  }

  @Test
  void anUnknownOpenPgpKey() throws Exception {
    TestSigner key = TestSigner.create("us", NOW.minusSeconds(1000));
    signBoth(openPgp(TestSigner.create("stranger", NOW.minusSeconds(1000)), NOW));
    refuses(trusting(key, NOW), "its signature does not count: ");
  }

  @Test
  void anOpenPgpKeyThatExpired() throws Exception {
    Instant made = NOW.minusSeconds(1000);
    TestSigner key = TestSigner.create("us", made, Optional.of(Duration.ofDays(2)));
    signBoth(openPgp(key, NOW));
    assertThat(origin.verifyCommit(commit, trusting(key, NOW))).hasSize(1);
    refuses(
        trusting(key, NOW.plus(Duration.ofDays(3))),
        "its signature does not count: its key expired on 2027-01-17");
  }

  @Test
  @RequiresTool(value = "gpg", in = "gnupg")
  void anOpenPgpKeyThatWasRevoked() throws Exception {
    try (Gpg gpg = new Gpg()) {
      Instant now = Clock.systemUTC().instant().plusSeconds(60);
      String fingerprint = gpg.makeKey("gone@test", "ed25519", "never");
      signBoth(new Signing(SignatureKind.OPENPGP, data -> signature(gpg, data)));
      Verification before = Verification.openPgp(Keyring.parse(gpg.export("gone@test"), "k"), now);
      assertThat(origin.verifyCommit(commit, before)).hasSize(1);
      // gpg makes the certificate together with the key, and spoils it with a colon
      Path made = gpg.home().resolve("openpgp-revocs.d/" + fingerprint + ".rev");
      String certificate =
          Files.readAllLines(made).stream()
              .map(line -> line.replaceFirst("^:(?=-----)", ""))
              .collect(Collectors.joining("\n", "", "\n"));
      gpg.run("--import", Files.writeString(made, certificate).toString());
      Verification after = Verification.openPgp(Keyring.parse(gpg.export("gone@test"), "k"), now);
      refuses(after, "its signature does not count: its key was revoked on ");
    }
  }

  private static byte[] signature(Gpg gpg, byte[] data) throws IOException {
    try {
      return gpg.sign(data, "--detach-sign", "-u", "gone@test");
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void anUnknownEd25519Key() throws Exception {
    signBoth(Signing.with(OTHER));
    refuses(
        Verification.ed25519(Ed25519Keys.none().trusting(List.of(SECRET.publicKey()))),
        "none of its 1 Ed25519 signatures is by one of the 1 trusted keys");
  }

  @Test
  void anEd25519KeyThatWasRevoked() throws Exception {
    signBoth(Signing.with(SECRET));
    List<Ed25519PublicKey> key = List.of(SECRET.publicKey());
    refuses(
        Verification.ed25519(Ed25519Keys.none().trusting(key).revoking(key)),
        "its Ed25519 signature is by " + SECRET.publicKey() + ", which is revoked");
  }

  @Test
  void aSignatureOfSomethingElse() throws Exception {
    signBoth(new Signing(SignatureKind.ED25519, data -> SECRET.sign(new byte[] {1})));
    refuses(
        Verification.ed25519(Ed25519Keys.none().trusting(List.of(SECRET.publicKey()))),
        "none of its 1 Ed25519 signatures is by one of the 1 trusted keys");
  }

  @Test
  void moreSignaturesThanAnybodyMakes() throws Exception {
    Variant many =
        Variant.array(
            "ay", IntStream.range(0, 100).mapToObj(i -> Variant.bytes(new byte[64])).toList());
    VariantDict hostile = VariantDict.empty().with("ostree.sign.ed25519", many);
    try (Transaction transaction = origin.begin()) {
      transaction.writeDetached(commit, hostile.toBytes());
      transaction.commit();
    }
    Files.write(origin.directory().resolve(Summary.SIGNATURE_FILE), hostile.toBytes());
    refuses(
        Verification.ed25519(Ed25519Keys.none().trusting(List.of(SECRET.publicKey()))),
        "100 signatures are too many");
  }
}
