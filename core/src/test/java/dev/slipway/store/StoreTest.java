// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.tree.Content;
import dev.slipway.tree.ContentKeeper;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeDifference;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoreTest {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);
  @TempDir Path directory;

  private static Blob put(Store store, byte[] bytes, String label) throws IOException {
    try (BlobWriter out = store.newBlob(label)) {
      out.write(bytes);
      return out.commit();
    }
  }

  private List<Path> filesBeingWritten() throws IOException {
    try (Stream<Path> all = Files.walk(directory.resolve("users"))) {
      return all.filter(Files::isRegularFile)
          .filter(file -> !file.toString().endsWith(".lease"))
          .toList();
    }
  }

  @Test
  void findsBlobAgainInAnotherRun() throws IOException {
    Digest digest = Digest.of(HELLO);
    try (Store store = Store.open(directory)) {
      assertThat(store.find(digest)).isEmpty();
      Blob blob = put(store, HELLO, "greeting");
      assertThat(blob.digest()).isEqualTo(digest);
      assertThat(filesBeingWritten()).isEmpty();
    }
    try (Store store = Store.open(directory)) {
      Blob blob = store.find(digest).orElseThrow();
      assertThat(blob.size()).isEqualTo(5);
      assertThat(blob.label()).isEqualTo("greeting");
      assertThat(blob.source().readAll()).isEqualTo(HELLO);
    }
  }

  @Test
  void blobThatIsNotWhatWasExpectedLeavesNothing() throws IOException {
    try (Store store = Store.open(directory)) {
      BlobWriter out = store.newBlob("greeting");
      out.write(HELLO);
      Digest other = Digest.of();
      assertThatThrownBy(() -> out.commit(other))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("greeting: digest: found 2cf24dba")
          .hasMessageContaining("expected e3b0c442");
      assertThat(store.list()).isEmpty();
      assertThat(filesBeingWritten()).isEmpty();
    }
  }

  @Test
  void blobOfWrongSizeCountsAsAbsent() throws IOException {
    try (Store store = Store.open(directory)) {
      Blob blob = put(store, HELLO, "");
      Files.write(blob.path(), new byte[4]);
      assertThat(store.find(blob.digest())).isEmpty();
      put(store, HELLO, "");
      assertThat(store.find(blob.digest())).isPresent();
    }
  }

  @Test
  void resultGoesWithItsBlobs() throws IOException {
    Key key = Key.of("step", 1).with("input", "a");
    try (Store store = Store.open(directory)) {
      Blob blob = put(store, HELLO, "");
      store.putResult(key, new byte[] {1, 2}, List.of(blob.digest()));
      assertThat(store.result(key)).hasValue(new byte[] {1, 2});
      Files.delete(blob.path());
      assertThat(store.result(key)).isEmpty();
    }
  }

  @Test
  void storedTreeComesBackEqual() throws IOException {
    Tree tree =
        Tree.of(
            t ->
                t.file("/etc/hostname", 0644, Content.utf8("robot\n"))
                    .file("/etc/empty", 0600, Content.EMPTY)
                    .hardLink("/etc/name", "/etc/hostname")
                    .symlink("/bin", "usr/bin"));
    StoredTree stored;
    try (Store store = Store.open(directory)) {
      stored = StoredTree.write(store, tree, "tree");
    }
    try (Store store = Store.open(directory)) {
      Tree read = StoredTree.read(store, stored.digest());
      assertThat(TreeDifference.between(tree, read).toString()).isEqualTo("no difference");
      assertThat(new String(read.read("/etc/name"), StandardCharsets.UTF_8)).isEqualTo("robot\n");
    }
  }

  @Test
  void packHoldsEachContentOnceAndIsReadableWhileWritten() throws IOException {
    try (Store store = Store.open(directory);
        PackWriter pack = store.newPack("pack")) {
      ContentKeeper keeper = pack;
      Content a = keeper.keep(new ByteArrayInputStream(HELLO), 5);
      Content b = keeper.keep(new ByteArrayInputStream(HELLO), 5);
      Content c = keeper.keep(new ByteArrayInputStream(new byte[] {7}), 1);
      assertThat(a.readAll()).isEqualTo(HELLO);
      Blob blob = pack.commit();
      assertThat(blob.size()).isEqualTo(6);
      assertThat(Digest.of(blob.source())).isEqualTo(blob.digest());
      assertThat(b.readAll()).isEqualTo(HELLO);
      assertThat(c.readAll()).containsExactly(7);
    }
  }

  @Test
  void prunesWhatIsOldButNotWhatIsInUse() throws IOException {
    try (Store store = Store.open(directory)) {
      put(store, HELLO, "");
      assertThat(store.prune(0, Duration.ZERO).removed()).isEmpty();
    }
    try (Store store = Store.open(directory)) {
      PruneReport report = store.prune(0, Duration.ofDays(1000));
      assertThat(report.removed()).hasSize(1);
      assertThat(report.freedBytes()).isEqualTo(5);
      assertThat(store.list()).isEmpty();
    }
  }
}
