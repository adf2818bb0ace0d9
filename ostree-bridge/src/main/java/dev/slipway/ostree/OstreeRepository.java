// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.fetch.Fetcher;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.gvariant.VariantDict;
import dev.slipway.ostree.object.Commit;
import dev.slipway.ostree.object.DirMeta;
import dev.slipway.ostree.object.DirTree;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.progress.Progress;
import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An ostree repository: objects named by their checksums, and refs that name commits.
 *
 * <pre>{@code
 * OstreeRepository repository = OstreeRepository.init(directory, RepositoryMode.ARCHIVE);
 * Committed done = repository.commit(
 *     tree, CommitInfo.of("edge 2026.11", buildTime).onBranch("edge/amd64"), threads, progress);
 * Tree same = repository.read(done.checksum());
 * }</pre>
 *
 * <p>The real ostree may use the same repository at the same time: its lock is respected. A value
 * without open files; safe for several threads.
 */
public final class OstreeRepository {
  static final List<String> SKELETON =
      List.of(
          "objects",
          "refs/heads",
          "refs/remotes",
          "refs/mirrors",
          "state",
          "tmp/cache",
          "extensions");
  private static final int COMPRESSION_LEVEL = 6;
  private static final long CONFIG_BYTES_MAX = 1 << 20;

  private final Path directory;
  private final KeyFile config;
  private final RepositoryMode mode;
  private final ObjectStore objects;
  private final boolean syncs;
  private final FreeSpace freeSpace;

  private OstreeRepository(Path directory, KeyFile config) throws IOException {
    this.directory = directory;
    this.config = config;
    String version = config.get("core", "repo_version").orElse("");
    if (!version.equals("1")) {
      throw new FormatException(
          directory + "/config: core.repo_version: found \"" + version + "\", expected 1");
    }
    try {
      this.mode = RepositoryMode.parse(config.get("core", "mode").orElse("bare"));
    } catch (FormatException e) {
      throw new FormatException(directory + "/config: core.mode: " + e.getMessage(), e);
    }
    this.syncs = config.getBoolean("core", "fsync", true);
    this.freeSpace = FreeSpace.of(directory, config);
    this.objects =
        new ObjectStore(
            directory.resolve("objects"),
            mode == RepositoryMode.ARCHIVE,
            FileForm.of(mode, compressionLevel(config)));
  }

  private static int compressionLevel(KeyFile config) throws FormatException {
    Optional<String> level = config.get("archive", "zlib-level");
    if (level.isEmpty()) {
      return COMPRESSION_LEVEL;
    }
    if (!level.get().matches("[1-9]")) {
      throw new FormatException(
          "archive.zlib-level: found \"" + level.get() + "\", expected 1 to 9");
    }
    return Integer.parseInt(level.get());
  }

  /**
   * Makes a repository, or opens the one that is there.
   *
   * @throws IOException if there is one of another mode
   */
  public static OstreeRepository init(Path directory, RepositoryMode mode) throws IOException {
    if (Files.exists(directory.resolve("config"))) {
      OstreeRepository there = open(directory);
      if (there.mode != mode) {
        throw new IOException(
            directory
                + ": is a repository of mode "
                + there.mode.configName()
                + " already, wanted "
                + mode.configName());
      }
      return there;
    }
    for (String each : SKELETON) {
      Directories.makeAll(directory.resolve(each));
    }
    KeyFile config =
        KeyFile.empty().with("core", "repo_version", "1").with("core", "mode", mode.configName());
    Directories.replace(
        directory.resolve("config"), config.toString().getBytes(StandardCharsets.UTF_8), true);
    return open(directory);
  }

  /** Opens a repository. */
  public static OstreeRepository open(Path directory) throws IOException {
    Path file = directory.resolve("config");
    try {
      if (Files.size(file) > CONFIG_BYTES_MAX) {
        throw new FormatException(file + ": " + Files.size(file) + " bytes, too many for it");
      }
      return new OstreeRepository(
          directory, KeyFile.parse(Files.readString(file), file.toString()));
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(
          directory.toString(), null, "not an ostree repository: it has no file \"config\"");
    }
  }

  /** The same repository with another configuration, which is written down. */
  public OstreeRepository withConfig(KeyFile changed) throws IOException {
    var same = new OstreeRepository(directory, changed);
    Directories.replace(
        directory.resolve("config"), changed.toString().getBytes(StandardCharsets.UTF_8), syncs);
    return same;
  }

  public Path directory() {
    return directory;
  }

  public RepositoryMode mode() {
    return mode;
  }

  public KeyFile config() {
    return config;
  }

  public Refs refs() {
    return new Refs(directory.resolve("refs"), syncs);
  }

  /** Whether what is written must be on the disk before it counts: {@code core.fsync}. */
  boolean syncs() {
    return syncs;
  }

  /** What is left free of the disk. */
  FreeSpace freeSpace() {
    return freeSpace;
  }

  ObjectStore objects() {
    return objects;
  }

  Path lockFile() {
    return directory.resolve(".lock");
  }

  Path temporary() {
    return directory.resolve("tmp");
  }

  Path cacheFile() {
    return directory.resolve("tmp/cache/slipway-contents");
  }

  /** Whether the repository holds an object. */
  public boolean has(ObjectName name) {
    return objects.has(name);
  }

  /** The file of an object, whether it exists or not. */
  public Path file(ObjectName name) {
    return objects.file(name);
  }

  /** A directory's or a commit's object, held against its checksum. */
  public byte[] metadata(ObjectName name) throws IOException {
    return objects.metadata(name);
  }

  public Commit commit(Digest checksum) throws IOException {
    return Commit.read(objects.metadata(ObjectName.commit(checksum)), checksum + ".commit");
  }

  public DirTree dirTree(Digest checksum) throws IOException {
    return DirTree.read(objects.metadata(ObjectName.dirTree(checksum)), checksum + ".dirtree");
  }

  public DirMeta dirMeta(Digest checksum) throws IOException {
    return DirMeta.read(objects.metadata(ObjectName.dirMeta(checksum)), checksum + ".dirmeta");
  }

  /** A file object, whose content is held against the checksum while it is read. */
  public StoredFile storedFile(Digest checksum) throws IOException {
    return objects.file(checksum);
  }

  /** What is known about a commit beside it, signatures above all; empty when nothing is. */
  public VariantDict detachedMetadata(Digest commit) throws IOException {
    return findDetachedMetadata(commit).orElseGet(VariantDict::empty);
  }

  Optional<VariantDict> findDetachedMetadata(Digest commit) throws IOException {
    Optional<byte[]> bytes = objects.detached(commit);
    return bytes.isEmpty()
        ? Optional.empty()
        : Optional.of(VariantDict.read(bytes.get(), commit + ".commitmeta"));
  }

  /** What keeps an inode out of a repository of this mode, in words. */
  public Optional<String> objection(Inode inode) {
    return TreeCommit.objection(inode, objects.form());
  }

  /** Says that of a commit not everything is here, while it is pulled. */
  Path partialMark(Digest commit) {
    return directory.resolve("state").resolve(commit.hex() + ".commitpartial");
  }

  /** All refs, those of remotes as {@code origin:name}. */
  SortedMap<String, Digest> allRefs() throws IOException {
    var all = new TreeMap<String, Digest>(refs().heads());
    all.putAll(refs().remotes());
    refs().mirrors().forEach((name, commit) -> all.put("mirrors/" + name, commit));
    return all;
  }

  /**
   * The commit that a person means: a checksum, the beginning of one, a ref, a ref of a remote
   * ({@code origin:name}), each with {@code ^} behind it for the parent.
   *
   * @throws NoSuchRefException if there is none, or the beginning fits several
   */
  public Digest resolve(String revision) throws IOException {
    return Revisions.resolve(this, revision);
  }

  /** Begins to write objects. */
  public Transaction begin() throws IOException {
    return Transaction.begin(this);
  }

  /**
   * Commits a tree. Contents whose digests are known and that an earlier commit from here wrote are
   * not read again. Mode bare-user-only gets {@link CanonicalPermissions}, as ostree gives it.
   *
   * @param threads how many hash and compress at once
   * @throws TreeRefusedException if the tree holds what ostree cannot, before anything is written
   */
  public Committed commit(Tree tree, CommitInfo info, int threads, Progress progress)
      throws IOException {
    return TreeCommit.run(this, tree, info, threads, progress);
  }

  /** Which paths differ between two commits, in path order. */
  public List<RepositoryDiff.Change> diff(Digest older, Digest newer) throws IOException {
    return RepositoryDiff.between(this, older, newer);
  }

  /**
   * Lays a commit down in a directory that must not exist, which appears when it is whole.
   *
   * @throws IOException naming the path that could not be written
   */
  public void checkout(Digest commit, Path target, CheckoutOptions options, Progress progress)
      throws IOException {
    Checkout.run(this, commit, target, options, progress);
  }

  /** Removes what nothing leads to any more. Nobody may have a transaction open in this thread. */
  public PruneReport prune(PruneOptions options) throws IOException {
    return Prune.run(this, options);
  }

  /** Reads everything and says what is damaged or missing. */
  public FsckReport fsck(int threads, Progress progress) throws IOException {
    return Fsck.run(this, threads, progress);
  }

  /**
   * Removes the damaged ones of the objects that a check found wrong. Commits that need them become
   * partial, until a pull or a repair brings them.
   *
   * @return the objects that were removed
   */
  public List<ObjectName> removeDamaged(FsckReport report) throws IOException {
    return DamageRemoval.run(this, report.problems().keySet());
  }

  /**
   * A remote that is configured here.
   *
   * @param at the instant at which its keys are judged; usually now
   */
  public Remote remote(String name, Instant at) throws IOException {
    return Remote.of(this, name, at);
  }

  /**
   * Adds OpenPGP keys to those a remote's signatures are held against.
   *
   * @param keys binary or armoured
   */
  public void trust(String remote, byte[] keys) throws IOException {
    Remote.trust(this, remote, keys);
  }

  /**
   * Copies commits from a web server that serves an archive repository, as static files.
   *
   * @param remote the name under which refs are kept: {@code refs/remotes/NAME/...}
   * @param addresses of the repository's directory; further ones are mirrors of the first
   */
  public PullReport pull(
      String remote, Fetcher fetcher, List<URI> addresses, PullOptions options, Progress progress)
      throws IOException {
    var source = new RemoteObjects(new RemoteFiles(fetcher, addresses, freeSpace));
    return new Pull(this, source, options, new RemoteDeltas(this, DeltaLimits.DEFAULT), progress)
        .run(remote);
  }

  /** Copies commits from a repository of any mode on this machine. */
  public PullReport pullLocal(
      String remote, OstreeRepository from, PullOptions options, int threads, Progress progress)
      throws IOException {
    var source = new LocalObjects(from, threads);
    return new Pull(this, source, options, DeltaSource.none(), progress).run(remote);
  }

  /** Replaces damaged and missing objects by those of another repository on this machine. */
  public RepairReport repair(OstreeRepository from, int threads, Progress progress)
      throws IOException {
    return Repair.run(this, new LocalObjects(from, threads), threads, progress);
  }

  /** Replaces damaged and missing objects by those of a repository on a web server. */
  public RepairReport repair(Fetcher fetcher, List<URI> addresses, int threads, Progress progress)
      throws IOException {
    var source = new RemoteObjects(new RemoteFiles(fetcher, addresses, freeSpace));
    return Repair.run(this, source, threads, progress);
  }

  /** Writes what the repository offers to its summary, and the indexes of static deltas. */
  public Summary writeSummary(Instant at) throws IOException {
    return Signatures.writeSummary(this, at);
  }

  /** The summary as it was written last. */
  public Optional<Summary> summary() throws IOException {
    Path file = directory.resolve(Summary.FILE);
    return Files.exists(file)
        ? Optional.of(Summary.read(Files.readAllBytes(file), file.toString()))
        : Optional.empty();
  }

  /** Adds a signature to a commit's detached metadata. */
  public void signCommit(Digest commit, Signing signing) throws IOException {
    Signatures.signCommit(this, commit, signing);
  }

  /** Adds a signature to the summary as it was written last. */
  public void signSummary(Signing signing) throws IOException {
    Signatures.signSummary(this, signing);
  }

  /**
   * Checks a commit's signatures.
   *
   * @return one sentence for each that counts
   * @throws dev.slipway.signature.UntrustedException if one that is wanted is missing or does not
   *     count
   */
  public List<String> verifyCommit(Digest commit, Verification wanted) throws IOException {
    return wanted.verify(
        objects.metadata(ObjectName.commit(commit)), detachedMetadata(commit), "commit " + commit);
  }

  /** Checks the summary's signatures, as {@link #verifyCommit}. */
  public List<String> verifySummary(Verification wanted) throws IOException {
    return Signatures.verifySummary(this, wanted);
  }

  /**
   * The tree of a commit. Its contents are read from the repository when they are opened, and held
   * against their checksums.
   */
  public Tree read(Digest commit) throws IOException {
    Commit read = commit(commit);
    return TreeRead.read(objects, read.tree(), read.meta());
  }

  /** As {@link #read(Digest)}, if the commit's signatures count. */
  public Tree read(Digest commit, Verification wanted) throws IOException {
    verifyCommit(commit, wanted);
    return read(commit);
  }
}
