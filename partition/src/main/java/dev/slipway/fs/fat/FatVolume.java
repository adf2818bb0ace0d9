// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.fat;

import dev.slipway.digest.Digest;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import dev.slipway.volume.Extent;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;

/** A FAT volume as it was found: its tree, what it says about itself, and where its files lie. */
public final class FatVolume {
  private final FatGeometry geometry;
  private final String label;
  private final long serial;
  private final long freeClusters;
  private final Tree tree;
  private final SortedMap<TreePath, FatRuns> places;

  FatVolume(
      FatGeometry geometry,
      String label,
      long serial,
      long freeClusters,
      Tree tree,
      SortedMap<TreePath, FatRuns> places) {
    this.geometry = geometry;
    this.label = label;
    this.serial = serial;
    this.freeClusters = freeClusters;
    this.tree = tree;
    this.places = places;
  }

  public FatType type() {
    return geometry.type();
  }

  /** Empty when it has none. */
  public String label() {
    return label;
  }

  /** The 32 bits shown as its id. */
  public long serial() {
    return serial;
  }

  /** The serial as tools print it: {@code 0AB0-AB00}. */
  public String serialText() {
    return String.format(Locale.ROOT, "%04X-%04X", serial >> 16, serial & 0xffff);
  }

  public int sectorBytes() {
    return geometry.sectorBytes();
  }

  public int clusterBytes() {
    return geometry.clusterBytes();
  }

  public long clusterCount() {
    return geometry.clusterCount();
  }

  public long freeClusters() {
    return freeClusters;
  }

  /**
   * Its files: directories have mode 0755, files 0644 or, when marked read-only, 0444. Contents are
   * read from the source when they are opened, which must stay open for that long.
   */
  public Tree tree() {
    return tree;
  }

  /**
   * Where the files lie, in the order of their offsets; bytes that follow each other in file and
   * volume are one extent. Every file is read for its digest, once.
   *
   * @throws java.io.UncheckedIOException when reading fails
   */
  public List<Extent> extents() {
    var all = new ArrayList<Extent>();
    places.keySet().forEach(path -> all.addAll(extentsOf(path)));
    all.sort(Comparator.comparingLong(Extent::offset));
    return all;
  }

  /** Where a file's bytes lie, in the order of the file; empty for an empty file. */
  public List<Extent> extentsOf(String path) {
    return extentsOf(TreePath.of(path));
  }

  private List<Extent> extentsOf(TreePath path) {
    FatRuns runs = places.get(path);
    if (runs == null) {
      return List.of();
    }
    Content content = ((RegularFile) tree.inode(path).orElseThrow()).content();
    Digest digest = content.digest();
    return runs.extents(path.toString(), digest);
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
