// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.object.Commit;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.ostree.object.ObjectType;
import dev.slipway.progress.Progress;
import dev.slipway.testing.GeneratedTree;
import dev.slipway.testing.RequiresTool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node.Special.Kind;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeDifference;
import dev.slipway.tree.TreeDifference.Aspect;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryTest {
  @TempDir Path work;

  private OstreeRepository repository;

  @BeforeEach
  void init() throws IOException {
    repository = Repositories.init(work.resolve("repo"), RepositoryMode.ARCHIVE);
  }

  private static long files(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).count();
    }
  }

  @Test
  void readsTheTreeThatWasCommitted() throws Exception {
    for (RepositoryMode mode : List.of(RepositoryMode.ARCHIVE, RepositoryMode.BARE_USER)) {
      OstreeRepository each = Repositories.init(work.resolve(mode.name()), mode);
      Tree tree = Repositories.tree("hello");
      Tree read = each.read(Repositories.commit(each, "a/b", "hello"));
      TreeDifference difference =
          TreeDifference.between(tree, read).ignoring(Aspect.HARD_LINKS, Aspect.MTIME);
      assertThat(difference.differences()).as("%s: %s", mode, difference).isEmpty();
    }
  }

  @Test
  void sameChecksumWhateverTheThreadsAndTheMode() throws Exception {
    Tree tree = SameCommitTest.holdable(7);
    CommitInfo info = CommitInfo.of("s", 1).onBranch("b");
    Digest one = repository.commit(tree, info, 1, Progress.none()).checksum();
    OstreeRepository other = Repositories.init(work.resolve("other"), RepositoryMode.BARE_USER);
    assertThat(other.commit(tree, info, 8, Progress.none()).checksum()).isEqualTo(one);
  }

  @Test
  void aBranchsNextCommitHasItsHeadAsParent() throws Exception {
    Digest first = Repositories.commit(repository, "a", "one");
    Digest second = Repositories.commit(repository, "a", "two");
    assertThat(repository.commit(second).parent()).contains(first);
    assertThat(repository.refs().head("a")).contains(second);
    assertThat(repository.resolve("a^")).isEqualTo(first);
    assertThat(repository.resolve(second.hex().substring(0, 12))).isEqualTo(second);
    assertThatThrownBy(() -> repository.resolve("a^^")).isInstanceOf(NoSuchRefException.class);
    assertThatThrownBy(() -> repository.resolve("nobody")).hasMessageContaining("no ref or commit");
  }

  @Test
  void contentsKnownByTheirDigestsAreNotReadAgain() throws Exception {
    Repositories.commit(repository, "a", "one");
    Tree unreadable =
        Repositories.tree("one")
            .mapped(
                (path, inode) ->
                    inode instanceof dev.slipway.tree.Node.RegularFile file
                        ? new dev.slipway.tree.Node.RegularFile(
                            file.metadata(),
                            Content.of(
                                file.content().sizeBytes(),
                                file.content().digest(),
                                () -> {
                                  throw new IOException("was read");
                                }))
                        : inode);
    Committed again =
        repository.commit(unreadable, CommitInfo.of("two", 2).onBranch("a"), 2, Progress.none());
    assertThat(again.report().contentsWritten()).isZero();
    assertThat(again.report().contentsSeen()).isEqualTo(4);
    Repositories.damage(repository.cacheFile());
    assertThatThrownBy(
            () ->
                repository.commit(
                    unreadable, CommitInfo.of("two", 3).onBranch("a"), 2, Progress.none()))
        .hasMessageEndingWith("was read");
  }

  @Test
  void namesEveryPathThatOstreeCannotHoldAndWritesNothing() throws Exception {
    Tree tree =
        Repositories.tree("x")
            .with(
                t ->
                    t.device("/dev/null", 0666, Kind.CHARACTER_DEVICE, 1, 3)
                        .device("/run/fifo", 0600, Kind.FIFO, 0, 0));
    long before = files(repository.directory());
    assertThatThrownBy(() -> repository.commit(tree, CommitInfo.of("s", 1), 2, Progress.none()))
        .isInstanceOf(TreeRefusedException.class)
        .hasMessageContaining("2 paths")
        .hasMessageContaining("/dev/null: a character device")
        .hasMessageContaining("/run/fifo: a fifo");
    assertThat(files(repository.directory())).isEqualTo(before);
  }

  @Test
  void bareUserOnlyGetsCanonicalPermissions() throws Exception {
    OstreeRepository plain =
        Repositories.init(work.resolve("plain"), RepositoryMode.BARE_USER_ONLY);
    Tree tree =
        Repositories.tree("x")
            .with(t -> t.file("/usr/bin/open", 02666, Content.utf8("x")).directory("/t", 01777))
            .mapped((path, inode) -> inode.withMetadata(inode.metadata().withOwner(5, 6)));
    Digest commit = plain.commit(tree, CommitInfo.of("s", 1), 2, Progress.none()).checksum();
    assertThat(plain.fsck(2, Progress.none()).problems()).isEmpty();
    TreeDifference difference =
        TreeDifference.between(CanonicalPermissions.of(tree), plain.read(commit))
            .ignoring(Aspect.HARD_LINKS, Aspect.MTIME);
    assertThat(difference.differences()).as("%s", difference).isEmpty();
    var open = plain.read(commit).inode(TreePath.of("/usr/bin/open")).orElseThrow();
    assertThat(open.metadata().mode()).isEqualTo(0644);
  }

  @Test
  void bareUserOnlyRefusesSetuidOfOthers() throws Exception {
    Repositories.commit(repository, "a", "x");
    OstreeRepository plain =
        Repositories.init(work.resolve("plain"), RepositoryMode.BARE_USER_ONLY);
    assertThatThrownBy(
            () ->
                plain.pullLocal(
                    "origin", repository, PullOptions.of(List.of("a")), 1, Progress.none()))
        .hasMessageContaining("mode 4755 has bits");
  }

  @Test
  @RequiresTool(value = "ostree", in = "ostree")
  void canonicalPermissionsAreOstrees() throws Exception {
    Path tree = Files.createDirectories(work.resolve("tree"));
    Files.createDirectories(tree.resolve("sticky"));
    Files.setAttribute(tree.resolve("sticky"), "unix:mode", 01777);
    for (int mode : new int[] {04755, 02711, 0666, 0600, 0400, 0777}) {
      Path file = tree.resolve(Integer.toOctalString(mode));
      Files.writeString(file, "content");
      Files.setAttribute(file, "unix:mode", mode);
    }
    Files.createSymbolicLink(tree.resolve("link"), Path.of("0666"));
    for (RepositoryMode mode : List.of(RepositoryMode.BARE_USER_ONLY, RepositoryMode.ARCHIVE)) {
      OstreeRepository each = Repositories.init(work.resolve(mode.name()), mode);
      String theirs =
          Repositories.ostree(
              each,
              "commit",
              "--orphan",
              "--canonical-permissions",
              "--timestamp=@7",
              "--subject=s",
              "--no-bindings",
              "--tree=dir=" + tree);
      CommitInfo info = CommitInfo.of("s", 7).withoutBinding();
      Tree ours = CanonicalPermissions.of(HostTree.read(tree));
      assertThat(each.commit(ours, info, 1, Progress.none()).checksum()).hasToString(theirs);
    }
  }

  @Test
  void aContentOfAnotherSizeIsRefusedByItsPath() {
    Content lying = Content.of(5, Digest.of(), Content.utf8("four").source());
    Tree tree = Tree.of(t -> t.file("/x", 0644, lying));
    assertThatThrownBy(() -> repository.commit(tree, CommitInfo.of("s", 1), 2, Progress.none()))
        .hasMessageStartingWith("/x: ");
  }

  @Test
  void refsCannotLeaveTheirDirectory() {
    for (String name : List.of("../x", "a/../b", "/a", "a/", "", ".", "a//b", "-a", "a b", "ü")) {
      assertThat(Refs.isName(name)).as(name).isFalse();
      assertThatThrownBy(() -> repository.refs().setHead(name, Digest.of()))
          .as(name)
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("no name of a ref");
    }
    assertThatThrownBy(() -> repository.refs().setRemote("..", "a", Digest.of()))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void refsAreWrittenListedAndDeleted() throws Exception {
    Refs refs = repository.refs();
    refs.setHead("a/b/c", Digest.of());
    refs.setHead("a/d", Digest.of());
    refs.setRemote("origin", "x/y", Digest.of());
    assertThat(refs.heads().keySet()).containsExactly("a/b/c", "a/d");
    assertThat(refs.remotes().keySet()).containsExactly("origin:x/y");
    assertThatThrownBy(() -> refs.setHead("a/b", Digest.of()))
        .hasMessageContaining("refs below this name");
    assertThatThrownBy(() -> refs.setHead("a/d/e", Digest.of())).isInstanceOf(IOException.class);
    assertThat(refs.deleteHead("a/b/c")).isTrue();
    assertThat(refs.deleteHead("a/b/c")).isFalse();
    assertThat(repository.directory().resolve("refs/heads/a/b")).doesNotExist();
  }

  @Test
  void pruneKeepsRefsAndTheirHistoryAsDeepAsAsked() throws Exception {
    Digest one = Repositories.commit(repository, "a", "one");
    Digest two = Repositories.commit(repository, "a", "two");
    Digest three = Repositories.commit(repository, "a", "three");
    assertThat(repository.prune(PruneOptions.keepingRefs()).removed()).isZero();
    PruneReport dry = repository.prune(PruneOptions.keepingRefs().withDepth(1).asDryRun());
    assertThat(dry.removed()).isPositive();
    assertThat(repository.has(ObjectName.commit(one))).isTrue();
    PruneReport done = repository.prune(PruneOptions.keepingRefs().withDepth(1));
    assertThat(done.removed()).isEqualTo(dry.removed());
    assertThat(repository.has(ObjectName.commit(one))).isFalse();
    assertThat(repository.has(ObjectName.commit(two))).isTrue();
    assertThat(repository.read(three).read("/etc/greeting")).asString().isEqualTo("three");
    assertThat(repository.fsck(2, Progress.none()).problems()).isEmpty();
  }

  @Test
  void pruneRemovesOneCommitOrTheOldButNeverAHead() throws Exception {
    Digest one = Repositories.commit(repository, "a", "one");
    Digest two = Repositories.commit(repository, "a", "two");
    assertThatThrownBy(() -> repository.prune(PruneOptions.keepingAllCommits().without(two)))
        .hasMessageContaining("ref a points at");
    repository.prune(PruneOptions.keepingAllCommits().without(one));
    assertThat(repository.has(ObjectName.commit(one))).isFalse();
    Digest third = Repositories.commit(repository, "a", "three");
    repository.prune(
        PruneOptions.keepingAllCommits().youngerThan(Instant.ofEpochSecond(Repositories.TIME + 1)));
    assertThat(repository.has(ObjectName.commit(two))).isFalse();
    assertThat(repository.has(ObjectName.commit(third))).isTrue();
    assertThat(repository.fsck(2, Progress.none()).problems()).isEmpty();
  }

  @Test
  void fsckFindsAndRepairReplacesEveryDamagedAndMissingObject() throws Exception {
    Digest commit = Repositories.commit(repository, "a", "one");
    OstreeRepository mirror = Repositories.init(work.resolve("mirror"), RepositoryMode.BARE_USER);
    mirror.pullLocal("o", repository, PullOptions.of(List.of("a")).asMirror(), 2, Progress.none());
    int objects = repository.fsck(2, Progress.none()).objects();
    int[] count = new int[1];
    repository
        .objects()
        .forEach(
            (name, file) -> {
              if (count[0]++ % 2 == 0) {
                Repositories.damage(file);
              } else if (!name.equals(ObjectName.commit(commit))) {
                Files.delete(file);
              }
            });
    FsckReport found = repository.fsck(2, Progress.none());
    assertThat(found.isClean()).isFalse();
    RepairReport repaired = repository.repair(mirror, 2, Progress.none());
    assertThat(repaired.after().problems()).isEmpty();
    assertThat(repaired.after().objects()).isEqualTo(objects);
    assertThat(repository.read(commit).read("/etc/greeting")).asString().isEqualTo("one");
  }

  @Test
  void fsckMissesEveryKindOfObjectThatACommitReaches() throws Exception {
    Digest checksum = Repositories.commit(repository, "a", "one");
    OstreeRepository mirror = Repositories.init(work.resolve("mirror"), RepositoryMode.BARE_USER);
    mirror.pullLocal("o", repository, PullOptions.of(List.of("a")).asMirror(), 2, Progress.none());
    Commit commit = repository.commit(checksum);
    var root = repository.dirTree(commit.tree());
    var empty = root.directories().get(0);
    Digest etc = root.directories().get(1).tree();
    for (ObjectName gone :
        List.of(
            ObjectName.commit(checksum),
            ObjectName.dirTree(commit.tree()),
            ObjectName.dirMeta(commit.meta()),
            ObjectName.dirTree(etc),
            ObjectName.dirMeta(empty.meta()),
            ObjectName.file(repository.dirTree(etc).files().get(0).checksum()))) {
      Files.delete(repository.file(gone));
      SortedMap<ObjectName, String> found = repository.fsck(2, Progress.none()).problems();
      assertThat(found).containsOnlyKeys(gone);
      assertThat(found.get(gone)).startsWith("missing");
      assertThat(repository.repair(mirror, 2, Progress.none()).repaired()).containsExactly(gone);
    }
    assertThat(empty.meta()).isNotEqualTo(commit.meta());
    assertThat(repository.fsck(2, Progress.none()).problems()).isEmpty();
  }

  @Test
  void fsckNamesRefsThatLeadNowhere() throws Exception {
    Digest commit = Repositories.commit(repository, "a", "one");
    Digest nobody = Digest.of(new byte[] {1});
    repository.refs().setHead("os/dead", nobody);
    repository.refs().setRemote("origin", "gone", nobody);
    Files.writeString(repository.directory().resolve("refs/heads/junk"), "no checksum\n");
    FsckReport found = repository.fsck(1, Progress.none());
    assertThat(found.isClean()).isFalse();
    assertThat(found.problems()).containsOnlyKeys(ObjectName.commit(nobody));
    assertThat(found.deadRefs())
        .containsOnly(
            Map.entry("heads/junk", "ref heads/junk: found \"no checksum\", expected a checksum"),
            Map.entry("heads/os/dead", "points at commit " + nobody + ", which is not here"),
            Map.entry("remotes/origin/gone", "points at commit " + nobody + ", which is not here"));
    assertThat(repository.refs().head("a")).contains(commit);
  }

  @Test
  void aRepairThatIsBrokenOffGoesOnWhereItWas() throws Exception {
    Tree many =
        Tree.of(
            t -> {
              for (int i = 0; i < 700; i++) {
                t.file("/f" + i, 0644, Content.utf8("content " + i));
              }
            });
    Digest commit =
        repository.commit(many, CommitInfo.of("s", 1).onBranch("a"), 2, Progress.none()).checksum();
    OstreeRepository mirror = Repositories.init(work.resolve("mirror"), RepositoryMode.BARE_USER);
    mirror.pullLocal("o", repository, PullOptions.of(List.of("a")).asMirror(), 2, Progress.none());
    var files = new ArrayList<ObjectName>();
    DeltaScope.of(repository, commit).files().values().stream()
        .distinct()
        .forEach(file -> files.add(ObjectName.file(file)));
    files.sort(null);
    for (ObjectName file : files) {
      Files.delete(repository.file(file));
    }
    ObjectSource good = new LocalObjects(mirror, 1);
    var asked = new AtomicInteger();
    ObjectSource breaking =
        new BreakingSource(
            good,
            () -> {
              if (asked.incrementAndGet() > 600) {
                throw new InterruptedIOException("broken off");
              }
            });
    assertThatThrownBy(() -> Repair.run(repository, breaking, 1, Progress.none()))
        .isInstanceOf(InterruptedIOException.class);
    assertThat(repository.fsck(1, Progress.none()).problems()).hasSize(200);
    RepairReport rest = Repair.run(repository, good, 2, Progress.none());
    assertThat(rest.repaired()).hasSize(200);
    assertThat(rest.after().isClean()).isTrue();
  }

  @Test
  void pruneSweepsWhatDiedHalfWrittenADayAgo() throws Exception {
    Repositories.commit(repository, "os/a", "one");
    FileTime longAgo = FileTime.from(Instant.ofEpochSecond(Repositories.TIME));
    Path root = repository.directory();
    Path staging = Files.createDirectory(root.resolve("tmp/staging-1234-abcdef"));
    Files.writeString(staging.resolve("object"), "half");
    Path deltas = Files.createDirectories(root.resolve("deltas/AB"));
    List<Path> old =
        List.of(
            staging,
            Files.writeString(root.resolve("tmp/tmpobject-x"), "half"),
            Files.writeString(root.resolve("refs/heads/os/.tmp-1"), "half"),
            Files.writeString(root.resolve("state/.tmp-2"), "half"),
            Files.writeString(root.resolve(".tmp-5"), "half"),
            Files.writeString(
                Files.createDirectories(root.resolve("tmp/cache")).resolve(".tmp-6"), "half"),
            Files.writeString(deltas.resolve(".tmp-3"), "half"));
    for (Path each : old) {
      Files.setLastModifiedTime(each, longAgo);
    }
    Path young = Files.writeString(root.resolve("refs/heads/os/.tmp-4"), "at work");
    Path theirs = Files.createDirectory(root.resolve("tmp/staging-1234-young"));
    Files.setLastModifiedTime(root.resolve("tmp/cache"), longAgo);

    repository.prune(PruneOptions.keepingRefs().asDryRun());
    assertThat(old).allMatch(Files::exists);
    repository.prune(PruneOptions.keepingRefs());
    assertThat(old).noneMatch(Files::exists);
    assertThat(List.of(young, theirs, root.resolve("tmp/cache"))).allMatch(Files::exists);
    assertThat(repository.refs().heads()).containsOnlyKeys("os/a");

    OstreeRepository patient =
        repository.withConfig(repository.config().with("core", "tmp-expiry-secs", "4294967295"));
    patient.prune(PruneOptions.keepingRefs());
    assertThat(young).exists();

    OstreeRepository impatient =
        repository.withConfig(repository.config().with("core", "tmp-expiry-secs", "soon"));
    assertThatThrownBy(() -> impatient.prune(PruneOptions.keepingRefs()))
        .hasMessageEndingWith("config: core.tmp-expiry-secs: found \"soon\", expected seconds");
  }

  @Test
  void aCopyOfArchivedFilesLeavesTheRoomThatIsAskedFor() throws Exception {
    OstreeRepository theirs = Repositories.init(work.resolve("theirs"), RepositoryMode.ARCHIVE);
    Repositories.commit(theirs, "a", "one");
    OstreeRepository full = Repositories.init(work.resolve("full"), RepositoryMode.ARCHIVE);
    OstreeRepository asking =
        full.withConfig(full.config().with("core", "min-free-space-size", "999999TB"));
    assertThatThrownBy(
            () ->
                asking.pullLocal(
                    "o", theirs, PullOptions.of(List.of("a")).asMirror(), 2, Progress.none()))
        .hasMessageContaining("core.min-free-space-size keeps");
    assertThat(full.refs().heads()).isEmpty();
  }

  @Test
  void removedDamageMakesCommitsPartialUntilARepair() throws Exception {
    Digest commit = Repositories.commit(repository, "a", "one");
    OstreeRepository mirror = Repositories.init(work.resolve("mirror"), RepositoryMode.BARE_USER);
    mirror.pullLocal("o", repository, PullOptions.of(List.of("a")).asMirror(), 2, Progress.none());
    Digest other = Repositories.commit(repository, "b", "two");
    Digest greeting = DeltaScope.of(repository, commit).files().get("/etc/greeting");
    Repositories.damage(repository.file(ObjectName.file(greeting)));

    FsckReport found = repository.fsck(1, Progress.none());
    assertThat(repository.removeDamaged(found)).containsExactly(ObjectName.file(greeting));

    assertThat(repository.has(ObjectName.file(greeting))).isFalse();
    assertThat(repository.partialMark(commit)).hasContent("f");
    assertThat(repository.partialMark(other)).doesNotExist();
    assertThat(repository.fsck(1, Progress.none()).problems())
        .containsOnlyKeys(ObjectName.file(greeting));
    assertThat(repository.repair(mirror, 1, Progress.none()).after().isClean()).isTrue();
    assertThat(repository.partialMark(commit)).doesNotExist();
    assertThat(repository.read(commit).read("/etc/greeting")).asString().isEqualTo("one");
  }

  @Test
  void aDamagedContentIsNoticedWhenItIsRead() throws Exception {
    OstreeRepository plain = Repositories.init(work.resolve("plain"), RepositoryMode.BARE_USER);
    Digest commit = Repositories.commit(plain, "a", "hello");
    plain
        .objects()
        .forEach(
            (name, file) -> {
              if (Files.size(file) == 5) {
                Repositories.damage(file);
              }
            });
    Tree tree = plain.read(commit);
    assertThatThrownBy(() -> tree.read("/etc/greeting"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("its content has the checksum");
  }

  @Test
  void diffNamesWhatDiffers() throws Exception {
    Digest one = Repositories.commit(repository, "a", "one");
    Tree changed =
        Repositories.tree("two")
            .with(
                t ->
                    t.remove(TreePath.of("/empty"))
                        .file("/new/file", 0644, Content.EMPTY)
                        .directory("/etc", 0700));
    Digest two = repository.commit(changed, CommitInfo.of("s", 1), 2, Progress.none()).checksum();
    assertThat(repository.diff(one, two))
        .extracting(change -> change.kind() + " " + change.path())
        .containsExactly(
            "DELETED /empty",
            "MODIFIED /etc",
            "MODIFIED /etc/greeting",
            "ADDED /new",
            "ADDED /new/file");
  }

  @Test
  void checksOutWhatWasCommitted() throws Exception {
    Digest commit = Repositories.commit(repository, "a", "one");
    Path target = work.resolve("out");
    repository.checkout(commit, target, CheckoutOptions.copying(2).asUser(), Progress.none());
    assertThat(target.resolve("etc/greeting")).hasContent("one");
    assertThat(Files.readSymbolicLink(target.resolve("usr/lib/link"))).hasToString("large");
    assertThat(Files.getLastModifiedTime(target.resolve("empty")).toMillis()).isZero();
    assertThat(Files.getAttribute(target.resolve("usr/bin/tool"), "unix:mode")).isEqualTo(0100755);
    assertThatThrownBy(
            () ->
                repository.checkout(
                    commit, target, CheckoutOptions.copying(2).asUser(), Progress.none()))
        .hasMessageContaining("is there already");
    Path part = work.resolve("part");
    repository.checkout(
        commit,
        part,
        CheckoutOptions.copying(2).asUser().only(TreePath.of("/etc")),
        Progress.none());
    assertThat(part.resolve("greeting")).hasContent("one");
  }

  @Test
  void aCheckoutThatFailsLeavesNothing() throws Exception {
    Digest commit = Repositories.commit(repository, "a", "one");
    repository
        .objects()
        .forEach(
            (name, file) -> {
              if (name.type() == ObjectType.FILE
                  && repository.storedFile(name.checksum()).sizeBytes() > 1 << 20) {
                Files.delete(file);
              }
            });
    assertThatThrownBy(
            () ->
                repository.checkout(
                    commit,
                    work.resolve("out"),
                    CheckoutOptions.copying(2).asUser(),
                    Progress.none()))
        .hasMessageStartingWith("/usr/lib/large: ");
    try (Stream<Path> left = Files.list(work)) {
      assertThat(left).containsExactly(repository.directory());
    }
  }

  @Test
  void saysWhatIsNoRepository() throws Exception {
    assertThatThrownBy(() -> OstreeRepository.open(work))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("not an ostree repository");
    Files.writeString(work.resolve("config"), "[core]\nrepo_version=2\n");
    assertThatThrownBy(() -> OstreeRepository.open(work))
        .hasMessageEndingWith("core.repo_version: found \"2\", expected 1");
    Files.writeString(work.resolve("config"), "[core]\nrepo_version=1\nmode=tar\n");
    assertThatThrownBy(() -> OstreeRepository.open(work))
        .hasMessageContaining("core.mode: repository mode: found \"tar\"");
    assertThatThrownBy(
            () -> OstreeRepository.init(repository.directory(), RepositoryMode.BARE_USER))
        .hasMessageContaining("is a repository of mode archive-z2 already");
  }

  @Test
  void writesNothingWhereATransactionWasNotCommitted() throws Exception {
    long before = files(repository.directory().resolve("objects"));
    try (Transaction transaction = repository.begin()) {
      transaction.writeMetadata(ObjectType.DIR_TREE, new byte[] {0});
    }
    assertThat(files(repository.directory().resolve("objects"))).isEqualTo(before);
    try (Stream<Path> left = Files.list(repository.temporary())) {
      assertThat(left).containsExactly(repository.temporary().resolve("cache"));
    }
  }

  @Test
  void keyFilesKeepWhatTheyDoNotChange() throws Exception {
    String text = "# mine\n[core]\nmode = bare\n\n[remote \"o\"]\nurl=x\n";
    KeyFile file = KeyFile.parse(text, "config");
    assertThat(file).hasToString(text);
    assertThat(file.get("core", "mode")).contains("bare");
    assertThat(file.with("core", "fsync", "false"))
        .hasToString(text.replace("bare\n", "bare\nfsync=false\n"));
    assertThat(file.without("remote \"o\"")).hasToString("# mine\n[core]\nmode = bare\n\n");
    assertThat(file.with("new", "a", "b").get("new", "a")).isEqualTo(Optional.of("b"));
    assertThatThrownBy(() -> KeyFile.parse("a=b\n", "config"))
        .hasMessage("config: line 1: found \"a=b\", expected [group]");
  }

  @Test
  void generatedTreesOfAnySeedAreCommittedOrRefusedWhole() throws Exception {
    for (long seed = 100; seed < 110; seed++) {
      Tree tree = GeneratedTree.of(seed);
      try {
        repository.commit(tree, CommitInfo.of("s", 1), 2, Progress.none());
      } catch (TreeRefusedException e) {
        assertThat(e.problems()).isNotEmpty();
      }
    }
    assertThat(repository.fsck(2, Progress.none()).problems()).isEmpty();
  }
}
