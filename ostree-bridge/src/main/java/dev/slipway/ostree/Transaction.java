// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.io.ByteSource;
import dev.slipway.io.FileGate;
import dev.slipway.ostree.object.FileHeader;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.ostree.object.ObjectType;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Objects on their way into a repository. They are written to {@code tmp/} and get their names, all
 * of them, only when {@link #commit} is called; closing without that leaves nothing behind.
 *
 * <p>The order makes sudden death harmless: first all bytes are on the disk, then objects get their
 * names, commits last, and only then may somebody write a ref. While a transaction is open, nothing
 * is pruned by anybody.
 *
 * <p>Objects may be written by several threads at once; opening, {@link #commit} and closing belong
 * to one thread.
 */
public final class Transaction implements Closeable {
  private static final String PREFIX = "slipway-";

  private final OstreeRepository repository;
  private final ObjectStore store;
  private final FileGate gate;
  private final FileGate.Pass pass;
  private final Path staging;
  private final ContentWriter contents;
  private final StagedObjects staged = new StagedObjects();
  private final Set<ObjectName> damaged = ConcurrentHashMap.newKeySet();
  private final AtomicLong drafts = new AtomicLong();
  private final AtomicInteger contentsSeen = new AtomicInteger();
  private final AtomicInteger contentsWritten = new AtomicInteger();
  private final AtomicInteger metadataSeen = new AtomicInteger();
  private final AtomicInteger metadataWritten = new AtomicInteger();
  private final AtomicLong contentBytes = new AtomicLong();

  private Transaction(
      OstreeRepository repository, FileGate gate, FileGate.Pass pass, Path staging) {
    this.repository = repository;
    this.store = repository.objects();
    this.gate = gate;
    this.pass = pass;
    this.staging = staging;
    this.contents =
        new ContentWriter(this, store.form(), repository.mode(), repository.freeSpace());
  }

  static Transaction begin(OstreeRepository repository) throws IOException {
    FileGate gate = FileGate.open(repository.lockFile());
    FileGate.Pass pass = null;
    try {
      sweep(gate, repository.temporary());
      pass = gate.shared();
      Path staging = Files.createTempDirectory(repository.temporary(), PREFIX);
      return new Transaction(repository, gate, pass, staging);
    } catch (IOException | RuntimeException e) {
      if (pass != null) {
        pass.close();
      }
      gate.close();
      throw e;
    }
  }

  /** When nobody else is in, what transactions left in {@code tmp/} are those of the dead. */
  private static void sweep(FileGate gate, Path temporary) throws IOException {
    Optional<FileGate.Pass> alone = gate.tryExclusive();
    if (alone.isPresent()) {
      try (FileGate.Pass held = alone.get()) {
        sweepDead(temporary);
      }
    }
  }

  /** Removes what dead transactions left. The repository's lock is held alone. */
  static void sweepDead(Path temporary) throws IOException {
    try (var all = Files.newDirectoryStream(temporary, PREFIX + "*")) {
      for (Path dead : all) {
        Directories.removeTree(dead);
      }
    }
  }

  /** Whether an object is in the repository or about to be. */
  public boolean has(ObjectName name) {
    return staged.contains(name) || (store.has(name) && !damaged.contains(name));
  }

  /** Takes an object for missing, so that writing it replaces what is there. */
  void replaceDamaged(ObjectName name) {
    damaged.add(name);
  }

  /** A metadata object, whether it has its name already or not. */
  byte[] metadata(ObjectName name) throws IOException {
    OptionalLong draft = staged.draft(name);
    return draft.isEmpty() ? store.metadata(name) : Files.readAllBytes(file(draft.getAsLong()));
  }

  /** Whether files are kept as archives hold them. */
  boolean keepsArchived() {
    return contents.keepsArchived();
  }

  /** Refuses what would leave less room on the disk than the repository keeps free. */
  void requireSpace(long bytes) throws IOException {
    contents.requireSpace(bytes);
  }

  /**
   * Takes over a file as archives hold it ({@code .filez}) that lies at a {@link #draft}, when its
   * content is what its name says; removes it otherwise.
   */
  void adoptArchived(ObjectName name, Path draft) throws IOException {
    contentsSeen.incrementAndGet();
    contents.adoptArchived(name, draft);
  }

  /** Writes a directory's or a commit's object and gives its checksum. */
  public Digest writeMetadata(ObjectType type, byte[] bytes) throws IOException {
    if (!type.isMetadata()) {
      throw new IllegalArgumentException("a " + type.extension() + " is not named by its bytes");
    }
    if (bytes.length > ObjectType.METADATA_BYTES_MAX) {
      throw new IOException(
          "a "
              + type.extension()
              + " of "
              + bytes.length
              + " bytes; ostree reads at most "
              + ObjectType.METADATA_BYTES_MAX);
    }
    var name = new ObjectName(Digest.of(bytes), type);
    metadataSeen.incrementAndGet();
    if (!has(name)) {
      metadataWritten.incrementAndGet();
      stage(name, bytes);
    }
    return name.checksum();
  }

  /** Writes a commit's detached metadata in place of what is there. */
  public void writeDetached(Digest commit, byte[] bytes) throws IOException {
    stage(ObjectName.commitMeta(commit), bytes);
  }

  private void stage(ObjectName name, byte[] bytes) throws IOException {
    Path draft = draft();
    Files.write(draft, bytes);
    PlainFiles.setMode(draft, PlainFiles.OBJECT_MODE);
    staged.put(name, number(draft));
  }

  /** Writes a symbolic link's object and gives its checksum. */
  public Digest writeSymlink(FileHeader header) throws IOException {
    return write(header, 0, ByteSource.bytes());
  }

  /**
   * Writes a file's object and gives its checksum. Content that the repository has already is read,
   * but not written.
   *
   * @throws IOException if the content has another size, or the repository's mode cannot hold it
   */
  public Digest write(FileHeader header, long sizeBytes, ByteSource content) throws IOException {
    contentsSeen.incrementAndGet();
    return contents.write(header, sizeBytes, content);
  }

  /** Takes over a finished draft of a file object. */
  void keep(ObjectName name, Path draft, long sizeBytes) throws IOException {
    if (staged.putIfAbsent(name, number(draft))) {
      contentsWritten.incrementAndGet();
      contentBytes.addAndGet(sizeBytes);
    } else {
      Files.delete(draft); // another thread wrote the same at the same time
    }
  }

  /** A directory for files that nobody needs when the transaction is over. */
  Path workDirectory() throws IOException {
    return Files.createTempDirectory(staging, "work-");
  }

  /** A name in the staging directory where nothing is, for an object that is being written. */
  Path draft() {
    return file(drafts.getAndIncrement());
  }

  private Path file(long draft) {
    return staging.resolve(Long.toString(draft));
  }

  private static long number(Path draft) {
    return Long.parseLong(draft.getFileName().toString());
  }

  /** Gives all objects their names, so that the transaction can go on with further ones. */
  public void publish() throws IOException {
    if (staged.isEmpty()) {
      return;
    }
    boolean sync = repository.syncs();
    if (sync) {
      HostCalls.load().syncFileSystem(staging.toString());
    }
    var commits = new ArrayList<ObjectName>();
    staged.forEach(
        (name, draft) -> {
          if (name.type() == ObjectType.COMMIT) {
            commits.add(name);
          } else {
            move(file(draft), store.file(name));
          }
        });
    if (sync && !commits.isEmpty()) {
      HostCalls.load().syncFileSystem(staging.toString()); // the names of what commits name
    }
    for (ObjectName commit : commits) {
      move(file(staged.draft(commit).orElseThrow()), store.file(commit));
    }
    if (sync) {
      HostCalls.load().syncFileSystem(staging.toString());
    }
    staged.clear();
    damaged.clear();
  }

  private static void move(Path draft, Path file) throws IOException {
    if (!Files.isDirectory(file.getParent())) {
      Directories.makeAll(file.getParent());
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Gives all objects their names and says what was new among them. */
  public TransactionReport commit() throws IOException {
    publish();
    return new TransactionReport(
        metadataSeen.get(),
        metadataWritten.get(),
        contentsSeen.get(),
        contentsWritten.get(),
        contentBytes.get());
  }

  /** Counts a content that was known and not read. */
  void countKnown() {
    contentsSeen.incrementAndGet();
  }

  @Override
  public void close() throws IOException {
    try {
      Directories.removeTree(staging);
    } finally {
      try {
        pass.close();
      } finally {
        gate.close();
      }
    }
  }
}
