// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.io.ByteSource;
import dev.slipway.ostree.gvariant.Variant;
import dev.slipway.ostree.gvariant.VariantDict;
import dev.slipway.ostree.object.Checksums;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Which static deltas lie in a repository, by their names alone: {@code
 * deltas/B6/4offrom-B64ofto/superblock}. For pruning and for the summary.
 */
final class StoredDeltas {
  private static final String KEY = "ostree.static-deltas";

  /**
   * A delta.
   *
   * @param from nothing for a delta that needs no other commit
   */
  record Entry(Optional<Digest> from, Digest to, Path directory) {
    /** As the summary names it. */
    String key() {
      return from.map(digest -> digest.hex() + "-").orElse("") + to.hex();
    }
  }

  private StoredDeltas() {}

  static List<Entry> list(OstreeRepository repository) throws IOException {
    Path root = repository.directory().resolve("deltas");
    var found = new ArrayList<Entry>();
    if (Files.isDirectory(root)) {
      try (Stream<Path> all = Files.find(root, 2, (path, a) -> a.isDirectory())) {
        for (Path directory : (Iterable<Path>) all.sorted()::iterator) {
          if (Files.exists(directory.resolve("superblock"))) {
            entry(root.relativize(directory).toString().replace("/", ""), directory)
                .ifPresent(found::add);
          }
        }
      }
    }
    return found;
  }

  private static Optional<Entry> entry(String name, Path directory) {
    int dash = name.indexOf('-');
    try {
      return Optional.of(
          new Entry(
              dash < 0 ? Optional.empty() : Optional.of(decode(name.substring(0, dash))),
              decode(name.substring(dash + 1)),
              directory));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // nobody's delta
    }
  }

  private static Digest decode(String name) {
    return Digest.fromBytes(Base64.getDecoder().decode(name.replace('_', '/')));
  }

  /** A digest as deltas' paths have it: base64 without its end, and no slash. */
  static String encode(Digest digest) {
    return Base64.getEncoder().withoutPadding().encodeToString(digest.bytes()).replace('/', '_');
  }

  /** The digests of the superblocks by the deltas' names, as {@code a{sv}}. */
  static VariantDict superblocks(List<Entry> entries) throws IOException {
    SortedMap<String, Variant> sorted = new TreeMap<>();
    for (Entry entry : entries) {
      Digest digest = Digest.of(ByteSource.file(entry.directory().resolve("superblock")));
      sorted.put(entry.key(), Checksums.of(digest));
    }
    VariantDict all = VariantDict.empty();
    for (var each : sorted.entrySet()) {
      all = all.with(each.getKey(), each.getValue());
    }
    return all;
  }

  /** Writes for every commit that deltas lead to which they are, and removes other such indexes. */
  static void writeIndexes(OstreeRepository repository, List<Entry> entries) throws IOException {
    Path root = repository.directory().resolve("delta-indexes");
    var byTarget = new TreeMap<Digest, List<Entry>>();
    entries.forEach(e -> byTarget.computeIfAbsent(e.to(), to -> new ArrayList<>()).add(e));
    var written = new ArrayList<Path>();
    for (var target : byTarget.entrySet()) {
      String name = encode(target.getKey());
      Path file = root.resolve(name.substring(0, 2)).resolve(name.substring(2) + ".index");
      Directories.makeAll(file.getParent());
      VariantDict index = VariantDict.empty().with(KEY, superblocks(target.getValue()).toVariant());
      Directories.replace(file, index.toBytes(), repository.syncs());
      written.add(file);
    }
    if (Files.isDirectory(root)) {
      try (Stream<Path> all = Files.find(root, 2, (path, a) -> a.isRegularFile())) {
        for (Path file : (Iterable<Path>) all::iterator) {
          if (file.toString().endsWith(".index") && !written.contains(file)) {
            Files.delete(file);
          }
        }
      }
    }
  }

  /** Removes the deltas whose commit is not there any more, and gives their names. */
  static List<String> removeOrphans(OstreeRepository repository) throws IOException {
    var removed = new ArrayList<String>();
    for (Entry entry : list(repository)) {
      if (!repository.has(dev.slipway.ostree.object.ObjectName.commit(entry.to()))) {
        Directories.removeTree(entry.directory());
        removed.add(entry.key());
      }
    }
    return removed;
  }
}
