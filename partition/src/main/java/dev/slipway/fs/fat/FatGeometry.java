// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.fat;

/**
 * Where the parts of a volume lie. Reserved sectors, allocation tables, root directory (not on
 * FAT32, where it is a chain like any other), clusters from number 2 on.
 */
record FatGeometry(
    FatType type,
    int sectorBytes,
    int sectorsPerCluster,
    int reservedSectors,
    int tableCount,
    long tableSectors,
    int rootEntries,
    long totalSectors) {
  static final int ENTRY_BYTES = 32;
  static final int FIRST_CLUSTER = 2;

  static long rootSectors(int rootEntries, int sectorBytes) {
    return ((long) rootEntries * ENTRY_BYTES + sectorBytes - 1) / sectorBytes;
  }

  long tableOffset(int number) {
    return (reservedSectors + number * tableSectors) * sectorBytes;
  }

  long rootOffset() {
    return tableOffset(tableCount);
  }

  long dataStartSector() {
    return reservedSectors + tableCount * tableSectors + rootSectors(rootEntries, sectorBytes);
  }

  long clusterCount() {
    return (totalSectors - dataStartSector()) / sectorsPerCluster;
  }

  /** The last valid cluster number, inclusive. */
  long lastCluster() {
    return clusterCount() + FIRST_CLUSTER - 1;
  }

  int clusterBytes() {
    return sectorsPerCluster * sectorBytes;
  }

  long clusterOffset(long cluster) {
    return dataStartSector() * sectorBytes + (cluster - FIRST_CLUSTER) * clusterBytes();
  }

  long clustersFor(long bytes) {
    return (bytes + clusterBytes() - 1) / clusterBytes();
  }
}
