// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import dev.slipway.digest.Digest;
import dev.slipway.io.FileGate;
import dev.slipway.io.FormatException;
import dev.slipway.store.StoreEntry.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A cache in a directory: blobs named by their digests, and results of steps named by the key of
 * their inputs. Everything in it can be made again, so what is cut off or has lost its information
 * counts as absent. Whether a blob of the right size has the right bytes is seen by {@link #verify}
 * alone; it removes what has not.
 *
 * <p>Several processes and threads may use one directory. A process may die at any moment: what it
 * was writing is not in the store, and goes with the next sweep. What a store has given out or
 * taken in stays there at least until the store is closed, whatever anybody prunes.
 *
 * <pre>{@code
 * try (Store store = Store.open(dir); BlobWriter out = store.newBlob("hello")) {
 *   out.write(bytes);
 *   Blob blob = out.commit();
 * }
 * }</pre>
 */
public final class Store implements Closeable {
  private final Path directory;
  private final StoreLayout layout;
  private final FileGate gate;
  private final Lease lease;
  private final AtomicLong files = new AtomicLong();
  private final Set<Path> marked = ConcurrentHashMap.newKeySet();
  private final Map<Digest, Blob> known = new ConcurrentHashMap<>();
  private final Map<Digest, PackFile> packs = new HashMap<>();
  private final List<PackFile> opened = new ArrayList<>();
  private volatile boolean closed;

  private Store(Path directory, StoreLayout layout, FileGate gate, Lease lease) {
    this.directory = directory;
    this.layout = layout;
    this.gate = gate;
    this.lease = lease;
  }

  /** Opens the store in a directory, which is made when it is missing, and sweeps out litter. */
  public static Store open(Path directory) throws IOException {
    StoreLayout layout = StoreLayout.make(directory);
    FileGate gate = FileGate.open(directory.resolve("lock"));
    try (FileGate.Pass alone = gate.exclusive()) {
      Lease.sweep(layout.users());
      return new Store(directory, layout, gate, Lease.take(layout.users()));
    } catch (IOException | RuntimeException e) {
      gate.close();
      throw e;
    }
  }

  /** The directory the store lies in. */
  public Path directory() {
    return directory;
  }

  /** The blob of a digest, if it is here and as long as it should be. */
  public Optional<Blob> find(Digest digest) throws IOException {
    requireOpen();
    try (FileGate.Pass pass = gate.shared()) {
      return findInside(digest);
    }
  }

  private Optional<Blob> findInside(Digest digest) throws IOException {
    Path path = layout.blob(digest);
    try {
      Blob before = known.get(digest);
      if (before != null && Files.size(path) == before.size()) {
        return Optional.of(before);
      }
      BlobInfo info = BlobInfo.read(layout.info(digest));
      if (Files.size(path) != info.size()) {
        return Optional.empty();
      }
      mark(path);
      var blob = new Blob(digest, info.size(), path, info.label());
      known.put(digest, blob);
      return Optional.of(blob);
    } catch (NoSuchFileException | FormatException e) {
      return Optional.empty();
    }
  }

  /** Marks a file as in use: see {@link Lease}. */
  private void mark(Path path) throws IOException {
    if (marked.add(path)) {
      Files.setLastModifiedTime(path, now());
    }
  }

  private FileTime now() {
    FileTime now = FileTime.fromMillis(System.currentTimeMillis());
    return now.compareTo(lease.since()) < 0 ? lease.since() : now;
  }

  /** Starts a blob without a label. */
  public BlobWriter newBlob() throws IOException {
    return newBlob("");
  }

  /**
   * Starts a blob.
   *
   * @param label what a person would call it; shown by {@link #list}
   */
  public BlobWriter newBlob(String label) throws IOException {
    return newBlob(Kind.BLOB, label);
  }

  BlobWriter newBlob(Kind kind, String label) throws IOException {
    requireOpen();
    return new BlobWriter(this, newFile(), kind, label);
  }

  /** Starts a pack, into which contents go one after the other. */
  public PackWriter newPack(String label) throws IOException {
    requireOpen();
    return new PackWriter(this, newFile(), label);
  }

  Path newFile() {
    return lease.newFile(files.getAndIncrement());
  }

  /** Moves a finished file in. */
  Blob add(Path file, Digest digest, long size, Kind kind, String label) throws IOException {
    requireOpen();
    Path path = layout.blob(digest);
    Path info = newFile();
    try (FileGate.Pass pass = gate.shared()) {
      Files.createDirectories(path.getParent());
      layout.write(info, new BlobInfo(size, kind, label).bytes());
      Files.setLastModifiedTime(file, now());
      // The information first: without its blob it means nothing, the other way round it would be
      // missed.
      Files.move(info, layout.info(digest), StandardCopyOption.ATOMIC_MOVE);
      Files.move(file, path, StandardCopyOption.ATOMIC_MOVE);
      marked.add(path);
    } finally {
      Files.deleteIfExists(info);
    }
    return new Blob(digest, size, path, label);
  }

  /**
   * The result kept under a key, if it is whole and everything it stands on is still here.
   *
   * @see #putResult(Key, byte[], Collection)
   */
  public Optional<byte[]> result(Key key) throws IOException {
    requireOpen();
    Path path = layout.result(key.digest());
    try (FileGate.Pass pass = gate.shared()) {
      StoredResult result = StoredResult.read(path);
      for (Digest blob : result.blobs()) {
        if (findInside(blob).isEmpty()) {
          return Optional.empty();
        }
      }
      mark(path);
      return Optional.of(result.value());
    } catch (NoSuchFileException | FormatException e) {
      return Optional.empty();
    }
  }

  /** Keeps a result that stands on its own. */
  public void putResult(Key key, byte[] value) throws IOException {
    putResult(key, value, List.of());
  }

  /**
   * Keeps a result under a key; one that was there is replaced.
   *
   * @param blobs what the value refers to: when one of them goes, so does the result
   */
  public void putResult(Key key, byte[] value, Collection<Digest> blobs) throws IOException {
    var result = new StoredResult(key, List.copyOf(blobs), value);
    place(result.bytes(), layout.result(key.digest()));
  }

  /** Remembers the key a step was last run with, so that the next run can say what changed. */
  public void recordKey(String step, Key key) throws IOException {
    place(new StoredResult(key, List.of(), new byte[0]).bytes(), layout.lastKey(step));
  }

  /** The key that was last {@linkplain #recordKey recorded} for a step. */
  public Optional<Key> lastKey(String step) throws IOException {
    requireOpen();
    try {
      return Optional.of(StoredResult.read(layout.lastKey(step)).key());
    } catch (NoSuchFileException | FormatException e) {
      return Optional.empty();
    }
  }

  private void place(byte[] bytes, Path path) throws IOException {
    requireOpen();
    Path file = newFile();
    try (FileGate.Pass pass = gate.shared()) {
      Files.createDirectories(path.getParent());
      layout.write(file, bytes);
      Files.setLastModifiedTime(file, now());
      Files.move(file, path, StandardCopyOption.ATOMIC_MOVE);
      marked.add(path);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** Everything in the store, the most recently used first. */
  public List<StoreEntry> list() throws IOException {
    requireOpen();
    try (FileGate.Pass pass = gate.shared()) {
      return StoreSweep.list(layout);
    }
  }

  /**
   * Removes what has not been used for long, and then the least recently used until the rest fits;
   * results whose blobs are gone go too. What a living process has used since it opened the store
   * is left alone, even when that is too much.
   *
   * @param maxBytes how much may stay
   * @param maxAge how long something may lie unused
   */
  public PruneReport prune(long maxBytes, Duration maxAge) throws IOException {
    requireOpen();
    try (FileGate.Pass alone = gate.exclusive()) {
      List<FileTime> users = Lease.sweep(layout.users());
      return StoreSweep.prune(layout, users, maxBytes, maxAge);
    }
  }

  /**
   * Reads every blob and result and compares it with its name; what does not match is removed.
   *
   * @return what was damaged
   */
  public List<StoreEntry> verify() throws IOException {
    requireOpen();
    var suspects = new ArrayList<StoreEntry>();
    for (StoreEntry entry : list()) {
      if (!StoreSweep.isWhole(layout, entry)) {
        suspects.add(entry);
      }
    }
    var damaged = new ArrayList<StoreEntry>();
    try (FileGate.Pass alone = gate.exclusive()) {
      for (StoreEntry entry : suspects) {
        // Since then another process may have removed it or made it anew.
        if (StoreSweep.isThere(layout, entry) && !StoreSweep.isWhole(layout, entry)) {
          marked.remove(StoreSweep.remove(layout, entry));
          known.remove(entry.digest());
          closePack(entry.digest());
          damaged.add(entry);
        }
      }
    }
    return damaged;
  }

  /** The pack of a digest, opened at its first use and closed with the store. */
  PackFile pack(Blob blob) {
    synchronized (packs) {
      return packs.computeIfAbsent(
          blob.digest(), digest -> track(PackFile.committed(this, blob.path(), digest)));
    }
  }

  /** Lets go of a pack's file, so that what takes its place is what will be read. */
  private void closePack(Digest digest) throws IOException {
    synchronized (packs) {
      packs.remove(digest);
      for (PackFile pack : opened) {
        if (pack.digest().filter(digest::equals).isPresent()) {
          pack.close();
        }
      }
    }
  }

  PackFile track(PackFile pack) {
    synchronized (packs) {
      opened.add(pack);
      return pack;
    }
  }

  IOException failed(IOException e) {
    return layout.failed(e);
  }

  void requireOpen() throws IOException {
    if (closed) {
      throw new IOException("the store in " + directory + " is closed");
    }
  }

  /** Closes all files, and gives up the claim on everything that was used. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    synchronized (packs) {
      for (PackFile pack : opened) {
        pack.close();
      }
    }
    try (FileGate.Pass pass = gate.shared()) {
      lease.release();
    } finally {
      gate.close();
    }
  }
}
