// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.io.ByteSource;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.gvariant.Variant;
import dev.slipway.ostree.gvariant.VariantDict;
import dev.slipway.ostree.object.Checksums;
import dev.slipway.ostree.object.ObjectName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Which static deltas lie in a repository, for pruning and for the summary. */
final class StoredDeltas {
  private StoredDeltas() {}

  static List<DeltaName> list(OstreeRepository repository) throws IOException {
    Path root = repository.directory().resolve("deltas");
    var found = new ArrayList<DeltaName>();
    if (Files.isDirectory(root)) {
      try (Stream<Path> all = Files.find(root, 2, (path, a) -> a.isDirectory())) {
        for (Path directory : (Iterable<Path>) all.sorted()::iterator) {
          if (Files.exists(directory.resolve(DeltaSuperblock.FILE))) {
            DeltaName.ofPath(repository.directory().relativize(directory).toString())
                .ifPresent(found::add);
          }
        }
      }
    }
    return found;
  }

  private static Path directory(OstreeRepository repository, DeltaName delta) {
    return repository.directory().resolve(delta.path());
  }

  /** The digests of the superblocks by the deltas' names, as {@code a{sv}}. */
  static VariantDict superblocks(OstreeRepository repository, List<DeltaName> deltas)
      throws IOException {
    SortedMap<String, Variant> sorted = new TreeMap<>();
    for (DeltaName delta : deltas) {
      Path superblock = directory(repository, delta).resolve(DeltaSuperblock.FILE);
      sorted.put(delta.toString(), Checksums.of(Digest.of(ByteSource.file(superblock))));
    }
    VariantDict all = VariantDict.empty();
    for (var each : sorted.entrySet()) {
      all = all.with(each.getKey(), each.getValue());
    }
    return all;
  }

  /** Writes for every commit that deltas lead to which they are, and removes other such indexes. */
  static void writeIndexes(OstreeRepository repository, List<DeltaName> deltas) throws IOException {
    var byTarget = new TreeMap<Digest, List<DeltaName>>();
    deltas.forEach(d -> byTarget.computeIfAbsent(d.to(), to -> new ArrayList<>()).add(d));
    var written = new ArrayList<Path>();
    for (List<DeltaName> target : byTarget.values()) {
      Path file = repository.directory().resolve(target.get(0).indexPath());
      Directories.makeAll(file.getParent());
      VariantDict index =
          VariantDict.empty()
              .with(Summary.STATIC_DELTAS, superblocks(repository, target).toVariant());
      Directories.replace(file, index.toBytes(), repository.syncs());
      written.add(file);
    }
    Path root = repository.directory().resolve("delta-indexes");
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

  /** What {@link #writeIndexes} wrote to a file: superblocks' digests by the deltas' names. */
  static VariantDict indexed(byte[] index, String source) throws FormatException {
    return VariantDict.read(index, source)
        .find(Summary.STATIC_DELTAS, "a{sv}")
        .map(VariantDict::of)
        .orElseGet(VariantDict::empty);
  }

  /** Removes the deltas whose commit is not there any more, and gives their names. */
  static List<String> removeOrphans(OstreeRepository repository) throws IOException {
    var removed = new ArrayList<String>();
    for (DeltaName delta : list(repository)) {
      if (!repository.has(ObjectName.commit(delta.to()))) {
        Directories.removeTree(directory(repository, delta));
        removed.add(delta.toString());
      }
    }
    return removed;
  }
}
