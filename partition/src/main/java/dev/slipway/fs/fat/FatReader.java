// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.fat;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.tree.Content;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import dev.slipway.tree.Xattrs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads a volume from its root directory down. */
final class FatReader {
  private static final int DEPTH_MAX = 128;
  private static final int ENTRIES_MAX = 1 << 20;

  /** A directory yet to be read. */
  private record Pending(TreePath path, long cluster) {}

  private final BlockSource source;
  private final String name;
  private final SortedMap<TreePath, FatRuns> places = new TreeMap<>();

  /** The first cluster of each directory that has one. */
  private final SortedMap<TreePath, Long> directories = new TreeMap<>();

  private FatGeometry geometry;
  private FatTable table;
  private String label;
  private int entries;

  FatReader(BlockSource source, String name) {
    this.source = source;
    this.name = name;
  }

  FatVolume read() throws IOException {
    if (source.size() < BootSector.BYTES) {
      throw new FormatException(
          name + ": has " + source.size() + " bytes, a FAT volume has at least 512");
    }
    BootSector boot = BootSector.read(name, source.readFully(0, BootSector.BYTES), source.size());
    geometry = boot.geometry();
    table = new FatTable(source, name, geometry);
    label = boot.label();
    Tree tree = readTree(boot.rootCluster());
    return new FatVolume(geometry, label, boot.serial(), table.freeCount(), tree, places);
  }

  private Tree readTree(long rootCluster) throws IOException {
    TreeBuilder tree = Tree.empty().toBuilder();
    tree.put(TreePath.ROOT, new Directory(Metadata.mode(0755)));
    Deque<Pending> pending = new ArrayDeque<>();
    pending.push(new Pending(TreePath.ROOT, rootCluster));
    while (!pending.isEmpty()) {
      Pending next = pending.pop();
      readDirectory(next, tree, pending);
    }
    return tree.build();
  }

  private void readDirectory(Pending directory, TreeBuilder tree, Deque<Pending> pending)
      throws IOException {
    TreePath path = directory.path();
    directories.put(path, directory.cluster());
    if (path.names().size() > DEPTH_MAX) {
      throw error(path, "directories are nested more than " + DEPTH_MAX + " deep");
    }
    var slots =
        new FatEntries(
            name, path.toString(), directoryBytes(directory), geometry.type() == FatType.FAT32);
    for (FatEntries.Entry entry = slots.next(); entry != null; entry = slots.next()) {
      if ((entry.attributes() & FatDirectory.VOLUME_ID) != 0) {
        label = path.isRoot() ? entry.name() : label;
        continue;
      }
      if (++entries > ENTRIES_MAX) {
        throw error(path, "the volume has more than " + ENTRIES_MAX + " files");
      }
      TreePath child = child(path, entry.name());
      if (tree.node(child).isPresent()) {
        throw error(child, "the directory has this name twice");
      }
      if ((entry.attributes() & FatDirectory.DIRECTORY) != 0) {
        tree.put(child, new Directory(metadata(0755, entry)));
        pending.push(new Pending(child, entry.cluster()));
      } else {
        int mode = (entry.attributes() & FatDirectory.READ_ONLY) != 0 ? 0444 : 0644;
        tree.put(child, new RegularFile(metadata(mode, entry), content(child, entry)));
      }
    }
  }

  private TreePath child(TreePath path, String entryName) throws FormatException {
    try {
      return path.child(entryName);
    } catch (IllegalArgumentException e) {
      throw new FormatException(name + ": " + path + ": " + e.getMessage(), e);
    }
  }

  private static Metadata metadata(int mode, FatEntries.Entry entry) {
    return new Metadata(mode, 0, 0, entry.written().unixSeconds(), 0, Xattrs.NONE);
  }

  private byte[] directoryBytes(Pending directory) throws IOException {
    if (directory.path().isRoot() && geometry.type() != FatType.FAT32) {
      return source.readFully(
          geometry.rootOffset(), geometry.rootEntries() * FatDirectory.ENTRY_BYTES);
    }
    long clustersMax =
        geometry.clustersFor((long) FatDirectory.ENTRIES_MAX * FatDirectory.ENTRY_BYTES);
    var bytes = new ByteArrayOutputStream();
    for (FatTable.Run run :
        table.chain(directory.path().toString(), directory.cluster(), clustersMax)) {
      bytes.writeBytes(
          source.readFully(
              geometry.clusterOffset(run.cluster()),
              (int) (run.count() * geometry.clusterBytes())));
    }
    return bytes.toByteArray();
  }

  private Content content(TreePath path, FatEntries.Entry entry) throws IOException {
    long size = entry.size();
    if (size == 0) {
      if (entry.cluster() != 0) {
        table.chain(path.toString(), entry.cluster(), geometry.clusterCount());
      }
      return Content.EMPTY;
    }
    FatRuns runs =
        FatRuns.of(
            table.chain(path.toString(), entry.cluster(), geometry.clusterCount()), geometry, size);
    if (runs.bytes() < size) {
      throw error(path, "has " + size + " bytes, its clusters hold " + runs.bytes());
    }
    places.put(path, runs);
    return Content.undigested(size, List.of(new Content.Range(0, size)), () -> runs.open(source));
  }

  FatGeometry geometry() {
    return geometry;
  }

  FatTable table() {
    return table;
  }

  /** The first cluster of a directory below the root. */
  long firstCluster(TreePath directory) {
    return directories.get(directory);
  }

  /** The runs of a file that has bytes. */
  FatRuns runs(TreePath file) {
    return places.get(file);
  }

  private FormatException error(TreePath path, String message) {
    return new FormatException(name + ": " + path + ": " + message);
  }
}
