// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.fat;

import dev.slipway.io.Size;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Node.Special;
import dev.slipway.tree.Node.Symlink;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import dev.slipway.volume.ComposedVolume;
import dev.slipway.volume.Volume;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lays a tree out as a volume. Every directory and file gets one unbroken run of clusters, in the
 * order of the tree, so the layout follows from the tree alone and every file can be rewritten in
 * place.
 */
final class FatWriter {
  private static final long FILE_BYTES_MAX = 0xffff_ffffL;
  private static final int PROBLEMS_SHOWN = 20;

  private final Tree tree;
  private final FatOptions options;

  /** The names of each directory in tree order, with their aliases. */
  private final Map<TreePath, List<FatNames.Named>> directories = new LinkedHashMap<>();

  /** The first cluster of everything that has one. */
  private final Map<TreePath, Long> clusters = new HashMap<>();

  private final List<String> problems = new ArrayList<>();
  private FatGeometry geometry;
  private byte[] table;
  private long nextFree = FatGeometry.FIRST_CLUSTER;

  FatWriter(Tree tree, FatOptions options) {
    this.tree = tree;
    this.options = options;
  }

  Volume volume() {
    checkNodes();
    nameEverything();
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          String.join("\n", problems.subList(0, Math.min(problems.size(), PROBLEMS_SHOWN))));
    }
    geometry = FatSizing.choose(options, entryCount(TreePath.ROOT));
    allocate();
    return ComposedVolume.build(
        options.size().bytes(),
        parts -> {
          addReserved(parts);
          addTables(parts);
          addDirectories(parts);
          addFiles(parts);
        });
  }

  private void checkNodes() {
    for (TreePath path : tree.entries().keySet()) {
      Inode inode = tree.inode(path).orElseThrow();
      if (inode instanceof Symlink) {
        problems.add(path + ": FAT has no symbolic links; put the file itself here");
      } else if (inode instanceof Special) {
        problems.add(path + ": FAT has no devices, fifos or sockets");
      } else if (inode instanceof RegularFile file && file.content().sizeBytes() > FILE_BYTES_MAX) {
        problems.add(
            path
                + ": a FAT file has at most "
                + FILE_BYTES_MAX
                + " bytes, this one has "
                + file.content().sizeBytes());
      }
      if (!path.isRoot()) {
        FatNames.problem(path.name()).ifPresent(why -> problems.add(path + ": " + why));
      }
    }
  }

  private void nameEverything() {
    Map<TreePath, List<String>> children = new LinkedHashMap<>();
    tree.entries()
        .forEach(
            (path, node) -> {
              if (node instanceof Directory) {
                children.put(path, new ArrayList<>());
              }
              path.parent().ifPresent(parent -> children.get(parent).add(path.name()));
            });
    children.forEach(
        (directory, names) -> {
          Map<String, String> folded = new HashMap<>();
          for (String name : names) {
            String other = folded.putIfAbsent(FatNames.folded(name), name);
            if (other != null) {
              problems.add(
                  directory.child(name)
                      + ": FAT does not tell this name from \""
                      + other
                      + "\": they differ in case alone");
            }
          }
          directories.put(directory, FatNames.assign(names));
          if (entryCount(directory) > FatDirectory.ENTRIES_MAX) {
            problems.add(
                directory
                    + ": its names take "
                    + entryCount(directory)
                    + " entries, a FAT directory has at most "
                    + FatDirectory.ENTRIES_MAX);
          }
        });
  }

  /** How many entries a directory has: names, {@code .} and {@code ..} or the label. */
  private long entryCount(TreePath directory) {
    long names = directories.get(directory).stream().mapToLong(FatDirectory::entriesFor).sum();
    return names + (directory.isRoot() ? (options.label().isEmpty() ? 0 : 1) : 2);
  }

  private void allocate() {
    long needed = 0;
    for (TreePath path : tree.entries().keySet()) {
      needed += geometry.clustersFor(bytesInClusters(path));
    }
    if (needed > geometry.clusterCount()) {
      throw new IllegalArgumentException(
          "the tree needs "
              + Size.bytes(needed * geometry.clusterBytes())
              + ", the "
              + geometry.type()
              + " volume of "
              + options.size()
              + " holds "
              + Size.bytes(geometry.clusterCount() * geometry.clusterBytes())
              + ". Make the volume larger or remove files.");
    }
    FatType type = geometry.type();
    table = new byte[(int) type.tableBytes(FatGeometry.FIRST_CLUSTER + needed)];
    setEntry(0, type.mask() & ~0xffL | 0xf8); // the media byte of the boot sector again
    setEntry(1, type.mask()); // cleanly unmounted, no errors
    for (TreePath path : tree.entries().keySet()) {
      long count = geometry.clustersFor(bytesInClusters(path));
      if (count > 0) {
        clusters.put(path, nextFree);
        for (long i = 1; i < count; i++, nextFree++) {
          setEntry(nextFree, nextFree + 1);
        }
        setEntry(nextFree++, type.mask());
      }
    }
  }

  /** What an entry of the tree takes of the cluster area: FAT12's and FAT16's root lies outside. */
  private long bytesInClusters(TreePath path) {
    Node node = tree.inode(path).orElseThrow();
    if (node instanceof RegularFile file) {
      return file.content().sizeBytes();
    }
    if (path.isRoot() && geometry.type() != FatType.FAT32) {
      return 0;
    }
    return Math.max(1, entryCount(path) * FatDirectory.ENTRY_BYTES);
  }

  private void setEntry(long number, long value) {
    FatTable.put(geometry.type(), table, number, value);
  }

  private void addReserved(ComposedVolume.Builder parts) {
    boolean wide = geometry.type() == FatType.FAT32;
    BootSector boot =
        new BootSector(
            geometry, options.label(), options.serial(), wide ? clusters.get(TreePath.ROOT) : 0);
    parts.bytes(0, boot.bytes());
    if (wide) {
      long free = geometry.lastCluster() + 1 - nextFree;
      byte[] info = BootSector.fsInfo(free, free == 0 ? 0xffff_ffffL : nextFree);
      int sector = geometry.sectorBytes();
      parts.bytes((long) BootSector.FS_INFO_SECTOR * sector, info);
      parts.bytes((long) BootSector.BACKUP_SECTOR * sector, boot.bytes());
      parts.bytes((long) (BootSector.BACKUP_SECTOR + BootSector.FS_INFO_SECTOR) * sector, info);
    }
  }

  private void addTables(ComposedVolume.Builder parts) {
    for (int i = 0; i < geometry.tableCount(); i++) {
      parts.bytes(geometry.tableOffset(i), table);
    }
  }

  private void addDirectories(ComposedVolume.Builder parts) {
    directories.forEach(
        (path, names) -> {
          boolean fixed = path.isRoot() && geometry.type() != FatType.FAT32;
          long offset = fixed ? geometry.rootOffset() : geometry.clusterOffset(clusters.get(path));
          parts.bytes(offset, directory(path, names));
        });
  }

  private byte[] directory(TreePath path, List<FatNames.Named> names) {
    FatDirectory out = new FatDirectory();
    if (!path.isRoot()) {
      TreePath parent = path.parent().orElseThrow();
      out.dots(clusters.get(path), parent.isRoot() ? 0 : clusters.get(parent), time(path));
    } else if (!options.label().isEmpty()) {
      out.label(options.label(), time(path));
    }
    for (FatNames.Named named : names) {
      TreePath child = path.child(named.name());
      long cluster = clusters.getOrDefault(child, 0L);
      if (tree.inode(child).orElseThrow() instanceof RegularFile file) {
        out.file(named, time(child), cluster, file.content().sizeBytes());
      } else {
        out.directory(named, time(child), cluster);
      }
    }
    return out.bytes();
  }

  private FatTime time(TreePath path) {
    return FatTime.of(tree.inode(path).orElseThrow().metadata().mtimeSeconds());
  }

  private void addFiles(ComposedVolume.Builder parts) {
    for (TreePath path : tree.entries().keySet()) {
      if (tree.inode(path).orElseThrow() instanceof RegularFile file) {
        Content content = file.content();
        for (Content.Range range : content.data()) {
          parts.content(
              geometry.clusterOffset(clusters.get(path)) + range.offset(),
              path.toString(),
              content,
              range.offset(),
              range.length());
        }
      }
    }
  }
}
