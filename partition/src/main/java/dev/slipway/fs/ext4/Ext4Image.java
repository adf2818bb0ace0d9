// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

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
import java.util.UUID;

/** A file system that was read: what it says about itself, its tree, and where files lie in it. */
public final class Ext4Image {
  private final ReadSuperblock superblock;
  private final Tree tree;
  private final SortedMap<TreePath, FileMap> maps;

  Ext4Image(ReadSuperblock superblock, Tree tree, SortedMap<TreePath, FileMap> maps) {
    this.superblock = superblock;
    this.tree = tree;
    this.maps = maps;
  }

  public UUID uuid() {
    return superblock.uuid();
  }

  /** Empty when it has none. */
  public String label() {
    return superblock.label();
  }

  /** How large the file system is; what holds it may be larger. */
  public Size size() {
    return Size.bytes(superblock.blockCount() * superblock.blockBytes());
  }

  /** Everything that is not free: files and the file system's own structures. */
  public Size used() {
    long used = Math.max(0, superblock.blockCount() - superblock.freeBlockCount());
    return Size.bytes(used * superblock.blockBytes());
  }

  /**
   * The tree, {@code /lost+found} included. Contents are read from the source when they are opened,
   * which must stay open for that long.
   */
  public Tree tree() {
    return tree;
  }

  /**
   * The parts of the file system that hold files, in the order of their offsets. Every file is read
   * for its digest, once.
   *
   * @throws java.io.UncheckedIOException when reading fails
   */
  public List<Extent> extents() {
    var extents = new ArrayList<Extent>();
    maps.forEach(
        (path, map) -> {
          Content content = ((RegularFile) tree.inode(path).orElseThrow()).content();
          for (FileMap.Part part : map.parts()) {
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
    return extents;
  }
}
