// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import dev.slipway.io.BlockSource;
import dev.slipway.io.ByteSource;
import dev.slipway.tree.Content;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node;
import dev.slipway.tree.Node.Special.Kind;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Walks a file system from its root and makes a tree of it. */
final class Ext4Reader {
  /** Limits for hostile images; real ones stay far below. */
  private static final int ENTRIES_MAX = 1 << 22;

  private static final int PATH_CHARS_MAX = 1 << 15;
  private static final long ALL_PATHS_CHARS_MAX = 1L << 28;

  private record Directory(TreePath path, ReadInode inode) {}

  private final ReadBlocks blocks;
  private final XattrReader xattrReader;
  private final Map<Long, TreePath> seen = new HashMap<>();
  private final ArrayDeque<Directory> waiting = new ArrayDeque<>();
  private final TreeMap<TreePath, FileMap> maps = new TreeMap<>();
  private long pathChars;

  private Ext4Reader(BlockSource in, ReadSuperblock superblock) {
    this.blocks = new ReadBlocks(in, superblock);
    this.xattrReader = new XattrReader(blocks);
  }

  static Ext4Image read(BlockSource in, String name) throws IOException {
    ReadSuperblock superblock = ReadSuperblock.read(in, name);
    var reader = new Ext4Reader(in, superblock);
    Tree tree;
    try {
      tree = reader.readTree();
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw reader.blocks.error(Ext4Constants.ROOT_INODE, e.getMessage());
    }
    return new Ext4Image(superblock, tree, reader.maps);
  }

  private Tree readTree() throws IOException {
    ReadInode root = ReadInode.read(blocks, Ext4Constants.ROOT_INODE);
    if (root.type() != Ext4Constants.MODE_DIRECTORY) {
      throw blocks.error(root.number(), "the root is no directory");
    }
    TreeBuilder tree = Tree.empty().toBuilder();
    add(TreePath.ROOT, root, tree);
    while (!waiting.isEmpty()) {
      Directory directory = waiting.removeFirst();
      for (DirectoryEntry entry : names(directory.inode())) {
        TreePath path = child(directory, entry);
        TreePath first = seen.get((long) entry.inode());
        ReadInode inode = first == null ? ReadInode.read(blocks, entry.inode()) : null;
        if (tree.node(path).isPresent()) {
          throw blocks.error(directory.inode().number(), "the name " + path + " is there twice");
        }
        if (first == null) {
          requireType(path, inode, entry);
          add(path, inode, tree);
        } else if (tree.node(first).orElseThrow() instanceof Node.Directory) {
          throw blocks.error(entry.inode(), path + " and " + first + " are the same directory");
        } else {
          tree.put(path, new Node.HardLink(first));
        }
      }
    }
    return tree.build();
  }

  private TreePath child(Directory directory, DirectoryEntry entry) throws IOException {
    TreePath path = directory.path().child(utf8(entry.name(), directory.inode(), "name"));
    int chars = path.relative().length();
    pathChars += chars;
    if (chars > PATH_CHARS_MAX || pathChars > ALL_PATHS_CHARS_MAX || seen.size() > ENTRIES_MAX) {
      throw blocks.error(
          directory.inode().number(),
          "too much to read: a path of "
              + chars
              + " characters, "
              + pathChars
              + " in all, "
              + seen.size()
              + " inodes");
    }
    return path;
  }

  private void requireType(TreePath path, ReadInode inode, DirectoryEntry entry)
      throws IOException {
    int type = DirectoryEntry.fileType(inode.mode());
    if (type == 0 || (entry.fileType() != 0 && entry.fileType() != type)) {
      throw blocks.error(
          inode.number(),
          path
              + ": i_mode: found 0"
              + Integer.toOctalString(inode.mode())
              + ", its directory says file type "
              + entry.fileType());
    }
  }

  private List<DirectoryEntry> names(ReadInode inode) throws IOException {
    if (inode.has(Ext4Constants.FLAG_INLINE_DATA)) {
      byte[] rest = xattrReader.read(inode).getOrDefault(XattrReader.INLINE_DATA, new byte[0]);
      return DirectoryReader.readInline(blocks, inode, rest);
    }
    return DirectoryReader.read(blocks, inode);
  }

  private void add(TreePath path, ReadInode inode, TreeBuilder tree) throws IOException {
    if (inode.has(Ext4Constants.FLAG_ENCRYPT) || inode.has(Ext4Constants.FLAG_EA_INODE)) {
      throw blocks.error(
          inode.number(),
          path + ": i_flags: encrypted files and inodes of attributes are not read");
    }
    Map<String, byte[]> attributes = xattrReader.read(inode);
    if (inode.uid() == 0xffff_ffffL || inode.gid() == 0xffff_ffffL) {
      throw blocks.error(inode.number(), path + ": owner " + inode.uid() + ":" + inode.gid());
    }
    var metadata =
        new Metadata(
            inode.mode() & 07777,
            inode.uid(),
            inode.gid(),
            inode.mtimeSeconds(),
            inode.mtimeNanos(),
            XattrReader.seen(attributes));
    seen.put(inode.number(), path);
    switch (inode.type()) {
      case Ext4Constants.MODE_DIRECTORY -> {
        tree.put(path, new Node.Directory(metadata));
        waiting.add(new Directory(path, inode));
      }
      case Ext4Constants.MODE_REGULAR ->
          tree.put(path, new Node.RegularFile(metadata, content(path, inode, attributes)));
      case Ext4Constants.MODE_SYMLINK ->
          tree.put(path, new Node.Symlink(metadata, target(inode, attributes)));
      case Ext4Constants.MODE_CHARACTER ->
          tree.put(path, device(metadata, Kind.CHARACTER_DEVICE, inode));
      case Ext4Constants.MODE_BLOCK -> tree.put(path, device(metadata, Kind.BLOCK_DEVICE, inode));
      case Ext4Constants.MODE_FIFO -> tree.put(path, new Node.Special(metadata, Kind.FIFO, 0, 0));
      default -> tree.put(path, new Node.Special(metadata, Kind.SOCKET, 0, 0));
    }
  }

  private Content content(TreePath path, ReadInode inode, Map<String, byte[]> attributes)
      throws IOException {
    if (inode.has(Ext4Constants.FLAG_INLINE_DATA)) {
      byte[] bytes = inline(inode, attributes);
      return Content.undigested(
          bytes.length,
          bytes.length == 0 ? List.of() : List.of(new Content.Range(0, bytes.length)),
          ByteSource.bytes(bytes));
    }
    FileMap map = BlockMapReader.read(blocks, inode);
    maps.put(path, map);
    return map.content();
  }

  /** What lies in the inode: the first bytes where block numbers would be, then an attribute. */
  private byte[] inline(ReadInode inode, Map<String, byte[]> attributes) throws IOException {
    byte[] rest = attributes.getOrDefault(XattrReader.INLINE_DATA, new byte[0]);
    byte[] all = Arrays.copyOf(inode.blockField(), inode.blockField().length + rest.length);
    System.arraycopy(rest, 0, all, inode.blockField().length, rest.length);
    if (inode.sizeBytes() > all.length) {
      throw blocks.error(
          inode.number(), "i_size: found " + inode.sizeBytes() + ", inline are " + all.length);
    }
    return Arrays.copyOf(all, (int) inode.sizeBytes());
  }

  private String target(ReadInode inode, Map<String, byte[]> attributes) throws IOException {
    if (inode.sizeBytes() == 0 || inode.sizeBytes() > Node.Symlink.TARGET_BYTES_MAX) {
      throw blocks.error(inode.number(), "a link's target of " + inode.sizeBytes() + " bytes");
    }
    byte[] bytes;
    long xattrSectors = inode.xattrBlock() == 0 ? 0 : blocks.superblock().blockBytes() / 512;
    if (inode.has(Ext4Constants.FLAG_INLINE_DATA)) {
      bytes = inline(inode, attributes);
    } else if (inode.sizeBytes() < ExtentTree.ROOT_BYTES && inode.sectors() == xattrSectors) {
      bytes = Arrays.copyOf(inode.blockField(), (int) inode.sizeBytes());
    } else {
      bytes = BlockMapReader.read(blocks, inode).readAll();
    }
    String target = utf8(bytes, inode, "target");
    if (target.indexOf('\0') >= 0) {
      throw blocks.error(inode.number(), "a link's target with NUL");
    }
    return target;
  }

  private String utf8(byte[] bytes, ReadInode inode, String what) throws IOException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw blocks.error(
          inode.number(),
          what + " is not UTF-8: \"" + new String(bytes, StandardCharsets.ISO_8859_1) + "\"");
    }
  }

  private Node device(Metadata metadata, Kind kind, ReadInode inode) throws IOException {
    ByteBuffer field = ByteBuffer.wrap(inode.blockField()).order(ByteOrder.LITTLE_ENDIAN);
    int old = field.getInt(0);
    int value = old != 0 ? old : field.getInt(4);
    int major = old != 0 ? old >>> 8 & 0xff : value >>> 8 & 0xfff;
    int minor = old != 0 ? old & 0xff : (value & 0xff) | (value >>> 12 & 0xfff00);
    return new Node.Special(metadata, kind, major, minor);
  }
}
