// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.digest.Digest;
import dev.slipway.fetch.FetchOptions;
import dev.slipway.fetch.Fetcher;
import dev.slipway.progress.Progress;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.TestServer;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine that has most of a release downloads the rest in the cheaper way. */
class CheaperDeltaTest {
  private static final String REF = "os/amd64";
  private static final int LARGE = 100_000;
  private static final int SMALL = 100;
  private static final int SMALL_FILES = 300;

  @TempDir Path work;

  private OstreeRepository origin;
  private OstreeRepository client;
  private TestServer server;
  private Digest first;

  @BeforeEach
  void serve() throws Exception {
    origin = Repositories.init(work.resolve("origin"), RepositoryMode.ARCHIVE);
    first = commit(origin, REF, Tree.of(t -> t.file("/large", 0644, Content.bytes(noise(0)))));
    client = Repositories.init(work.resolve("client"), RepositoryMode.BARE_USER);
    server = TestServer.start();
    pull();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static byte[] noise(int seed) {
    byte[] bytes = new byte[seed == 0 ? LARGE : SMALL];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static Tree smallFiles() {
    return Tree.of(
        t -> {
          for (int i = 1; i <= SMALL_FILES; i++) {
            t.file("/small/" + i, 0644, Content.bytes(noise(i)));
          }
        });
  }

  private static Tree with(Tree tree, byte[] large) {
    return tree.overlaidWith(Tree.of(t -> t.file("/large", 0644, Content.bytes(large))));
  }

  private static byte[] editedLarge() {
    byte[] edited = noise(0);
    edited[LARGE / 2] ^= 1;
    return edited;
  }

  private static Digest commit(OstreeRepository repository, String branch, Tree tree)
      throws IOException {
    CommitInfo info = CommitInfo.of("release", Repositories.TIME).onBranch(branch);
    return repository.commit(tree, info, 2, Progress.none()).checksum();
  }

  private void makeDelta(Digest second) throws IOException {
    var name = new DeltaName(Optional.of(first), second);
    StaticDelta.make(origin, name, DeltaOptions.threads(2), Progress.none());
  }

  private void pull() throws IOException {
    origin.writeSummary(Instant.ofEpochSecond(1_800_000_000L));
    try (Stream<Path> files = Files.walk(origin.directory())) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        server.put("/repo/" + origin.directory().relativize(file), Files.readAllBytes(file));
      }
    }
    server.forgetAsked();
    client.pull(
        "origin",
        Fetcher.with(FetchOptions.defaults()),
        List.of(server.uri("/repo")),
        PullOptions.of(List.of(REF)),
        Progress.none());
    assertThat(client.read(origin.refs().head(REF).orElseThrow()))
        .isEqualTo(origin.read(origin.refs().head(REF).orElseThrow()));
  }

  private List<String> asked(String part) {
    return server.asked().stream().map(a -> a.path()).filter(p -> p.contains(part)).toList();
  }

  @Test
  void aDeltaIsTakenWhenItsObjectsAreMissing() throws Exception {
    makeDelta(commit(origin, REF, with(smallFiles(), editedLarge())));
    pull();
    assertThat(asked("/deltas/")).hasSize(2).last().asString().endsWith("/0");
    assertThat(asked("/objects/")).noneMatch(path -> !path.contains(".commit"));
  }

  @Test
  void aPartIsLeftWhenMostOfItIsHere() throws Exception {
    commit(client, "mine", smallFiles());
    Tree greeting = Tree.of(t -> t.file("/greeting", 0644, Content.utf8("good morning")));
    makeDelta(commit(origin, REF, with(smallFiles(), noise(0)).overlaidWith(greeting)));
    pull();
    assertThat(asked("/deltas/")).singleElement().asString().endsWith("/superblock");
    assertThat(asked(".filez")).hasSize(1);
  }

  @Test
  @RequiresTool(value = "ostree", in = "ostree")
  void sizesThatTheCommitListsDecide() throws Exception {
    Path directory = Files.createDirectories(work.resolve("release/small")).getParent();
    for (int i = 1; i <= SMALL_FILES; i++) {
      Files.write(directory.resolve("small/" + i), noise(i));
    }
    String[] words = {
      "commit", "--branch=" + REF, "--owner-uid=0", "--owner-gid=0", "--tree=dir=" + directory
    };
    Repositories.ostree(origin, words);
    commit(client, "mine", origin.read(origin.refs().head(REF).orElseThrow()));
    Files.write(directory.resolve("large"), editedLarge());

    // by what an object of the part has on average, the large file is taken for a small one
    makeDelta(Digest.parse(Repositories.ostree(origin, words)));
    pull();
    assertThat(asked("/deltas/")).hasSize(1);
    assertThat(asked(".filez")).hasSize(1);

    client.refs().setRemote("origin", REF, first);
    client.prune(PruneOptions.keepingRefs());
    words = Arrays.copyOf(words, words.length + 1);
    words[words.length - 1] = "--generate-sizes";
    makeDelta(Digest.parse(Repositories.ostree(origin, words)));
    pull();
    assertThat(asked("/deltas/")).hasSize(2);
    assertThat(asked(".filez")).isEmpty();
  }
}
