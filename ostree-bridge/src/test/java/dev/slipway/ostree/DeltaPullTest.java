// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.digest.Digest;
import dev.slipway.fetch.FetchOptions;
import dev.slipway.fetch.Fetcher;
import dev.slipway.ostree.DeltaSuperblock.Part;
import dev.slipway.progress.Progress;
import dev.slipway.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulling by static deltas, good ones and bad ones. Whatever they are, the commit arrives. */
class DeltaPullTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000L);

  @TempDir Path work;

  private OstreeRepository origin;
  private OstreeRepository client;
  private TestServer server;
  private Digest second;
  private DeltaName name;
  private Path delta;

  @BeforeEach
  void serve() throws Exception {
    origin = Repositories.init(work.resolve("origin"), RepositoryMode.ARCHIVE);
    Digest first = Repositories.commit(origin, "os/amd64", "one");
    client = Repositories.init(work.resolve("client"), RepositoryMode.BARE_USER);
    server = TestServer.start();
    publish();
    pull();
    second = Repositories.commit(origin, "os/amd64", "two");
    name = new DeltaName(Optional.of(first), second);
    delta = StaticDelta.make(origin, name, DeltaOptions.threads(1), Progress.none());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void publish() throws IOException {
    origin.writeSummary(NOW);
    publishFiles();
  }

  private void publishFiles() throws IOException {
    try (Stream<Path> files = Files.walk(origin.directory())) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        server.put("/repo/" + origin.directory().relativize(file), Files.readAllBytes(file));
      }
    }
  }

  private void pull() throws IOException {
    server.forgetAsked();
    client.pull(
        "origin",
        Fetcher.with(FetchOptions.defaults()),
        List.of(server.uri("/repo")),
        PullOptions.of(List.of("os/amd64")),
        Progress.none());
  }

  /** How many requests were for paths that contain a text. */
  private long asked(String text) {
    return server.asked().stream().filter(asked -> asked.path().contains(text)).count();
  }

  private void change(UnaryOperator<DeltaSuperblock> change) throws IOException {
    DeltaSuperblock now = StaticDelta.superblock(delta, DeltaLimits.DEFAULT);
    Files.write(delta.resolve(DeltaSuperblock.FILE), change.apply(now).toBytes());
  }

  private static DeltaSuperblock with(DeltaSuperblock superblock, List<Part> parts) {
    return new DeltaSuperblock(
        superblock.metadata(),
        superblock.timestampSeconds(),
        superblock.name(),
        superblock.commit(),
        parts,
        superblock.fallbacks());
  }

  private void assertArrived() throws IOException {
    assertThat(client.refs().remote("origin", "os/amd64")).contains(second);
    assertThat(client.fsck(1, Progress.none()).problems()).isEmpty();
  }

  @Test
  void aDeltaBringsAllObjects() throws Exception {
    publish();
    pull();
    assertThat(asked(".filez")).isZero();
    assertThat(asked(".dirtree")).isZero();
    assertArrived();
  }

  @Test
  void aDeltaThatTheSummaryDoesNotListIsNotAskedFor() throws Exception {
    Path aside = Files.move(delta, work.resolve("aside"));
    origin.writeSummary(NOW);
    Files.move(aside, delta);
    publishFiles();
    pull();
    assertThat(asked("/deltas/")).isZero();
    assertArrived();
  }

  @Test
  void aSuperblockThatIsNotTheOneOfTheSummaryIsNotUsed() throws Exception {
    origin.writeSummary(NOW);
    change(
        s -> new DeltaSuperblock(s.metadata(), 7, s.name(), s.commit(), s.parts(), s.fallbacks()));
    publishFiles();
    pull();
    assertThat(asked("/superblock")).isOne();
    assertThat(asked("/deltas/")).isOne();
    assertThat(asked(".filez")).isOne();
    assertArrived();
  }

  @Test
  void sizesThatNoSumHoldsCostTheDeltaAlone() throws Exception {
    change(
        s -> {
          Part part = s.parts().get(0);
          var huge = new Part(part.checksum(), Long.MAX_VALUE, Long.MAX_VALUE, part.objects());
          return with(s, List.of(huge, huge, huge));
        });
    publish();
    pull();
    assertArrived();
  }

  @Test
  void partsWhoseObjectsAreHereAreNotFetched() throws Exception {
    change(
        s -> {
          Part part = s.parts().get(0);
          return with(s, List.of(part, new Part(part.checksum(), 1, 1, part.objects())));
        });
    publish();
    pull();
    assertThat(asked("/deltas/")).isEqualTo(3);
    client.refs().deleteRemote("origin", "os/amd64");
    client.prune(PruneOptions.keepingRefs());
    pull();
    assertArrived();
  }

  @Test
  void whatADeltaLeavesToBeFetchedIsFetched() throws Exception {
    change(
        s -> {
          Part part = s.parts().get(0);
          var fallback = new DeltaSuperblock.Fallback(part.objects().get(0), 1, 1);
          return new DeltaSuperblock(
              s.metadata(), 0, s.name(), s.commit(), List.of(), List.of(fallback));
        });
    publish();
    pull();
    assertThat(asked(".filez")).isOne();
    assertArrived();
  }

  @Test
  void aBaseThatLostAFileCostsTheDeltaAlone() throws Exception {
    publish();
    for (Digest file : DeltaScope.of(client, name.from().orElseThrow()).files().values()) {
      Files.deleteIfExists(client.file(dev.slipway.ostree.object.ObjectName.file(file)));
    }
    pull();
    assertThat(client.read(second)).isEqualTo(origin.read(second));
  }
}
