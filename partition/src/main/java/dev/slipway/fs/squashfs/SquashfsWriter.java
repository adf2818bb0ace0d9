// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.fs.squashfs.DirectoryTable.Entry;
import dev.slipway.fs.squashfs.DirectoryTable.Listing;
import dev.slipway.io.BlockSink;
import dev.slipway.io.Struct;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.tree.Node;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.HardLink;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes the whole of a file system, going forward; the superblock comes last. */
final class SquashfsWriter {
  private final Tree tree;
  private final SquashfsOptions options;
  private final BlockSink sink;
  private final BlockPacker packer;
  private final NewInodes inodes;
  private final IdTable ids = new IdTable();
  private final XattrTable xattrs;
  private final MetadataWriter inodeBlocks;
  private final MetadataWriter directoryBlocks;
  private final InodeTable inodeTable;
  private final DirectoryTable directoryTable;
  private final Map<TreePath, StoredFile> files = new HashMap<>();
  private final Map<TreePath, Long> references = new HashMap<>();
  private List<byte[]> fragmentEntries = List.of();
  private long position = Superblock.BYTES;

  SquashfsWriter(Tree tree, SquashfsOptions options, BlockSink sink) {
    this.tree = tree;
    this.options = options;
    this.sink = sink;
    this.packer = new BlockPacker(options.compression(), options.blockBytes());
    this.inodes = new NewInodes(tree);
    this.xattrs = new XattrTable(packer);
    this.inodeBlocks = new MetadataWriter(packer);
    this.directoryBlocks = new MetadataWriter(packer);
    this.inodeTable = new InodeTable(inodeBlocks, ids, xattrs);
    this.directoryTable = new DirectoryTable(directoryBlocks);
  }

  /** Writes everything and gives the size of the image. */
  long write(int threads, Progress progress) throws IOException {
    writeData(threads, progress);
    writeInodes();
    long inodeTableStart = append(inodeBlocks.finish());
    long directoryTableStart = append(directoryBlocks.finish());
    long fragmentTableStart = appendIndexed(fragmentTable());
    long exportTableStart = appendIndexed(exportTable());
    long idTableStart = appendIndexed(idTable());
    long xattrTableStart = Superblock.NO_TABLE;
    if (!xattrs.isEmpty()) {
      xattrTableStart = append(xattrs.bytes(position)) + xattrs.headOffset();
    }
    var superblock =
        new Superblock(
            inodes.count(),
            options.timeSeconds(),
            options.blockBytes(),
            fragmentEntries.size(),
            options.compression().id(),
            flags(),
            ids.size(),
            references.get(TreePath.ROOT),
            position,
            idTableStart,
            xattrTableStart,
            inodeTableStart,
            directoryTableStart,
            fragmentTableStart,
            exportTableStart);
    long size =
        (position + Squashfs.PADDING_BYTES - 1) / Squashfs.PADDING_BYTES * Squashfs.PADDING_BYTES;
    sink.write(position, new byte[(int) (size - position)]);
    sink.write(0, superblock.bytes());
    return size;
  }

  private int flags() {
    int flags = Superblock.FLAG_DUPLICATES_FOUND | Superblock.FLAG_EXPORTABLE;
    flags |= xattrs.isEmpty() ? Superblock.FLAG_NO_XATTRS : 0;
    if (!options.compression().compresses()) {
      flags |=
          Superblock.FLAG_PLAIN_INODES
              | Superblock.FLAG_PLAIN_DATA
              | Superblock.FLAG_PLAIN_FRAGMENTS
              | Superblock.FLAG_PLAIN_XATTRS
              | Superblock.FLAG_PLAIN_IDS;
    }
    return flags;
  }

  private void writeData(int threads, Progress progress) throws IOException {
    long total = 0;
    for (Node node : tree.entries().values()) {
      total += node instanceof RegularFile file ? file.content().sizeBytes() : 0;
    }
    try (Task task = progress.start("packing files", total);
        var queue = new PackingQueue(packer, threads)) {
      var data = new DataArea(sink, position, queue, options.blockBytes(), task);
      for (Map.Entry<TreePath, Node> entry : tree.entries().entrySet()) {
        if (entry.getValue() instanceof RegularFile file) {
          files.put(entry.getKey(), data.add(entry.getKey().toString(), file.content()));
        }
      }
      position = data.finish();
      fragmentEntries = data.fragmentEntries();
    }
  }

  /** Writes what a directory holds before the directory, because its listing refers to them. */
  private void writeInodes() {
    var open = new ArrayDeque<TreePath>();
    for (Map.Entry<TreePath, Node> entry : tree.entries().entrySet()) {
      TreePath path = entry.getKey();
      while (!open.isEmpty() && !path.startsWith(open.getLast())) {
        writeDirectory(open.removeLast());
      }
      if (entry.getValue() instanceof Directory) {
        open.addLast(path);
      } else if (entry.getValue() instanceof RegularFile) {
        references.put(path, inodeTable.writeFile(inodes.at(path), files.get(path)));
      } else if (!(entry.getValue() instanceof HardLink)) {
        references.put(path, inodeTable.writeOther(inodes.at(path)));
      }
    }
    while (!open.isEmpty()) {
      writeDirectory(open.removeLast());
    }
  }

  private void writeDirectory(TreePath path) {
    var entries = new ArrayList<Entry>();
    for (TreePath child : inodes.children(path)) {
      TreePath first = tree.entries().get(child) instanceof HardLink link ? link.target() : child;
      NewInode inode = inodes.at(first);
      entries.add(
          new Entry(
              child.name().getBytes(StandardCharsets.UTF_8),
              InodeType.of(inode.node()),
              inode.number(),
              references.get(first)));
    }
    Listing listing = directoryTable.write(entries);
    // The root's parent is a number that no inode has.
    int parent = path.parent().map(inodes::at).map(NewInode::number).orElse(inodes.count() + 1);
    references.put(path, inodeTable.writeDirectory(inodes.at(path), listing, parent));
  }

  private MetadataWriter fragmentTable() {
    var table = new MetadataWriter(packer);
    fragmentEntries.forEach(table::write);
    return table;
  }

  /** From numbers of inodes to their references, for those that keep numbers as handles. */
  private MetadataWriter exportTable() {
    var byNumber = new long[inodes.count()];
    references.forEach((path, reference) -> byNumber[inodes.at(path).number() - 1] = reference);
    var table = new MetadataWriter(packer);
    for (long reference : byNumber) {
      table.write(Struct.littleEndian(8).u64(0, reference, "inode").bytes());
    }
    return table;
  }

  private MetadataWriter idTable() {
    var table = new MetadataWriter(packer);
    ids.writeTo(table);
    return table;
  }

  private long append(byte[] bytes) throws IOException {
    long start = position;
    sink.write(start, bytes);
    position += bytes.length;
    return start;
  }

  /** Returns where the table's index is. */
  private long appendIndexed(MetadataWriter table) throws IOException {
    return append(table.finishIndexed(position)) + table.packedBytes();
  }
}
