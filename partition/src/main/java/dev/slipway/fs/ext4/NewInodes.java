// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import static dev.slipway.fs.ext4.Ext4Constants.FIRST_INODE;
import static dev.slipway.fs.ext4.Ext4Constants.FLAG_EXTENTS;
import static dev.slipway.fs.ext4.Ext4Constants.FLAG_INDEX;
import static dev.slipway.fs.ext4.Ext4Constants.INODE_BYTES;
import static dev.slipway.fs.ext4.Ext4Constants.LINKS_MAX;
import static dev.slipway.fs.ext4.Ext4Constants.ROOT_INODE;

import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.HardLink;
import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Node.Special;
import dev.slipway.tree.Node.Symlink;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers a tree's inodes in path order and writes what does not depend on where blocks lie: names
 * in directories, link counts, attributes.
 */
final class NewInodes {
  static final int SPARE_BYTES = INODE_BYTES - InodeTable.FIXED_BYTES;

  private static final TreePath LOST_AND_FOUND = TreePath.of("lost+found");
  private static final int LOST_AND_FOUND_BLOCKS = 4;

  private final Ext4Options options;
  private final Stability stability = new Stability();
  private final List<NewInode> all = new ArrayList<>();
  private final Map<TreePath, NewInode> byPath = new HashMap<>();
  private final Map<ByteBuffer, NewInode.SharedXattrs> sharedXattrs = new HashMap<>();
  private int next = FIRST_INODE;

  private NewInodes(Ext4Options options) {
    this.options = options;
  }

  /** All inodes of a tree in the order of their numbers. */
  static List<NewInode> of(Tree tree, Ext4Options options) {
    var inodes = new NewInodes(options);
    inodes.number(tree);
    var checksum = new MetadataChecksum(options.uuid());
    var nameHash = new NameHash(options.hashSeed());
    for (NewInode inode : inodes.all) {
      if (inode.isDirectory()) {
        inodes.fillDirectory(inode, checksum, nameHash);
      }
    }
    return inodes.all;
  }

  private void number(Tree tree) {
    for (Map.Entry<TreePath, Node> entry : tree.entries().entrySet()) {
      TreePath path = entry.getKey();
      if (path.isRoot()) {
        add(path, (Inode) entry.getValue(), ROOT_INODE);
        if (!tree.entries().containsKey(LOST_AND_FOUND)) {
          addName(LOST_AND_FOUND, add(LOST_AND_FOUND, lostAndFound(), next++));
        }
      } else if (entry.getValue() instanceof HardLink link) {
        addName(path, byPath.get(link.target()));
      } else {
        addName(path, add(path, (Inode) entry.getValue(), 0));
      }
    }
  }

  private Directory lostAndFound() {
    return new Directory(Metadata.mode(0700).withMtime(options.timeSeconds(), 0));
  }

  /** Adds an inode, under the next number when none is given. */
  private NewInode add(TreePath path, Inode node, int fixedNumber) {
    String text = path.toString();
    boolean anchor = stability.isAnchor(text);
    if (fixedNumber == 0 && anchor) {
      next = roundedUp(next - 1, Stability.INODE_STEP) + 1;
    }
    int number = fixedNumber != 0 ? fixedNumber : next++;
    int mode = type(node) | node.metadata().mode();
    var inode = new NewInode(number, text, mode, node.metadata(), anchor);
    try {
      InodeTable.requireTime(node.metadata().mtimeSeconds());
      setXattrs(inode);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(text + ": " + e.getMessage(), e);
    }
    if (node instanceof RegularFile file) {
      inode.content = file.content();
      inode.sizeBytes = file.content().sizeBytes();
      inode.flags = FLAG_EXTENTS;
    } else if (node instanceof Symlink link) {
      setTarget(inode, link.target().getBytes(StandardCharsets.UTF_8));
    } else if (node instanceof Special special) {
      setDevice(inode, special);
    } else {
      inode.flags = FLAG_EXTENTS;
      inode.links = 1; // its own dot
    }
    byPath.put(path, inode);
    all.add(inode);
    return inode;
  }

  private static int roundedUp(int number, int step) {
    return (number + step - 1) / step * step;
  }

  private static int type(Inode node) {
    if (node instanceof Directory) {
      return Ext4Constants.MODE_DIRECTORY;
    } else if (node instanceof RegularFile) {
      return Ext4Constants.MODE_REGULAR;
    } else if (node instanceof Symlink) {
      return Ext4Constants.MODE_SYMLINK;
    }
    return switch (((Special) node).kind()) {
      case CHARACTER_DEVICE -> Ext4Constants.MODE_CHARACTER;
      case BLOCK_DEVICE -> Ext4Constants.MODE_BLOCK;
      case FIFO -> Ext4Constants.MODE_FIFO;
      case SOCKET -> Ext4Constants.MODE_SOCKET;
    };
  }

  private void setXattrs(NewInode inode) {
    inode.xattrs = XattrArea.of(inode.metadata.xattrs(), SPARE_BYTES);
    byte[] block = inode.xattrs.block();
    if (block != null) {
      ByteBuffer key = ByteBuffer.wrap(block);
      NewInode.SharedXattrs shared = sharedXattrs.get(key);
      if (shared == null || shared.references == XattrArea.REFERENCES_MAX) {
        shared = new NewInode.SharedXattrs(block);
        sharedXattrs.put(key, shared);
      }
      shared.references++;
      inode.sharedXattrs = shared;
    }
  }

  /** A target of up to 59 bytes lies in the inode itself, a longer one in a block. */
  private static void setTarget(NewInode inode, byte[] target) {
    inode.sizeBytes = target.length;
    if (target.length < ExtentTree.ROOT_BYTES) {
      System.arraycopy(target, 0, inode.blockField, 0, target.length);
    } else {
      inode.flags = FLAG_EXTENTS;
      inode.data = target;
    }
  }

  /** Numbers up to 255 have the old form in the first word, larger ones the new in the second. */
  private static void setDevice(NewInode inode, Special special) {
    ByteBuffer field = ByteBuffer.wrap(inode.blockField).order(ByteOrder.LITTLE_ENDIAN);
    int major = special.major();
    int minor = special.minor();
    if (major < 256 && minor < 256) {
      field.putInt(0, major << 8 | minor);
    } else {
      field.putInt(4, (minor & 0xff) | major << 8 | (minor & ~0xff) << 12);
    }
  }

  private void addName(TreePath path, NewInode inode) {
    NewInode directory = byPath.get(path.parent().orElseThrow());
    directory.names.add(
        new DirectoryEntry(
            path.name().getBytes(StandardCharsets.UTF_8),
            inode.number,
            DirectoryEntry.fileType(inode.mode)));
    inode.links++;
    if (inode.isDirectory()) {
      inode.parent = directory.number;
      directory.links++;
    } else if (inode.links > LINKS_MAX) {
      throw new IllegalArgumentException(
          inode.path + ": a file of ext4 has at most " + LINKS_MAX + " names");
    }
  }

  private void fillDirectory(NewInode inode, MetadataChecksum checksum, NameHash nameHash) {
    if (inode.number == ROOT_INODE) {
      inode.parent = ROOT_INODE;
      inode.links++;
    }
    if (inode.links > LINKS_MAX) {
      inode.links = 1; // dir_nlink: too many to count
    }
    var blocks = new DirectoryBlocks(inode.number, inode.parent, checksum);
    if (inode.path.equals(LOST_AND_FOUND.toString()) && inode.names.isEmpty()) {
      inode.data = blocks.empty(LOST_AND_FOUND_BLOCKS);
    } else if (DirectoryBlocks.isIndexed(inode.names)) {
      inode.data = blocks.indexed(inode.names, nameHash);
      inode.flags |= FLAG_INDEX;
    } else {
      inode.data = blocks.plain(inode.names);
    }
    inode.names.clear();
    inode.sizeBytes = inode.data.length;
  }
}
