// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.fs.squashfs.FileData.PlainPart;
import dev.slipway.io.Size;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import dev.slipway.volume.Extent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;

/** A squashfs that was read: what it says about itself, its tree, and where files lie in it. */
public final class SquashfsImage {
  private final Superblock superblock;
  private final SquashfsCompression compression;
  private final Tree tree;
  private final SortedMap<TreePath, FileData> files;

  SquashfsImage(
      Superblock superblock,
      SquashfsCompression compression,
      Tree tree,
      SortedMap<TreePath, FileData> files) {
    this.superblock = superblock;
    this.compression = compression;
    this.tree = tree;
    this.files = files;
  }

  /** What its blocks are compressed with; single blocks may be plain all the same. */
  public SquashfsCompression compression() {
    return compression;
  }

  /** How much of a file was compressed together. */
  public int blockBytes() {
    return superblock.blockBytes();
  }

  /** When it was made, seconds since 1970. */
  public long timeSeconds() {
    return superblock.timeSeconds();
  }

  /** How many bytes the file system has; what holds it is usually rounded up to 4 KiB. */
  public Size size() {
    return Size.bytes(superblock.bytesUsed());
  }

  /**
   * The tree. Contents are read from the source when they are opened, which must stay open for that
   * long.
   */
  public Tree tree() {
    return tree;
  }

  /**
   * The parts of the image that hold files as they are, in the order of their offsets: blocks that
   * are not compressed. Of files that share a block the first in path order is named. Files that
   * have such blocks are read for their digest, once.
   *
   * @throws java.io.UncheckedIOException when reading fails
   */
  public List<Extent> extents() {
    var extents = new ArrayList<Extent>();
    files.forEach(
        (path, file) -> {
          for (PlainPart part : file.plainParts()) {
            Content content = ((RegularFile) tree.inode(path).orElseThrow()).content();
            extents.add(
                new Extent(
                    part.offset(),
                    part.length(),
                    path.toString(),
                    part.fileOffset(),
                    content.digest()));
          }
        });
    extents.sort(Comparator.comparingLong(Extent::offset));
    var distinct = new ArrayList<Extent>();
    long end = 0;
    for (Extent extent : extents) {
      if (extent.offset() >= end) {
        distinct.add(extent);
        end = extent.offset() + extent.length();
      }
    }
    return distinct;
  }
}
