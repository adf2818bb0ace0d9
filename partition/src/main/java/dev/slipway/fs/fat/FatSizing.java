// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.fat;

import dev.slipway.io.Size;
import java.util.Optional;

/**
 * Chooses a volume's geometry from its size, by mkfs.fat's rules: FAT32 from 512 MiB on, with
 * clusters that grow with the volume; below that clusters of 2 KiB, doubled until FAT12 or FAT16
 * can count them.
 *
 * <p>We differ in two places. Our types keep to the specification's cluster counts where mkfs.fat
 * only warns. And the first cluster lies on a multiple of 4 KiB and of its own size, for which the
 * reserved area is stretched by a few sectors.
 */
final class FatSizing {
  private static final int FAT32_RESERVED_SECTORS = 32;
  private static final int TABLE_COUNT = 2;
  private static final int ROOT_ENTRIES = 512;
  private static final int DATA_ALIGNMENT_BYTES = 4096;
  private static final int SECTORS_PER_CLUSTER_MAX = 128;
  private static final long FAT32_FROM_BYTES = Size.mib(512).bytes();
  private static final long TOTAL_SECTORS_MAX = 0xffff_ffffL;

  private FatSizing() {}

  /**
   * @param rootEntriesNeeded entries of 32 bytes in the root directory
   * @throws IllegalArgumentException when no geometry of the wanted type fits the size
   */
  static FatGeometry choose(FatOptions options, long rootEntriesNeeded) {
    long bytes = options.size().bytes();
    FatType forced = options.type().orElse(bytes >= FAT32_FROM_BYTES ? FatType.FAT32 : null);
    if (bytes / options.sectorBytes() > TOTAL_SECTORS_MAX) {
      throw new IllegalArgumentException(
          "a FAT volume has at most 2^32 - 1 sectors, " + options.size() + " is more");
    }
    if (forced == FatType.FAT32) {
      return fat32(options);
    }
    int rootEntries = rootEntries(options, rootEntriesNeeded);
    int first = options.sectorsPerCluster() > 0 ? options.sectorsPerCluster() : 4;
    int last = options.sectorsPerCluster() > 0 ? first : SECTORS_PER_CLUSTER_MAX;
    for (int cluster = first; cluster <= last; cluster *= 2) {
      for (FatType type : new FatType[] {FatType.FAT12, FatType.FAT16}) {
        Optional<FatGeometry> found = geometry(options, type, cluster, rootEntries);
        if ((forced == null || forced == type) && found.isPresent()) {
          return found.get();
        }
      }
    }
    for (int cluster = first / 2; cluster > 0 && options.sectorsPerCluster() == 0; cluster /= 2) {
      Optional<FatGeometry> found =
          forced == null ? Optional.empty() : geometry(options, forced, cluster, rootEntries);
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw refused(options, forced == null ? "FAT12 or FAT16" : forced.name());
  }

  private static FatGeometry fat32(FatOptions options) {
    int cluster =
        options.sectorsPerCluster() > 0
            ? options.sectorsPerCluster()
            : Math.max(
                1,
                clusterBytesOfFat32(options.size().bytes(), options.sectorBytes())
                    / options.sectorBytes());
    return geometry(options, FatType.FAT32, cluster, 0)
        .orElseThrow(() -> refused(options, FatType.FAT32.name()));
  }

  /** The table of the specification's "FAT32 cluster sizes", which mkfs.fat uses too. */
  private static int clusterBytesOfFat32(long bytes, int sectorBytes) {
    if (bytes <= Size.mib(260).bytes()) {
      return sectorBytes;
    }
    if (bytes <= Size.gib(8).bytes()) {
      return 4096;
    }
    if (bytes <= Size.gib(16).bytes()) {
      return 8192;
    }
    return bytes <= Size.gib(32).bytes() ? 16384 : 32768;
  }

  /** 512, or as many as the tree needs, in whole sectors. */
  private static int rootEntries(FatOptions options, long needed) {
    long perSector = options.sectorBytes() / FatGeometry.ENTRY_BYTES;
    long count = Math.max(ROOT_ENTRIES, (needed + perSector - 1) / perSector * perSector);
    if (count > 0xffff) {
      throw new IllegalArgumentException(
          "the root directory of FAT12 and FAT16 holds at most 65535 entries, the tree needs "
              + needed
              + ". Use FAT32 or put the files into directories.");
    }
    return (int) count;
  }

  /** The geometry of a type with clusters of a size, if the count of clusters is of that type. */
  private static Optional<FatGeometry> geometry(
      FatOptions options, FatType type, int sectorsPerCluster, int rootEntries) {
    int sectorBytes = options.sectorBytes();
    long total = options.size().bytes() / sectorBytes;
    long root = FatGeometry.rootSectors(rootEntries, sectorBytes);
    int reservedMin = type == FatType.FAT32 ? FAT32_RESERVED_SECTORS : 1;
    long alignment = Math.max(sectorsPerCluster, DATA_ALIGNMENT_BYTES / sectorBytes);
    long tables = tableSectors(type, total - reservedMin - root, sectorsPerCluster, sectorBytes);
    long start = reservedMin + TABLE_COUNT * tables + root;
    long reserved = reservedMin + (alignment - start % alignment) % alignment;
    FatGeometry found =
        new FatGeometry(
            type,
            sectorBytes,
            sectorsPerCluster,
            (int) reserved,
            TABLE_COUNT,
            tables,
            rootEntries,
            total);
    return found.dataStartSector() < total && type.fits(found.clusterCount())
        ? Optional.of(found)
        : Optional.empty();
  }

  /** The least size of one table, so that two of them leave no more clusters than they count. */
  private static long tableSectors(
      FatType type, long sectors, int sectorsPerCluster, int sectorBytes) {
    long low = 1;
    long high = Math.max(1, type.tableBytes(sectors / sectorsPerCluster + 2) / sectorBytes + 1);
    while (low < high) {
      long middle = (low + high) / 2;
      long clusters = Math.max(0, sectors - TABLE_COUNT * middle) / sectorsPerCluster;
      if (type.tableBytes(clusters + FatGeometry.FIRST_CLUSTER) <= middle * sectorBytes) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private static IllegalArgumentException refused(FatOptions options, String type) {
    String cluster =
        options.sectorsPerCluster() == 0
            ? ""
            : " in clusters of " + options.sectorsPerCluster() + " sectors";
    long clusterBytes = (long) options.sectorBytes() * Math.max(1, options.sectorsPerCluster());
    String advice =
        type.equals(FatType.FAT32.name())
            ? "FAT32 has at least "
                + FatType.FAT32.clustersMin()
                + " clusters, which takes about "
                + Size.bytes(FatType.FAT32.clustersMin() * (clusterBytes + 8))
                    .roundedUpTo(Size.mib(1))
                + "; give the volume another size or type"
            : "give the volume another size or type";
    return new IllegalArgumentException(
        "a volume of "
            + options.size()
            + " with sectors of "
            + options.sectorBytes()
            + " bytes"
            + cluster
            + " cannot be "
            + type
            + ": "
            + advice);
  }
}
