// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.fat;

import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.io.Size;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Gives one directory of a volume other files, in place and in an order that a cut cannot hurt:
 *
 * <ol>
 *   <li>the directory says that it is empty: one sector;
 *   <li>the new files' bytes go into clusters that belong to nothing else;
 *   <li>the allocation tables chain these up. What belongs to others keeps its entries, so a table
 *       that was written in part still is right for it;
 *   <li>the directory names the new files: one sector.
 * </ol>
 *
 * <p>Each step is flushed before the next. After a cut some clusters may belong to nothing; the
 * next run finds and uses them.
 */
final class FatRewriter {
  /** A table for more than 4 million clusters is none of an EFI system partition. */
  private static final int TABLE_BYTES_MAX = 16 << 20;

  private static final long NEXT_FREE_UNKNOWN = 0xFFFF_FFFFL;
  private static final int COPY_BYTES = 1 << 18;

  private final BlockSource source;
  private final BlockSink sink;
  private final String name;
  private final FatReader reader;
  private FatGeometry geometry;

  FatRewriter(BlockSource source, BlockSink sink, String name) {
    this.source = source;
    this.sink = sink;
    this.name = name;
    this.reader = new FatReader(source, name);
  }

  void replace(TreePath directory, SortedMap<String, Content> files, long mtimeSeconds)
      throws IOException {
    requireNames(files.keySet(), directory);
    BitSet own = clustersOfFiles(directory);
    geometry = reader.geometry();
    long tableBytes = geometry.tableSectors() * geometry.sectorBytes();
    if (tableBytes > TABLE_BYTES_MAX) {
      throw new FormatException(name + ": has too many clusters to be changed in place");
    }
    byte[] table = source.readFully(geometry.tableOffset(0), (int) tableBytes);
    List<Long> free = freeClusters(own, table);
    Map<String, List<Long>> places = allocate(files, free, directory);
    long at = geometry.clusterOffset(reader.firstCluster(directory));
    byte[] dots = source.readFully(at, 2 * FatDirectory.ENTRY_BYTES);
    byte[] names = names(dots, files, places, mtimeSeconds, directory);

    writeSector(at, Arrays.copyOf(dots, names.length));
    for (Map.Entry<String, Content> file : files.entrySet()) {
      writeFile(file.getValue(), places.get(file.getKey()));
    }
    sink.flush();
    writeTables(table, free, places);
    writeSector(at, names);
  }

  private static void requireNames(Set<String> names, TreePath directory) {
    var folded = new HashSet<String>();
    for (String name : names) {
      TreePath path = directory.child(name);
      FatNames.problem(name)
          .ifPresent(
              why -> {
                throw new IllegalArgumentException(path + ": " + why);
              });
      if (!folded.add(FatNames.folded(name))) {
        throw new IllegalArgumentException(
            path + ": FAT takes this name and another of " + names + " for the same");
      }
    }
  }

  private BitSet clustersOfFiles(TreePath directory) throws IOException {
    FatVolume volume = reader.read();
    boolean there = volume.tree().node(directory).orElse(null) instanceof Directory;
    if (directory.isRoot() || !there) {
      throw new IOException(name + ": there is no directory " + directory);
    }
    var own = new BitSet();
    for (TreePath path : volume.tree().entries().keySet()) {
      if (path.parent().filter(directory::equals).isPresent()) {
        if (!(volume.tree().inode(path).orElseThrow() instanceof RegularFile)) {
          throw new IOException(name + ": " + path + ": is in the way and no file");
        }
        addClusters(own, reader.runs(path));
      }
    }
    return own;
  }

  private void addClusters(BitSet own, FatRuns runs) {
    FatGeometry g = reader.geometry();
    for (int i = 0; runs != null && i < runs.offsets().length; i++) {
      long first =
          (runs.offsets()[i] - g.clusterOffset(FatGeometry.FIRST_CLUSTER)) / g.clusterBytes()
              + FatGeometry.FIRST_CLUSTER;
      own.set((int) first, (int) (first + g.clustersFor(runs.lengths()[i])));
    }
  }

  /** What belongs to nothing but the files that go; bad ones are marked as such in the table. */
  private List<Long> freeClusters(BitSet own, byte[] table) throws IOException {
    var free = new ArrayList<Long>();
    for (long i = FatGeometry.FIRST_CLUSTER; i <= geometry.lastCluster(); i++) {
      boolean unused = own.get((int) i) || !reader.table().isUsed(i);
      if (unused && reader.table().entry(i) != geometry.type().bad()) {
        free.add(i);
        FatTable.put(geometry.type(), table, i, 0);
      }
    }
    return free;
  }

  private Map<String, List<Long>> allocate(
      SortedMap<String, Content> files, List<Long> free, TreePath directory) throws IOException {
    var places = new TreeMap<String, List<Long>>();
    long needed = 0;
    for (Map.Entry<String, Content> file : files.entrySet()) {
      long count = geometry.clustersFor(file.getValue().sizeBytes());
      if (needed + count <= free.size()) {
        places.put(file.getKey(), free.subList((int) needed, (int) (needed + count)));
      }
      needed += count;
    }
    if (needed > free.size()) {
      throw new IOException(
          name
              + ": "
              + directory
              + ": the new files need "
              + Size.bytes(needed * geometry.clusterBytes())
              + ", there is room for "
              + Size.bytes((long) free.size() * geometry.clusterBytes())
              + ". Remove what else was put on this partition");
    }
    return places;
  }

  private byte[] names(
      byte[] dots,
      SortedMap<String, Content> files,
      Map<String, List<Long>> places,
      long mtimeSeconds,
      TreePath directory) {
    var out = new FatDirectory();
    for (FatNames.Named named : FatNames.assign(List.copyOf(files.keySet()))) {
      List<Long> clusters = places.get(named.name());
      out.file(
          named,
          FatTime.of(mtimeSeconds),
          clusters.isEmpty() ? 0 : clusters.get(0),
          files.get(named.name()).sizeBytes());
    }
    byte[] entries = out.bytes();
    // the entry behind the last one is zero, and ends the directory whatever follows
    if (dots.length + entries.length + FatDirectory.ENTRY_BYTES > BootSector.BYTES) {
      throw new IllegalArgumentException(
          directory + ": its names take more than one sector: " + files.keySet());
    }
    byte[] sector = Arrays.copyOf(dots, BootSector.BYTES);
    System.arraycopy(entries, 0, sector, dots.length, entries.length);
    return sector;
  }

  private void writeSector(long at, byte[] bytes) throws IOException {
    if (!Arrays.equals(source.readFully(at, bytes.length), bytes)) {
      sink.write(at, bytes);
      sink.flush();
    }
  }

  /** What lies there already is not written again. */
  private void writeFile(Content content, List<Long> clusters) throws IOException {
    int step = Math.max(1, COPY_BYTES / geometry.clusterBytes());
    try (InputStream in = content.open()) {
      for (int i = 0; i < clusters.size(); ) {
        int count = 1;
        while (count < step
            && i + count < clusters.size()
            && clusters.get(i + count) == clusters.get(i) + count) {
          count++;
        }
        byte[] bytes = new byte[count * geometry.clusterBytes()];
        in.readNBytes(bytes, 0, bytes.length);
        long at = geometry.clusterOffset(clusters.get(i));
        if (!Arrays.equals(source.readFully(at, bytes.length), bytes)) {
          sink.write(at, bytes);
        }
        i += count;
      }
    }
  }

  /** All copies, and the count of free clusters that FAT32 keeps. */
  private void writeTables(byte[] table, List<Long> free, Map<String, List<Long>> places)
      throws IOException {
    FatType type = geometry.type();
    int used = 0;
    for (List<Long> clusters : places.values()) {
      for (int i = 0; i < clusters.size(); i++) {
        boolean last = i == clusters.size() - 1;
        FatTable.put(type, table, clusters.get(i), last ? type.mask() : clusters.get(i + 1));
      }
      used += clusters.size();
    }
    int sector = geometry.sectorBytes();
    for (int copy = 0; copy < geometry.tableCount(); copy++) {
      long offset = geometry.tableOffset(copy);
      byte[] there = source.readFully(offset, table.length);
      for (int at = 0; at < table.length; at += sector) {
        if (!Arrays.equals(there, at, at + sector, table, at, at + sector)) {
          sink.write(offset + at, ByteBuffer.wrap(table, at, sector));
        }
      }
    }
    long at = (long) BootSector.FS_INFO_SECTOR * sector;
    byte[] info = BootSector.fsInfo(free.size() - used, NEXT_FREE_UNKNOWN);
    if (type == FatType.FAT32 && Arrays.equals(source.readFully(at, 4), Arrays.copyOf(info, 4))) {
      sink.write(at, info);
    }
    sink.flush();
  }
}
