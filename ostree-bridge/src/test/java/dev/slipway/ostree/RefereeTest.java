// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import static dev.slipway.ostree.Repositories.ostree;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.digest.Digest;
import dev.slipway.fetch.FetchOptions;
import dev.slipway.fetch.Fetcher;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.progress.Progress;
import dev.slipway.signature.Keyring;
import dev.slipway.signature.OpenPgpSigner;
import dev.slipway.testing.Gpg;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real ostree judges our repositories, and we read its. */
@RequiresTool(value = "ostree", in = "ostree")
@RequiresTool(value = "gpg", in = "gnupg")
@Tag("slow")
class RefereeTest {
  @TempDir Path work;

  private OstreeRepository ours;
  private RepositoryServer server;
  private ExecutorService workers;

  @BeforeEach
  void serve() throws Exception {
    ours = Repositories.init(work.resolve("ours"), RepositoryMode.ARCHIVE);
    Repositories.commit(ours, "os/amd64", "one");
    workers = Executors.newFixedThreadPool(8);
    server =
        RepositoryServer.start(
            ours, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), workers);
  }

  @AfterEach
  void stop() {
    server.close();
    workers.shutdownNow();
  }

  private String url() {
    return "http://127.0.0.1:" + server.address().getPort() + "/";
  }

  @Test
  void ostreeShowsChecksAndLaysDownOurCommits() throws Exception {
    Digest second = Repositories.commit(ours, "os/amd64", "two");
    assertThat(ostree(ours, "fsck")).contains("no errors found");
    assertThat(ostree(ours, "log", "os/amd64")).contains(second.hex()).contains("two");
    assertThat(ostree(ours, "show", "os/amd64")).contains("two");
    assertThat(ostree(ours, "ls", "-R", "os/amd64"))
        .contains("-04755 0 0     10 /usr/bin/tool")
        .contains("l00777 0 0      0 /usr/lib/link -> large");
    ostree(ours, "checkout", "-U", "os/amd64", work.resolve("out").toString());
    assertThat(work.resolve("out/etc/greeting")).hasContent("two");
  }

  @Test
  void ostreePullsFromOurServerWithAllSignaturesNeeded() throws Exception {
    try (Gpg gpg = new Gpg()) {
      gpg.makeKey("builder@example.org", "ed25519", "never");
      Path secret = work.resolve("secret.gpg");
      Files.write(secret, secretKey(gpg));
      OpenPgpSigner signer =
          OpenPgpSigner.read(Files.readAllBytes(secret), new char[0], "secret.gpg");
      Instant now = Clock.systemUTC().instant();
      Digest commit = ours.resolve("os/amd64");
      ours.signCommit(commit, Signing.with(signer, now));
      ours.writeSummary(now);
      ours.signSummary(Signing.with(signer, now));
      Path keys = work.resolve("keys.gpg");
      Files.write(keys, gpg.export("builder@example.org"));

      OstreeRepository theirs = Repositories.init(work.resolve("theirs"), RepositoryMode.BARE_USER);
      ostree(
          theirs,
          "remote",
          "add",
          "--gpg-import=" + keys,
          "--set=gpg-verify-summary=true",
          "origin",
          url());
      ostree(theirs, "pull", "origin", "os/amd64");
      assertThat(ostree(theirs, "rev-parse", "origin:os/amd64")).isEqualTo(commit.hex());
      assertThat(ostree(theirs, "fsck")).contains("no errors found");
      assertThat(ostree(theirs, "show", "origin:os/amd64")).contains("Good signature");

      // and we judge by the same configuration and keys
      OstreeRepository again = OstreeRepository.open(theirs.directory());
      Remote remote = again.remote("origin", now);
      assertThat(again.verifyCommit(commit, remote.commits())).hasSize(1);
      assertThat(ours.verifySummary(remote.summary())).hasSize(1);
    }
  }

  @Test
  void ostreeFindsSignaturesInOurDeltas() throws Exception {
    try (Gpg gpg = new Gpg()) {
      gpg.makeKey("builder@example.org", "ed25519", "never");
      OpenPgpSigner signer = OpenPgpSigner.read(secretKey(gpg), new char[0], "secret.gpg");
      Instant now = Clock.systemUTC().instant();
      Digest first = ours.resolve("os/amd64");
      ours.signCommit(first, Signing.with(signer, now));
      Path keys = work.resolve("keys.gpg");
      Files.write(keys, gpg.export("builder@example.org"));
      OstreeRepository theirs = Repositories.init(work.resolve("theirs"), RepositoryMode.BARE_USER);
      ostree(theirs, "remote", "add", "--gpg-import=" + keys, "origin", url());
      ostree(theirs, "pull", "origin", "os/amd64");

      Digest second = Repositories.commit(ours, "os/amd64", "two");
      var name = new DeltaName(Optional.of(first), second);
      StaticDelta.make(ours, name, DeltaOptions.threads(1), Progress.none());
      ours.writeSummary(now);
      ours.signCommit(second, Signing.with(signer, now));
      ours.writeSummary(now);
      // were it asked for, ostree would have nothing to verify
      Files.move(ours.file(ObjectName.commitMeta(second)), work.resolve("away"));
      ostree(theirs, "pull", "--require-static-deltas", "origin", "os/amd64");
      assertThat(ostree(theirs, "show", "origin:os/amd64"))
          .contains("two")
          .contains("Good signature");
      assertThat(ostree(theirs, "fsck")).contains("no errors found");
    }
  }

  private byte[] secretKey(Gpg gpg) throws Exception {
    Path file = gpg.home().resolve("secret");
    gpg.run("--output", file.toString(), "--export-secret-keys", "builder@example.org");
    return Files.readAllBytes(file);
  }

  @Test
  void weReadAndVerifyWhatOstreeCommittedAndSigned() throws Exception {
    try (Gpg gpg = new Gpg()) {
      String key = gpg.makeKey("builder@example.org", "rsa3072", "never");
      OstreeRepository theirs = Repositories.init(work.resolve("theirs"), RepositoryMode.ARCHIVE);
      Path tree = Files.createDirectories(work.resolve("tree/etc"));
      Files.writeString(tree.resolve("greeting"), "theirs");
      ostree(
          theirs,
          "commit",
          "--branch=x",
          "--subject=s",
          "--add-metadata=n=uint64 7",
          "--gpg-sign=" + key,
          "--gpg-homedir=" + gpg.home(),
          "--tree=dir=" + tree.getParent());
      ostree(theirs, "summary", "-u", "--gpg-sign=" + key, "--gpg-homedir=" + gpg.home());
      Keyring keyring = Keyring.parse(gpg.export("builder@example.org"), "keys");
      Verification wanted = Verification.openPgp(keyring, Clock.systemUTC().instant());
      Digest commit = theirs.resolve("x");
      assertThat(theirs.verifyCommit(commit, wanted)).hasSize(1);
      assertThat(theirs.verifySummary(wanted)).hasSize(1);
      assertThat(theirs.read(commit, wanted).read("/etc/greeting")).asString().isEqualTo("theirs");
      assertThat(theirs.commit(commit).metadata().find("n").orElseThrow().asLong()).isEqualTo(7);
      Summary summary = theirs.summary().orElseThrow();
      assertThat(summary.find("x").orElseThrow().commit()).isEqualTo(commit);
      assertThat(summary.toBytes())
          .isEqualTo(Files.readAllBytes(theirs.directory().resolve("summary")));
      assertThat(theirs.fsck(2, Progress.none()).problems()).isEmpty();
    }
  }

  @Test
  void wePullFromADirectoryAndAServerThatOstreeFilled() throws Exception {
    OstreeRepository client = Repositories.init(work.resolve("client"), RepositoryMode.BARE);
    client.pull(
        "o",
        Fetcher.with(FetchOptions.defaults()),
        List.of(URI.create(url())),
        PullOptions.of(List.of("os/amd64")),
        Progress.none());
    assertThat(ostree(client, "fsck")).contains("no errors found");
    OstreeRepository copy = Repositories.init(work.resolve("copy"), RepositoryMode.BARE_USER);
    ostree(client, "refs", "--create=os/amd64", "o:os/amd64");
    copy.pullLocal("o", client, PullOptions.of(List.of("os/amd64")), 2, Progress.none());
    assertThat(ostree(copy, "fsck")).contains("no errors found");
  }

  @Test
  void ostreesPruneLeavesWhatOursWouldLeave() throws Exception {
    for (String each : List.of("two", "three", "four")) {
      Repositories.commit(ours, "os/amd64", each);
    }
    Path theirs = work.resolve("theirs");
    Tool.output("cp", "-a", ours.directory().toString(), theirs.toString());
    Tool.output("ostree", "--repo=" + theirs, "prune", "--refs-only", "--depth=1");
    ours.prune(PruneOptions.keepingRefs().withDepth(1));
    assertThat(
            Tool.run(
                    java.util.Map.of(),
                    "diff",
                    "-rq",
                    ours.directory().resolve("objects").toString(),
                    theirs.resolve("objects").toString())
                .output())
        .isEmpty();
  }

  @Test
  void ostreeWaitsForOurTransaction() throws Exception {
    Digest commit = ours.resolve("os/amd64");
    ours.refs().deleteHead("os/amd64");
    try (Transaction open = ours.begin()) {
      Tool.Result refused =
          Tool.run(
              java.util.Map.of(),
              "timeout",
              "2",
              "ostree",
              "--repo=" + ours.directory(),
              "prune",
              "--refs-only");
      assertThat(refused.status()).isEqualTo(124);
      assertThat(ours.has(ObjectName.commit(commit))).isTrue();
    }
    ostree(ours, "prune", "--refs-only");
    assertThat(ours.has(ObjectName.commit(commit))).isFalse();
  }

  @Test
  void theServerGivesRangesAndNothingButTheRepository() throws Exception {
    Path object = ours.file(ObjectName.commit(ours.resolve("os/amd64")));
    String path = url() + ours.directory().relativize(object);
    assertThat(
            Tool.output("curl", "-s", "-r", "2-5", "-w", "%{http_code}", "-o", "/dev/null", path))
        .isEqualTo("206");
    assertThat(
            Tool.output(
                "curl", "-s", "-r", "999999-", "-w", "%{http_code}", "-o", "/dev/null", path))
        .isEqualTo("416");
    assertThat(Tool.output("curl", "-sI", path))
        .contains("200 OK")
        .containsIgnoringCase("content-length: " + Files.size(object));
    Files.writeString(work.resolve("secret"), "x");
    Files.writeString(ours.directory().resolve("origin.trustedkeys.gpg"), "x");
    for (String bad :
        List.of(
            "../secret",
            "objects/../../secret",
            "objects/%2e%2e/%2e%2e/secret",
            "objects/..%2f..%2fsecret",
            ".lock",
            "state/x",
            "tmp/x",
            "origin.trustedkeys.gpg",
            "objects",
            "")) {
      assertThat(
              Tool.output(
                  "curl",
                  "-s",
                  "--path-as-is",
                  "-w",
                  "%{http_code}",
                  "-o",
                  "/dev/null",
                  url() + bad))
          .as(bad)
          .isEqualTo("404");
    }
  }
}
