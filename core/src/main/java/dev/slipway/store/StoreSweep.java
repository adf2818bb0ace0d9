// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import dev.slipway.digest.Digest;
import dev.slipway.io.ByteSource;
import dev.slipway.io.FormatException;
import dev.slipway.store.StoreEntry.Kind;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Looks through all of a store. The gate is held by whoever calls. */
final class StoreSweep {
  private StoreSweep() {}

  static List<StoreEntry> list(StoreLayout layout) throws IOException {
    var entries = new ArrayList<StoreEntry>();
    for (Path file : files(layout.blobs())) {
      if (!file.toString().endsWith(StoreLayout.INFO)) {
        entries.add(blob(layout, file));
      }
    }
    for (Path file : files(layout.results())) {
      entries.add(result(file));
    }
    entries.sort(
        Comparator.comparing(StoreEntry::lastUse)
            .reversed()
            .thenComparing(StoreEntry::kind)
            .thenComparing(StoreEntry::digest));
    return entries;
  }

  /** The files that are named as ours are; whatever else lies there is no concern of the store. */
  private static List<Path> files(Path root) throws IOException {
    var files = new ArrayList<Path>();
    try (DirectoryStream<Path> directories = Files.newDirectoryStream(root)) {
      for (Path directory : directories) {
        if (!StoreLayout.isDirectory(directory)) {
          continue;
        }
        try (DirectoryStream<Path> inside = Files.newDirectoryStream(directory)) {
          for (Path file : inside) {
            if (StoreLayout.isFile(file)) {
              files.add(file);
            }
          }
        }
      }
    }
    return files;
  }

  private static StoreEntry blob(StoreLayout layout, Path file) throws IOException {
    Digest digest = StoreLayout.digest(file);
    Instant lastUse = Files.getLastModifiedTime(file).toInstant();
    long size = Files.size(file);
    try {
      BlobInfo info = BlobInfo.read(layout.info(digest));
      return new StoreEntry(info.kind(), digest, size, lastUse, info.label());
    } catch (NoSuchFileException | FormatException e) {
      return new StoreEntry(Kind.BLOB, digest, size, lastUse, "damaged: its information is lost");
    }
  }

  private static StoreEntry result(Path file) throws IOException {
    Instant lastUse = Files.getLastModifiedTime(file).toInstant();
    String label;
    try {
      label = StoredResult.read(file).key().step();
    } catch (FormatException e) {
      label = "damaged";
    }
    return new StoreEntry(Kind.RESULT, StoreLayout.digest(file), Files.size(file), lastUse, label);
  }

  static PruneReport prune(StoreLayout layout, List<FileTime> users, long maxBytes, Duration maxAge)
      throws IOException {
    Instant usedSince = users.stream().min(Comparator.naturalOrder()).orElseThrow().toInstant();
    Instant oldest = oldest(maxAge);
    List<StoreEntry> entries = new ArrayList<>(list(layout));
    Collections.reverse(entries);
    long kept = entries.stream().mapToLong(StoreEntry::size).sum();
    long inUse = 0;
    var removed = new ArrayList<StoreEntry>();
    var gone = new HashSet<Digest>();
    for (StoreEntry entry : entries) {
      if (!entry.lastUse().isBefore(usedSince)) {
        inUse += entry.size();
      } else if (entry.lastUse().isBefore(oldest) || kept > maxBytes) {
        remove(layout, entry);
        removed.add(entry);
        kept -= entry.size();
        if (entry.kind() != Kind.RESULT) {
          gone.add(entry.digest());
        }
      }
    }
    entries.removeAll(removed);
    for (StoreEntry entry : entries) {
      if (entry.kind() == Kind.RESULT && refersTo(layout, entry, gone)) {
        remove(layout, entry);
        removed.add(entry);
        kept -= entry.size();
      }
    }
    removeOrphans(layout, usedSince);
    return new PruneReport(List.copyOf(removed), kept, inUse);
  }

  private static Instant oldest(Duration maxAge) {
    try {
      return Instant.ofEpochMilli(System.currentTimeMillis()).minus(maxAge);
    } catch (ArithmeticException | DateTimeException e) {
      return Instant.MIN; // longer than there has been time
    }
  }

  private static boolean refersTo(StoreLayout layout, StoreEntry result, Set<Digest> gone)
      throws IOException {
    if (gone.isEmpty()) {
      return false;
    }
    try {
      return StoredResult.read(layout.result(result.digest())).blobs().stream()
          .anyMatch(gone::contains);
    } catch (FormatException e) {
      return true;
    }
  }

  /** Information whose blob is not there, left by a process that died in between. */
  private static void removeOrphans(StoreLayout layout, Instant usedSince) throws IOException {
    for (Path file : files(layout.blobs())) {
      boolean info = file.toString().endsWith(StoreLayout.INFO);
      if (info
          && !Files.exists(layout.blob(StoreLayout.digest(file)))
          && Files.getLastModifiedTime(file).toInstant().isBefore(usedSince)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static Path path(StoreLayout layout, StoreEntry entry) {
    boolean result = entry.kind() == Kind.RESULT;
    return result ? layout.result(entry.digest()) : layout.blob(entry.digest());
  }

  static boolean isThere(StoreLayout layout, StoreEntry entry) {
    return Files.exists(path(layout, entry));
  }

  /** Removes the file of an entry and gives its path. */
  static Path remove(StoreLayout layout, StoreEntry entry) throws IOException {
    Path path = path(layout, entry);
    Files.deleteIfExists(path);
    if (entry.kind() != Kind.RESULT) {
      Files.deleteIfExists(layout.info(entry.digest()));
    }
    return path;
  }

  /** Whether an entry is what its name says. */
  static boolean isWhole(StoreLayout layout, StoreEntry entry) throws IOException {
    try {
      if (entry.kind() == Kind.RESULT) {
        StoredResult result = StoredResult.read(layout.result(entry.digest()));
        return result.key().digest().equals(entry.digest());
      }
      Path path = layout.blob(entry.digest());
      return BlobInfo.read(layout.info(entry.digest())).size() == Files.size(path)
          && Digest.of(ByteSource.file(path)).equals(entry.digest());
    } catch (NoSuchFileException | FormatException e) {
      return false;
    }
  }
}
