// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/**
 * Writes a tree as the archive that the Linux kernel unpacks into its first root: "newc" cpio.
 *
 * <pre>
 *   0  c_magic "070701", then 13 numbers of 8 hexadecimal digits:
 *   6  ino  mode  uid  gid  nlink  mtime  filesize  devmajor devminor  rdevmajor rdevminor
 *  94  namesize (with its NUL)   102  check (0)   110  name, NUL, to a multiple of 4
 *      content, to a multiple of 4
 * </pre>
 *
 * <p>Entries come in path order with inode numbers counted from 1 and times of 0: the bytes depend
 * on the tree alone. A hard link becomes a file of its own; an initramfs has none worth more.
 *
 * @see <a href="https://docs.kernel.org/driver-api/early-userspace/buffer-format.html">initramfs
 *     buffer format</a>
 */
final class CpioWriter {
  private static final String TRAILER = "TRAILER!!!";
  private static final int TYPE_DIRECTORY = 0040000;
  private static final int TYPE_FILE = 0100000;
  private static final int TYPE_SYMLINK = 0120000;
  private static final int TYPE_CHARACTER_DEVICE = 0020000;
  private static final int TYPE_BLOCK_DEVICE = 0060000;
  private static final int TYPE_FIFO = 0010000;
  private static final int TYPE_SOCKET = 0140000;

  private final OutputStream out;
  private long written;
  private int inode;

  private CpioWriter(OutputStream out) {
    this.out = out;
  }

  /** Writes the whole archive; the stream stays open. */
  static void write(Tree tree, OutputStream out) throws IOException {
    var writer = new CpioWriter(out);
    for (Map.Entry<TreePath, Node> entry : tree.entries().entrySet()) {
      if (!entry.getKey().isRoot()) {
        writer.entry(entry.getKey(), tree.inode(entry.getKey()).orElseThrow());
      }
    }
    writer.header(TRAILER, 0, 0, 1, 0, 0, 0, 0, 0);
  }

  private void entry(TreePath path, Node.Inode node) throws IOException {
    inode++;
    Metadata meta = node.metadata();
    String name = path.relative();
    if (node instanceof Node.Directory) {
      header(name, inode, TYPE_DIRECTORY | meta.mode(), 2, meta.uid(), meta.gid(), 0, 0, 0);
    } else if (node instanceof Node.Symlink link) {
      byte[] target = link.target().getBytes(StandardCharsets.UTF_8);
      int mode = TYPE_SYMLINK | 0777;
      header(name, inode, mode, 1, meta.uid(), meta.gid(), target.length, 0, 0);
      bytes(target);
      pad();
    } else if (node instanceof Node.RegularFile file) {
      long size = file.content().sizeBytes();
      header(name, inode, TYPE_FILE | meta.mode(), 1, meta.uid(), meta.gid(), size, 0, 0);
      content(path, file);
    } else if (node instanceof Node.Special special) {
      int mode = type(special.kind()) | meta.mode();
      int major = special.major();
      int minor = special.minor();
      header(name, inode, mode, 1, meta.uid(), meta.gid(), 0, major, minor);
    }
  }

  private static int type(Node.Special.Kind kind) {
    return switch (kind) {
      case CHARACTER_DEVICE -> TYPE_CHARACTER_DEVICE;
      case BLOCK_DEVICE -> TYPE_BLOCK_DEVICE;
      case FIFO -> TYPE_FIFO;
      case SOCKET -> TYPE_SOCKET;
    };
  }

  private void content(TreePath path, Node.RegularFile file) throws IOException {
    long size = file.content().sizeBytes();
    try (InputStream in = file.content().open()) {
      long copied = in.transferTo(out);
      written += copied;
      if (copied != size) {
        throw new EOFException(path + ": has " + copied + " bytes, expected " + size);
      }
    }
    pad();
  }

  private void header(
      String name,
      int ino,
      int mode,
      int links,
      long uid,
      long gid,
      long size,
      int rdevMajor,
      int rdevMinor)
      throws IOException {
    if (size > 0xffff_ffffL) {
      throw new IllegalArgumentException("/" + name + " is too large for cpio: " + size + " bytes");
    }
    byte[] encoded = name.getBytes(StandardCharsets.UTF_8);
    var header = new StringBuilder(110).append("070701");
    for (long value :
        new long[] {
          ino, mode, uid, gid, links, 0, size, 0, 0, rdevMajor, rdevMinor, encoded.length + 1, 0
        }) {
      header.append(String.format(Locale.ROOT, "%08x", value));
    }
    bytes(header.toString().getBytes(StandardCharsets.US_ASCII));
    bytes(encoded);
    bytes(new byte[1]);
    pad();
  }

  private void bytes(byte[] bytes) throws IOException {
    out.write(bytes);
    written += bytes.length;
  }

  private void pad() throws IOException {
    bytes(new byte[(int) (-written & 3)]);
  }
}
