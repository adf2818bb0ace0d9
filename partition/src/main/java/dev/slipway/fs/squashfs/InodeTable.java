// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.io.Struct;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Node.Special;
import dev.slipway.tree.Node.Symlink;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes inodes, each in the basic form if that holds it, else in the extended one.
 *
 * <pre>
 * all:  u16 type  u16 mode  u16 owner's index  u16 group's index  u32 mtime  u32 number   then
 *
 *             basic                                      extended
 * directory   start(4) nlink(4) size(2) offset(2)        nlink(4) size(4) start(4) parent(4)
 *             parent(4)                                  indexes(2) offset(2) xattrs(4) index*
 * file        start(4) fragment(4) offset(4) size(4)     start(8) size(8) sparse(8) nlink(4)
 *             block size(4)*                             fragment(4) offset(4) xattrs(4) size(4)*
 * symlink     nlink(4) size(4) target                    the same, xattrs(4)
 * device      nlink(4) number(4)                         the same, xattrs(4)
 * fifo        nlink(4)                                   the same, xattrs(4)
 * </pre>
 */
final class InodeTable {
  static final int HEADER_BYTES = 16;
  static final long NO_FRAGMENT = 0xffff_ffffL;
  private static final long U32_MAX = 0xffff_ffffL;

  private final MetadataWriter out;
  private final IdTable ids;
  private final XattrTable xattrs;

  InodeTable(MetadataWriter out, IdTable ids, XattrTable xattrs) {
    this.out = out;
    this.ids = ids;
    this.xattrs = xattrs;
  }

  /** Writes anything but files and directories; returns its reference. */
  long writeOther(NewInode inode) {
    long attributes = attributesOf(inode);
    boolean extended = attributes != XattrTable.NONE;
    int end = HEADER_BYTES + 4;
    byte[] target = new byte[0];
    if (inode.node() instanceof Symlink link) {
      target = link.target().getBytes(StandardCharsets.UTF_8);
      end += 4 + target.length;
    } else if (inode.node() instanceof Special special && isDevice(special)) {
      end += 4;
    }
    Struct raw = header(inode, end + (extended ? 4 : 0), extended);
    raw.u32(16, inode.links(), "nlink");
    if (inode.node() instanceof Symlink) {
      raw.u32(20, target.length, "symlink_size").bytes(24, target, "symlink");
    } else if (inode.node() instanceof Special special && isDevice(special)) {
      raw.u32(20, deviceNumber(special), "rdev");
    }
    if (extended) {
      raw.u32(end, attributes, "xattr");
    }
    return put(raw);
  }

  private static boolean isDevice(Special special) {
    return special.kind() == Special.Kind.BLOCK_DEVICE
        || special.kind() == Special.Kind.CHARACTER_DEVICE;
  }

  /** As Linux's new_encode_dev has it. */
  private static long deviceNumber(Special special) {
    return special.minor() & 0xff | special.major() << 8 | (special.minor() & 0xfff00L) << 12;
  }

  long writeFile(NewInode inode, StoredFile file) {
    long size = ((RegularFile) inode.node()).content().sizeBytes();
    long attributes = attributesOf(inode);
    long sparse = sparseBytes(file, size);
    boolean extended =
        attributes != XattrTable.NONE
            || inode.links() > 1
            || sparse > 0
            || size > U32_MAX
            || file.start() > U32_MAX;
    long fragment = file.fragment() == StoredFile.NO_FRAGMENT ? NO_FRAGMENT : file.fragment();
    int[] blocks = file.blockSizes();
    int at = HEADER_BYTES + (extended ? 40 : 16);
    Struct raw = header(inode, at + 4 * blocks.length, extended);
    if (extended) {
      raw.u64(16, file.start(), "start_block")
          .u64(24, size, "file_size")
          .u64(32, sparse, "sparse")
          .u32(40, inode.links(), "nlink")
          .u32(44, fragment, "fragment")
          .u32(48, file.fragmentOffset(), "offset")
          .u32(52, attributes, "xattr");
    } else {
      raw.u32(16, file.start(), "start_block")
          .u32(20, fragment, "fragment")
          .u32(24, file.fragmentOffset(), "offset")
          .u32(28, size, "file_size");
    }
    for (int block : blocks) {
      raw.u32(at, block, "block size");
      at += 4;
    }
    return put(raw);
  }

  /** How much of a file is not stored; never all of it, as mksquashfs has it. */
  private long sparseBytes(StoredFile file, long size) {
    long blockBytes = out.packer().blockBytes();
    int[] blocks = file.blockSizes();
    long sparse = 0;
    for (int i = 0; i < blocks.length; i++) {
      if (blocks[i] == StoredFile.SPARSE) {
        sparse += Math.min(blockBytes, size - i * blockBytes);
      }
    }
    return Math.max(0, Math.min(sparse, size - 1));
  }

  long writeDirectory(NewInode inode, DirectoryTable.Listing listing, int parentNumber) {
    long attributes = attributesOf(inode);
    List<DirectoryTable.Index> indexes = listing.indexes();
    // The size counts the two entries that every directory has and that are not stored.
    long size = listing.bytes() + 3;
    boolean extended = attributes != XattrTable.NONE || size > 0xffff || !indexes.isEmpty();
    if (!extended) {
      return put(
          header(inode, HEADER_BYTES + 16, false)
              .u32(16, listing.blockStart(), "start_block")
              .u32(20, inode.links(), "nlink")
              .u16(24, (int) size, "file_size")
              .u16(26, listing.offset(), "offset")
              .u32(28, parentNumber, "parent_inode"));
    }
    int at = HEADER_BYTES + 24;
    int bytes = at + indexes.stream().mapToInt(index -> 12 + index.name().length).sum();
    Struct raw =
        header(inode, bytes, true)
            .u32(16, inode.links(), "nlink")
            .u32(20, size, "file_size")
            .u32(24, listing.blockStart(), "start_block")
            .u32(28, parentNumber, "parent_inode")
            .u16(32, indexes.size(), "i_count")
            .u16(34, listing.offset(), "offset")
            .u32(36, attributes, "xattr");
    for (DirectoryTable.Index index : indexes) {
      raw.u32(at, index.offset(), "index")
          .u32(at + 4, index.blockStart(), "start_block")
          .u32(at + 8, index.name().length - 1, "size")
          .bytes(at + 12, index.name(), "name");
      at += 12 + index.name().length;
    }
    return put(raw);
  }

  private long attributesOf(NewInode inode) {
    return xattrs.indexOf(inode.path(), inode.node().metadata().xattrs());
  }

  private Struct header(NewInode inode, int bytes, boolean extended) {
    Metadata metadata = inode.node().metadata();
    long mtime = metadata.mtimeSeconds();
    if (mtime < 0 || mtime > SquashfsOptions.TIME_MAX) {
      throw new IllegalArgumentException(
          inode.path()
              + ": squashfs holds times from 1970 to 2106, not "
              + mtime
              + " seconds since 1970; normalise the tree first");
    }
    return Struct.littleEndian(bytes)
        .u16(0, InodeType.of(inode.node()) + (extended ? InodeType.EXTENDED : 0), "inode_type")
        .u16(2, metadata.mode(), "mode")
        .u16(4, ids.indexOf(metadata.uid()), "uid")
        .u16(6, ids.indexOf(metadata.gid()), "guid")
        .u32(8, mtime, "mtime")
        .u32(12, inode.number(), "inode_number");
  }

  private long put(Struct raw) {
    long reference = out.reference();
    out.write(raw.bytes());
    return reference;
  }
}
