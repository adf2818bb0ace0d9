// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import static dev.slipway.fs.ext4.Ext4Constants.BLOCKS_PER_GROUP;
import static dev.slipway.fs.ext4.Ext4Constants.BLOCK_BYTES;
import static dev.slipway.fs.ext4.Ext4Constants.FIRST_INODE;
import static dev.slipway.fs.ext4.Ext4Constants.FLAG_EXTENTS;
import static dev.slipway.fs.ext4.Ext4Constants.INODE_BYTES;

import dev.slipway.tree.Content.Range;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Tree;
import dev.slipway.volume.ComposedVolume;
import dev.slipway.volume.Volume;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Puts a file system together: all structures as bytes, all contents as parts of the volume. */
final class Ext4Writer {
  private final Ext4Options options;
  private final List<NewInode> inodes;
  private final Layout layout;
  private final Geometry geometry;
  private final MetadataChecksum checksum;
  private ComposedVolume.Builder volume;

  private Ext4Writer(Tree tree, Ext4Options options) {
    this.options = options;
    this.inodes = new ArrayList<>(NewInodes.of(tree, options));
    options.journal().ifPresent(size -> add(Ext4Constants.JOURNAL_INODE, size.bytes()));
    if (options.growTo().isPresent()) {
      add(Ext4Constants.RESIZE_INODE, 0);
    }
    this.inodes.sort(Comparator.comparingInt(inode -> inode.number));
    this.layout = Layout.of(inodes, options);
    this.geometry = layout.geometry();
    this.checksum = new MetadataChecksum(options.uuid());
  }

  static Volume write(Tree tree, Ext4Options options) {
    var writer = new Ext4Writer(tree, options);
    long blocks = writer.layout.blockCount();
    long size = options.size().isPresent() ? options.size().get().bytes() : blocks * BLOCK_BYTES;
    return ComposedVolume.build(size, writer::compose);
  }

  private void add(int number, long sizeBytes) {
    Metadata metadata = Metadata.mode(0600).withMtime(options.timeSeconds(), 0);
    var inode = new NewInode(number, "", Ext4Constants.MODE_REGULAR | 0600, metadata, false);
    inode.links = 1;
    inode.sizeBytes = sizeBytes;
    inode.flags = number == Ext4Constants.JOURNAL_INODE ? FLAG_EXTENTS : 0;
    inode.xattrs = XattrArea.of(metadata.xattrs(), NewInodes.SPARE_BYTES);
    inodes.add(inode);
  }

  private void compose(ComposedVolume.Builder parts) {
    volume = parts;
    writeFiles();
    writeInodeTables();
    writeGroups();
    writeSuperblocks();
  }

  private void writeFiles() {
    Set<NewInode.SharedXattrs> written = new HashSet<>();
    for (NewInode inode : inodes) {
      if ((inode.flags & FLAG_EXTENTS) != 0) {
        ExtentTree.Built tree =
            ExtentTree.build(inode.extents, inode.treeBlocks, inode.number, checksum);
        inode.blockField = tree.root();
        for (int i = 0; i < tree.blocks().size(); i++) {
          putBlock(inode.treeBlocks.get(i), tree.blocks().get(i));
        }
      }
      if (inode.sharedXattrs != null && written.add(inode.sharedXattrs)) {
        NewInode.SharedXattrs shared = inode.sharedXattrs;
        byte[] block = XattrArea.placed(shared.block, shared.place, shared.references, checksum);
        putBlock(shared.place, block);
      }
      if (inode.content != null) {
        writeContent(inode);
      } else if (inode.data != null) {
        writeData(inode);
      } else if (inode.number == Ext4Constants.JOURNAL_INODE) {
        putBlock(
            inode.extents.get(0).run().start(),
            Journal.superblock(inode.sizeBytes / BLOCK_BYTES, options.uuid()));
      } else if (inode.number == Ext4Constants.RESIZE_INODE) {
        ResizeInode.write(inode, geometry, volume);
      }
    }
  }

  /** Ranges of data and extents are both in order; what they share is a piece of the volume. */
  private void writeContent(NewInode inode) {
    int next = 0;
    for (Range range : inode.content.data()) {
      long at = range.offset();
      long end = range.offset() + range.length();
      while (at < end) {
        ExtentTree.Extent extent = inode.extents.get(next);
        long extentStart = extent.logical() * BLOCK_BYTES;
        long extentEnd = extentStart + extent.run().count() * BLOCK_BYTES;
        if (extentEnd <= at) {
          next++;
          continue;
        }
        long until = Math.min(end, extentEnd);
        long place = extent.run().start() * BLOCK_BYTES + (at - extentStart);
        volume.content(place, inode.path, inode.content, at, until - at);
        at = until;
      }
    }
  }

  private void writeData(NewInode inode) {
    for (ExtentTree.Extent extent : inode.extents) {
      int from = Math.toIntExact(extent.logical() * BLOCK_BYTES);
      int to = (int) Math.min(inode.data.length, from + extent.run().count() * (long) BLOCK_BYTES);
      byte[] part =
          from == 0 && to == inode.data.length
              ? inode.data
              : Arrays.copyOfRange(inode.data, from, to);
      putBlock(extent.run().start(), part);
    }
  }

  private void writeInodeTables() {
    int perGroup = geometry.inodesPerGroup();
    int next = 0;
    for (int group = 0; group < geometry.groupCount() && next < inodes.size(); group++) {
      int first = next;
      while (next < inodes.size() && (inodes.get(next).number - 1) / perGroup == group) {
        next++;
      }
      if (next == first) {
        continue;
      }
      int used = (inodes.get(next - 1).number - 1) % perGroup + 1;
      byte[] table = new byte[used * INODE_BYTES];
      for (NewInode inode : inodes.subList(first, next)) {
        InodeTable.put(table, (inode.number - 1) % perGroup * INODE_BYTES, inode, checksum);
      }
      putBlock(geometry.inodeTable(group), table);
    }
  }

  private void writeGroups() {
    var groups = new GroupBitmaps(layout, inodes);
    byte[] descriptors = new byte[geometry.descriptorBlocks() * BLOCK_BYTES];
    for (int group = 0; group < geometry.groupCount(); group++) {
      GroupBitmaps.Group bitmaps = groups.next();
      int unused = geometry.inodesPerGroup() - bitmaps.lastInodeUsed();
      boolean empty = bitmaps.lastInodeUsed() == 0;
      if (bitmaps.anyBlockUsed()) {
        putBlock(geometry.blockBitmap(group), bitmaps.blocks());
      }
      if (!empty) {
        putBlock(geometry.inodeBitmap(group), bitmaps.inodes());
      }
      new GroupDescriptor(
              geometry.blockBitmap(group),
              geometry.inodeBitmap(group),
              geometry.inodeTable(group),
              bitmaps.freeBlockCount(),
              bitmaps.freeInodeCount(),
              bitmaps.directoryCount(),
              unused,
              GroupDescriptor.INODE_ZEROED | (empty ? GroupDescriptor.INODE_UNINIT : 0),
              checksum.start().bytes(bitmaps.blocks(), 0, BLOCKS_PER_GROUP / 8).value(),
              empty
                  ? 0
                  : checksum
                      .start()
                      .bytes(bitmaps.inodes(), 0, geometry.inodesPerGroup() / 8)
                      .value())
          .put(descriptors, group, checksum);
    }
    for (int group = 0; group < geometry.groupCount(); group++) {
      if (Geometry.hasSuperblock(group)) {
        putBlock(Geometry.firstBlock(group) + 1, descriptors);
      }
    }
  }

  private void writeSuperblocks() {
    long inodeCount = (long) geometry.inodesPerGroup() * geometry.groupCount();
    long used = FIRST_INODE - 1 + inodes.stream().filter(i -> i.number >= FIRST_INODE).count();
    NewInode journal =
        inodes.stream()
            .filter(inode -> inode.number == Ext4Constants.JOURNAL_INODE)
            .findFirst()
            .orElse(null);
    var superblock =
        new Superblock(
            options,
            geometry,
            layout.blockCount(),
            layout.freeBlockCount(),
            inodeCount - used,
            layout.fixedBlockCount(),
            journal);
    for (int group = 0; group < geometry.groupCount(); group++) {
      if (Geometry.hasSuperblock(group)) {
        long offset = Geometry.firstBlock(group) * BLOCK_BYTES;
        volume.bytes(group == 0 ? Superblock.OFFSET : offset, superblock.bytes(group, checksum));
      }
    }
  }

  private void putBlock(long block, byte[] bytes) {
    volume.bytes(block * BLOCK_BYTES, bytes);
  }
}
