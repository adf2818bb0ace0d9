// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.fat;

import dev.slipway.tree.Tree;
import dev.slipway.volume.Extent;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;

/**
 * A FAT volume as it was found.
 *
 * @param label empty when it has none
 * @param serial the 32 bits shown as its id
 * @param tree directories have mode 0755, files 0644 or, when marked read-only, 0444
 * @param extents where the files lie, in the order of their offsets; bytes that follow each other
 *     in file and volume are one extent
 */
public record FatVolume(
    FatType type,
    String label,
    long serial,
    int sectorBytes,
    int clusterBytes,
    long clusterCount,
    long freeClusters,
    Tree tree,
    List<Extent> extents) {
  public FatVolume {
    extents = List.copyOf(extents);
  }

  /** The serial as tools print it: {@code 0AB0-AB00}. */
  public String serialText() {
    return String.format("%04X-%04X", serial >> 16, serial & 0xffff);
  }

  /** Where a file's bytes lie, in the order of the file; empty for an empty file. */
  public List<Extent> extentsOf(String path) {
    return extents.stream()
        .filter(extent -> extent.path().equals(path))
        .sorted((a, b) -> Long.compare(a.fileOffset(), b.fileOffset()))
        .toList();
  }

  /**
   * The one run a file lies in, for whoever rewrites it in place.
   *
   * @throws IOException when the file is missing, empty, or in several pieces
   */
  public Extent place(String path) throws IOException {
    List<Extent> found = extentsOf(path);
    if (found.isEmpty()) {
      throw new NoSuchFileException(
          path, null, tree.contains(path) ? "has no bytes" : "not in the volume");
    }
    if (found.size() > 1) {
      throw new IOException(
          path + ": lies in " + found.size() + " pieces and cannot be rewritten in place");
    }
    return found.get(0);
  }
}
