// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.fat;

/**
 * The three widths of the allocation table. Nothing in a volume says which one it has: the number
 * of clusters decides, by these limits.
 *
 * @see <a
 *     href="https://download.microsoft.com/download/1/6/1/161ba512-40e2-4cc9-843a-923143f3456c/fatgen103.doc">
 *     Microsoft FAT specification 1.03, "FAT Type Determination"</a>
 */
public enum FatType {
  FAT12(12, 0, 4084),
  FAT16(16, 4085, 65524),
  FAT32(32, 65525, 0x0fff_fff5);

  private final int bits;
  private final long clustersMin;
  private final long clustersMax;

  FatType(int bits, long clustersMin, long clustersMax) {
    this.bits = bits;
    this.clustersMin = clustersMin;
    this.clustersMax = clustersMax;
  }

  int bits() {
    return bits;
  }

  /** The fewest clusters of a volume of this type. */
  long clustersMin() {
    return clustersMin;
  }

  /** The most clusters of a volume of this type. */
  long clustersMax() {
    return clustersMax;
  }

  boolean fits(long clusterCount) {
    return clusterCount >= clustersMin && clusterCount <= clustersMax;
  }

  /** The type of a volume with so many clusters. */
  static FatType of(long clusterCount) {
    return clusterCount < FAT16.clustersMin
        ? FAT12
        : clusterCount < FAT32.clustersMin ? FAT16 : FAT32;
  }

  /** The bits of an entry that mean something: four of the 32 are reserved. */
  long mask() {
    return this == FAT32 ? 0x0fff_ffffL : (1L << bits) - 1;
  }

  /** From here on an entry says "last cluster of its chain". */
  long endOfChain() {
    return mask() - 7;
  }

  /** An entry that says "do not use: damaged". */
  long bad() {
    return mask() - 8;
  }

  /** How many bytes so many entries take. */
  long tableBytes(long entryCount) {
    return (entryCount * bits + 7) / 8;
  }
}
