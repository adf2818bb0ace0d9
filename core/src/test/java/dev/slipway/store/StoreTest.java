// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.tree.ContentKeeper;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeDifference;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
  void isForItsOwnerAlone() throws IOException {
    Path fresh = directory.resolve("above/fresh");
    Store.open(fresh).close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fresh)))
        .isEqualTo("rwx------");
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
  void abandonedPackLeavesNothingAndItsContentsSaySo() throws IOException {
    try (Store store = Store.open(directory)) {
      Content content;
      try (PackWriter pack = store.newPack("pack")) {
        content = pack.keep(new ByteArrayInputStream(HELLO), 5);
        assertThat(content.readAll()).isEqualTo(HELLO);
        Tree tree = Tree.of(t -> t.file("/f", 0644, content));
        assertThatThrownBy(() -> StoredTree.write(store, tree, ""))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("commit the tree's packs before the tree is stored");
      }
      assertThat(store.list()).isEmpty();
      assertThat(filesBeingWritten()).isEmpty();
      assertThatThrownBy(content::readAll)
          .isInstanceOf(IOException.class)
          .hasMessage("the pack of this content was never committed");
    }
  }

  @Test
  void contentThatEndsEarlyLeavesNoTraceInItsPack() throws IOException {
    try (Store store = Store.open(directory);
        PackWriter pack = store.newPack("pack")) {
      pack.keep(new ByteArrayInputStream(HELLO), 5);
      byte[] large = new byte[700_000];
      assertThatThrownBy(() -> pack.keep(new ByteArrayInputStream(large), 700_001))
          .isInstanceOf(EOFException.class);
      Content after = pack.keep(new ByteArrayInputStream(new byte[] {1, 2}), 2);
      Blob blob = pack.commit();
      assertThat(blob.source().readAll()).containsExactly('h', 'e', 'l', 'l', 'o', 1, 2);
      assertThat(Digest.of(blob.source())).isEqualTo(blob.digest());
      assertThat(after.readAll()).containsExactly(1, 2);
    }
  }

  /** Java closes a channel under all its readers when one of their threads is interrupted. */
  @Test
  void interruptedReaderDoesNotDisturbOthers() throws Exception {
    try (Store store = Store.open(directory);
        PackWriter pack = store.newPack("pack")) {
      Content content = pack.keep(new ByteArrayInputStream(HELLO), 5);
      pack.commit();
      var failure = new CompletableFuture<Exception>();
      Thread reader =
          new Thread(
              () -> {
                Thread.currentThread().interrupt();
                try {
                  content.readAll();
                  failure.complete(null);
                } catch (IOException e) {
                  failure.complete(e);
                }
              });
      reader.start();
      reader.join();
      assertThat(failure.get()).isInstanceOf(InterruptedIOException.class);
      assertThat(content.readAll()).isEqualTo(HELLO);
    }
  }

  @Test
  void interruptedThreadsDoNotBreakTheStore() throws Exception {
    Digest digest = Digest.of(HELLO);
    try (Store store = Store.open(directory)) {
      put(store, HELLO, "");
      for (int i = 0; i < 5; i++) {
        Thread thread =
            new Thread(
                () -> {
                  Thread.currentThread().interrupt();
                  try {
                    store.find(digest);
                    store.list();
                    store.prune(Long.MAX_VALUE, Duration.ofDays(9));
                  } catch (IOException e) {
                    // an interrupted thread may fail, but not others with it
                  }
                });
        thread.start();
        thread.join();
        assertThat(store.find(digest)).isPresent();
        assertThat(store.list()).hasSize(1);
      }
    }
    try (Stream<Path> users = Files.list(directory.resolve("users"))) {
      assertThat(users).isEmpty();
    }
  }

  @Test
  void contentsCannotBeReadOnceTheStoreIsClosed() throws IOException {
    Content content;
    Store store = Store.open(directory);
    try (PackWriter pack = store.newPack("pack")) {
      content = pack.keep(new ByteArrayInputStream(HELLO), 5);
      pack.commit();
    }
    store.close();
    store.close();
    assertThatThrownBy(content::readAll).hasMessageContaining("is closed");
    assertThatThrownBy(() -> store.find(Digest.of())).hasMessageContaining("is closed");
  }

  @Test
  void writersSideBySide() throws Exception {
    try (Store store = Store.open(directory)) {
      List<Callable<Blob>> work = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        int seed = i / 2; // every pack is written twice at the same time
        work.add(
            () -> {
              try (PackWriter pack = store.newPack("pack")) {
                for (int j = 0; j < 50; j++) {
                  byte[] bytes = new byte[9000 * (j % 3) + seed + j];
                  Arrays.fill(bytes, (byte) (j + seed));
                  Content content = pack.keep(new ByteArrayInputStream(bytes), bytes.length);
                  assertThat(content.readAll()).isEqualTo(bytes);
                }
                return pack.commit();
              }
            });
      }
      ExecutorService threads = Executors.newFixedThreadPool(4);
      try {
        for (Future<Blob> blob : threads.invokeAll(work)) {
          assertThat(store.find(blob.get().digest())).isPresent();
        }
      } finally {
        threads.shutdown();
      }
      assertThat(store.list()).hasSize(4);
      assertThat(store.verify()).isEmpty();
    }
  }

  @Test
  void twoStoresOfOneProcessShareTheDirectory() throws IOException {
    try (Store a = Store.open(directory)) {
      Blob blob = put(a, HELLO, "");
      try (Store b = Store.open(directory)) {
        assertThat(b.find(blob.digest())).isPresent();
        assertThat(b.prune(0, Duration.ZERO).removed()).isEmpty();
      }
      try (Store c = Store.open(directory)) {
        assertThat(c.prune(0, Duration.ZERO).toString())
            .isEqualTo("removed 0 entries, 0 B; kept 5 B, 5 B of it in use");
      }
      assertThat(a.find(blob.digest())).isPresent();
    }
  }

  @Test
  void remembersTheLastKeyOfAStep() throws IOException {
    try (Store store = Store.open(directory)) {
      assertThat(store.lastKey("robot/rootfs")).isEmpty();
      store.recordKey("robot/rootfs", Key.of("rootfs", 1).with("a", "b"));
      store.recordKey("robot/rootfs", Key.of("rootfs", 1).with("a", "c"));
      assertThat(store.lastKey("robot/rootfs")).hasValue(Key.of("rootfs", 1).with("a", "c"));
      assertThat(store.lastKey("cloud/rootfs")).isEmpty();
    }
  }

  @Test
  void verifyFindsWhatHasTheRightSizeButOtherBytes() throws IOException {
    Key key = Key.of("step", 1);
    try (Store store = Store.open(directory)) {
      Blob blob = put(store, HELLO, "greeting");
      Blob fine = put(store, new byte[] {1}, "fine");
      store.putResult(key, new byte[] {1, 2, 3});
      assertThat(store.verify()).isEmpty();
      Files.write(blob.path(), "jello".getBytes(StandardCharsets.UTF_8));
      Path result = resultFile();
      byte[] bytes = Files.readAllBytes(result);
      bytes[bytes.length - 1]++;
      Files.write(result, bytes);
      assertThat(store.result(key)).isEmpty();
      assertThat(store.verify().stream().map(StoreEntry::label))
          .containsExactlyInAnyOrder("greeting", "damaged");
      assertThat(store.find(blob.digest())).isEmpty();
      assertThat(store.find(fine.digest())).isPresent();
      assertThat(store.list()).hasSize(1);
    }
  }

  /** What was read of a damaged pack must not be read on, once the pack was made anew. */
  @Test
  void aPackThatWasDamagedAndMadeAnewIsReadAnew() throws IOException {
    try (Store store = Store.open(directory)) {
      Content content = packed(store);
      assertThat(content.readAll()).isEqualTo(HELLO);
      Path path = store.find(content.digest()).orElseThrow().path();
      Files.write(path, "jello".getBytes(StandardCharsets.UTF_8));
      assertThat(store.verify()).hasSize(1);
      assertThatThrownBy(content::readAll).isInstanceOf(NoSuchFileException.class);
      packed(store);
      assertThat(content.readAll()).isEqualTo(HELLO);
    }
  }

  /** A pack of one content, which has therefore the same digest. */
  private static Content packed(Store store) throws IOException {
    try (PackWriter pack = store.newPack("pack")) {
      Content content = pack.keep(new ByteArrayInputStream(HELLO), HELLO.length);
      pack.commit();
      return content;
    }
  }

  @Test
  void strayFilesAreLeftAlone() throws IOException {
    try (Store store = Store.open(directory)) {
      Blob blob = put(store, HELLO, "");
      Path near = blob.path().getParent();
      List<Path> strays =
          List.of(
              Files.createFile(directory.resolve("blobs/note")),
              Files.createDirectory(directory.resolve("blobs/lost+found")),
              Files.createDirectory(near.resolve("directory")),
              Files.createFile(near.resolve("x.info")),
              Files.createFile(near.resolve(".swp")),
              Files.createFile(directory.resolve("results/ab")));
      assertThat(store.list()).hasSize(1);
      assertThat(store.verify()).isEmpty();
      assertThat(store.prune(0, Duration.ZERO).removed()).isEmpty();
      assertThat(strays).allMatch(Files::exists);
    }
  }

  private Path resultFile() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("results"))) {
      return files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
  }

  @Test
  void damagedStoredTreeIsAFormatException() throws IOException {
    Tree tree = Tree.of(t -> t.file("/f", 0644, Content.utf8("x")));
    StoredTree stored;
    try (Store store = Store.open(directory)) {
      stored = StoredTree.write(store, tree, "");
      Path path = store.find(stored.digest()).orElseThrow().path();
      byte[] bytes = Files.readAllBytes(path);
      bytes[40]++;
      Files.write(path, bytes);
      assertThatThrownBy(() -> StoredTree.read(store, stored.digest()))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("digest: found ");
      assertThatThrownBy(() -> StoredTree.read(store, Digest.of()))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("not here");
    }
  }

  @Test
  void prunesWhatIsOldButNotWhatIsInUse() throws IOException {
    try (Store store = Store.open(directory)) {
      Blob blob = put(store, HELLO, "");
      assertThat(store.prune(0, Duration.ZERO).removed()).isEmpty();
      age(blob.digest(), 1);
    }
    try (Store store = Store.open(directory)) {
      PruneReport report = store.prune(0, Duration.ofDays(1000));
      assertThat(report.removed()).hasSize(1);
      assertThat(report.freedBytes()).isEqualTo(5);
      assertThat(store.list()).isEmpty();
    }
  }

  private void age(Digest digest, int days) throws IOException {
    Path path = new StoreLayout(directory).blob(digest);
    Instant then = Instant.ofEpochMilli(System.currentTimeMillis()).minus(Duration.ofDays(days));
    Files.setLastModifiedTime(path, FileTime.from(then));
  }

  @Test
  void leastRecentlyUsedGoesFirst() throws IOException {
    Key key = Key.of("step", 1);
    var digests = new ArrayList<Digest>();
    try (Store store = Store.open(directory)) {
      for (int i = 0; i < 5; i++) {
        digests.add(put(store, new byte[1000 + i], "blob " + i).digest());
      }
      store.putResult(key, new byte[0], List.of(digests.get(3)));
    }
    for (int i = 0; i < 5; i++) {
      age(digests.get(i), 10 + i);
    }
    try (Store store = Store.open(directory)) {
      assertThat(store.list().stream().map(StoreEntry::label))
          .containsExactly("step", "blob 0", "blob 1", "blob 2", "blob 3", "blob 4");
      store.find(digests.get(4)); // used again
      PruneReport report = store.prune(3500, Duration.ofDays(12));
      assertThat(report.removed().stream().map(StoreEntry::label))
          .as("too old, too much, and the result that stood on one of them")
          .containsExactly("blob 3", "blob 2", "step");
      assertThat(store.result(key)).isEmpty();
      assertThat(store.find(digests.get(4))).isPresent();
      assertThat(store.find(digests.get(0))).isPresent();
      assertThat(store.prune(Long.MAX_VALUE, ChronoUnit.FOREVER.getDuration()).removed()).isEmpty();
    }
  }

  /** In a container, the next process often has the id of the one before. */
  @Test
  void deadProcessOfTheSameIdIsSweptOut() throws IOException {
    Store.open(directory).close();
    Path users = directory.resolve("users");
    String dead = ProcessHandle.current().pid() + "-0123456789abcdef";
    Files.createFile(users.resolve(dead + ".lease"));
    Files.write(Files.createDirectory(users.resolve(dead)).resolve("7"), HELLO);
    try (Store store = Store.open(directory)) {
      assertThat(filesBeingWritten()).isEmpty();
      assertThat(users.resolve(dead)).doesNotExist();
      assertThat(users.resolve(dead + ".lease")).doesNotExist();
      put(store, HELLO, "");
    }
  }

  @Test
  void fullDiskIsNamedAndLeavesTheStoreUsable() throws Exception {
    Path mount = Files.createDirectory(directory.resolve("small"));
    assumeThat(
            Tool.run(Map.of(), "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", mount.toString())
                .status())
        .as("only root can mount a small file system")
        .isZero();
    try (Store store = Store.open(mount)) {
      Blob blob = put(store, HELLO, "");
      assertThatThrownBy(() -> put(store, new byte[2 << 20], ""))
          .isInstanceOf(IOException.class)
          .hasMessage("writing to the store in " + mount + ": No space left on device");
      try (PackWriter pack = store.newPack("")) {
        assertThatThrownBy(() -> pack.keep(InputStream.nullInputStream(), 5))
            .isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> pack.keep(new ByteArrayInputStream(new byte[2 << 20]), 2 << 20))
            .hasMessageContaining("No space left on device");
      }
      assertThat(put(store, new byte[100_000], "")).isNotNull();
      assertThat(store.find(blob.digest())).isPresent();

      String full = "writing to the store in " + mount + ": No space left on device";
      assertThatThrownBy(() -> Files.write(mount.resolve("filler"), new byte[1 << 20]))
          .hasMessageContaining("No space left on device");
      Key key = Key.of("step", 1);
      assertThatThrownBy(() -> store.putResult(key, HELLO)).hasMessage(full);
      try (BlobWriter empty = store.newBlob()) {
        assertThatThrownBy(empty::commit).as("what is said of the blob").hasMessage(full);
      }
      assertThat(store.result(key)).isEmpty();
    } finally {
      Tool.output("umount", mount.toString());
    }
  }

  @Test
  void refusesTheStoreOfAnotherVersion() throws IOException {
    Store.open(directory).close();
    Files.writeString(directory.resolve("format"), "slipway store 9\n");
    assertThatThrownBy(() -> Store.open(directory))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("found \"slipway store 9\", expected \"slipway store 1\"");
  }

  @Test
  void informationWithoutItsBlobIsSweptOut() throws IOException {
    Digest digest = Digest.of(HELLO);
    StoreLayout layout;
    try (Store store = Store.open(directory)) {
      Blob blob = put(store, HELLO, "");
      layout = new StoreLayout(directory);
      Files.delete(blob.path());
      Files.setLastModifiedTime(layout.info(digest), FileTime.fromMillis(0));
    }
    try (Store store = Store.open(directory)) {
      assertThat(store.find(digest)).isEmpty();
      store.prune(Long.MAX_VALUE, Duration.ofDays(1));
      assertThat(layout.info(digest)).doesNotExist();
    }
  }
}
