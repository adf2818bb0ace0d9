// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.io.BlockSource;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node;
import dev.slipway.tree.Node.Special.Kind;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Walks a file system from its root and makes a tree of it. */
final class SquashfsReader {
  /** Limits for hostile images; real ones stay far below. */
  private static final int ENTRIES_MAX = 1 << 22;

  private static final int PATH_CHARS_MAX = 1 << 15;
  private static final long ALL_PATHS_CHARS_MAX = 1L << 28;

  /** Of all files together: 2 TiB in blocks of 128 KiB. */
  private static final long BLOCKS_MAX = 1 << 24;

  private record Seen(TreePath path, long reference) {}

  private record Directory(TreePath path, ReadInode inode) {}

  private final ReadBlocks blocks;
  private final IndexedTable ids;
  private final FragmentReader fragments;
  private final XattrReader xattrs;
  private final Map<Long, Seen> seen = new HashMap<>();
  private final ArrayDeque<Directory> waiting = new ArrayDeque<>();
  private final TreeMap<TreePath, FileData> files = new TreeMap<>();
  private long entryCount;
  private long pathChars;
  private long blockCount;

  private SquashfsReader(ReadBlocks blocks) throws IOException {
    this.blocks = blocks;
    Superblock superblock = blocks.superblock();
    this.ids =
        new IndexedTable(
            blocks,
            superblock.idTableStart(),
            superblock.idCount(),
            IdTable.ENTRY_BYTES,
            "owners and groups");
    this.fragments = new FragmentReader(blocks);
    this.xattrs = XattrReader.open(blocks);
  }

  static SquashfsImage read(BlockSource in, String name) throws IOException {
    Superblock superblock = Superblock.read(in, name);
    var blocks = new ReadBlocks(in, superblock, name);
    // all tables lie together behind the data
    blocks.willRead(
        superblock.inodeTableStart(), superblock.bytesUsed() - superblock.inodeTableStart());
    var reader = new SquashfsReader(blocks);
    Tree tree;
    try {
      tree = reader.readTree();
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw blocks.error("tree", e.getMessage());
    }
    return new SquashfsImage(superblock, blocks.compression(), tree, reader.files);
  }

  private Tree readTree() throws IOException {
    long rootReference = blocks.superblock().rootInode();
    ReadInode root = inode(rootReference, "/");
    if (root.type() != InodeType.DIRECTORY) {
      throw blocks.error("/", "inode_type: found " + root.type() + ", the root is no directory");
    }
    TreeBuilder tree = Tree.empty().toBuilder();
    add(TreePath.ROOT, rootReference, root, tree);
    while (!waiting.isEmpty()) {
      Directory directory = waiting.removeFirst();
      var listing = new DirectoryReader(blocks, directory.inode(), directory.path().toString());
      for (var found = listing.next(); found != null; found = listing.next()) {
        addEntry(directory.path().child(found.name()), found, tree);
      }
    }
    return tree.build();
  }

  private void addEntry(TreePath path, DirectoryReader.Found found, TreeBuilder tree)
      throws IOException {
    count(path);
    if (tree.node(path).isPresent()) {
      throw blocks.error(path.toString(), "the name is there twice");
    }
    ReadInode inode = inode(found.reference(), path.toString());
    if (inode.type() != found.type()) {
      throw blocks.error(
          path.toString(),
          "inode_type: found " + inode.type() + ", its directory says " + found.type());
    }
    Seen first = seen.get(inode.number());
    if (first == null) {
      add(path, found.reference(), inode, tree);
    } else if (first.reference() != found.reference()) {
      throw blocks.error(
          path.toString(), "inode_number: " + inode.number() + " is also that of " + first.path());
    } else if (inode.type() == InodeType.DIRECTORY) {
      throw blocks.error(path.toString(), "this and " + first.path() + " are the same directory");
    } else {
      tree.put(path, new Node.HardLink(first.path()));
    }
  }

  private void count(TreePath path) throws IOException {
    int chars = path.relative().length();
    pathChars += chars;
    entryCount++;
    if (chars > PATH_CHARS_MAX || pathChars > ALL_PATHS_CHARS_MAX || entryCount > ENTRIES_MAX) {
      throw blocks.error(
          "tree",
          "too much to read: a path of "
              + chars
              + " characters, "
              + pathChars
              + " in all, "
              + entryCount
              + " entries");
    }
  }

  private ReadInode inode(long reference, String what) throws IOException {
    Superblock superblock = blocks.superblock();
    var at =
        new MetadataCursor(
            blocks,
            superblock.inodeTableStart(),
            superblock.directoryTableStart(),
            reference,
            what);
    ReadInode inode = ReadInode.read(blocks, at, what, BLOCKS_MAX - blockCount);
    if (inode.number() == 0 || inode.number() > superblock.inodeCount()) {
      throw blocks.error(
          what, "inode_number: found " + inode.number() + " of " + superblock.inodeCount());
    }
    return inode;
  }

  private void add(TreePath path, long reference, ReadInode inode, TreeBuilder tree)
      throws IOException {
    var metadata =
        new Metadata(
            inode.mode() & 07777,
            id(inode.uidIndex()),
            id(inode.gidIndex()),
            inode.mtimeSeconds(),
            0,
            xattrs.read(inode.xattrs()));
    seen.put(inode.number(), new Seen(path, reference));
    switch (inode.type()) {
      case InodeType.DIRECTORY -> {
        tree.put(path, new Node.Directory(metadata));
        waiting.add(new Directory(path, inode));
      }
      case InodeType.FILE -> {
        blockCount += inode.blockSizes().length;
        var data = new FileData(blocks, fragments, path.toString(), inode);
        files.put(path, data);
        tree.put(path, new Node.RegularFile(metadata, data.content()));
      }
      case InodeType.SYMLINK ->
          tree.put(path, new Node.Symlink(metadata, target(path, inode.target())));
      case InodeType.BLOCK_DEVICE -> tree.put(path, device(metadata, Kind.BLOCK_DEVICE, inode));
      case InodeType.CHARACTER_DEVICE ->
          tree.put(path, device(metadata, Kind.CHARACTER_DEVICE, inode));
      case InodeType.FIFO -> tree.put(path, new Node.Special(metadata, Kind.FIFO, 0, 0));
      default -> tree.put(path, new Node.Special(metadata, Kind.SOCKET, 0, 0));
    }
  }

  private long id(int index) throws IOException {
    return ids.entry(index).u32(0, "id");
  }

  private static Node device(Metadata metadata, Kind kind, ReadInode inode) {
    int value = (int) inode.device();
    return new Node.Special(
        metadata, kind, value >>> 8 & 0xfff, (value & 0xff) | (value >>> 12 & 0xfff00));
  }

  private String target(TreePath path, byte[] bytes) throws IOException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw blocks.error(
          path.toString(),
          "its target is not UTF-8: \"" + new String(bytes, StandardCharsets.ISO_8859_1) + "\"");
    }
  }
}
