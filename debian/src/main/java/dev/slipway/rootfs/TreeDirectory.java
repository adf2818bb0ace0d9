// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
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
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Lays a tree down in a directory of the host as it is: owners, modes, devices, extended
 * attributes, hard links, holes, times. Only root can do that; everybody else takes the tree as a
 * tar file.
 */
public final class TreeDirectory {
  private static final int CHUNK_BYTES = 1 << 16;
  private static final String PARTIAL = ".partial";

  private final LibC libc = LibC.load();
  private final Path base;
  private final List<TreePath> made = new ArrayList<>();

  private TreeDirectory(Path base) {
    this.base = base;
  }

  /**
   * Writes a tree. The directory appears when it is complete; after an error nothing is left.
   *
   * @param directory must not exist, or be empty
   * @throws IOException naming the path that could not be written; saying so when this process is
   *     not root
   */
  public static void write(Tree tree, Path directory) throws IOException {
    write(tree, directory, Progress.none());
  }

  /** As {@link #write(Tree, Path)}, telling how far it is in bytes of contents. */
  public static void write(Tree tree, Path directory, Progress progress) throws IOException {
    HostUser user = HostUser.current();
    if (!user.isRoot()) {
      throw new IOException(
          directory
              + ": only root can make files of other owners and devices, and this is user "
              + user.name()
              + "; write a tar file instead, or run as root");
    }
    Path target = directory.toAbsolutePath();
    requireFree(target);
    Path beside =
        target.resolveSibling(target.getFileName() + PARTIAL + ProcessHandle.current().pid());
    Files.createDirectory(beside);
    var writer = new TreeDirectory(beside);
    boolean whole = false;
    try (Task task = progress.start("writing " + directory, tree.contentBytes())) {
      writer.writeAll(tree, task);
      writer.libc.rename(beside.toString(), target.toString());
      whole = true;
    } finally {
      if (!whole) {
        writer.removeAll(tree);
        Files.deleteIfExists(beside);
      }
    }
  }

  private static void requireFree(Path target) throws IOException {
    if (!Files.exists(target)) {
      return;
    }
    if (!Files.isDirectory(target)) {
      throw new NotDirectoryException(target.toString());
    }
    try (DirectoryStream<Path> inside = Files.newDirectoryStream(target)) {
      if (inside.iterator().hasNext()) {
        throw new FileAlreadyExistsException(
            target.toString(), null, "the directory is not empty; name a new one");
      }
    }
  }

  private void writeAll(Tree tree, Task task) throws IOException {
    for (Map.Entry<TreePath, Node> entry : tree.entries().entrySet()) {
      make(entry.getKey(), entry.getValue());
      if (entry.getValue() instanceof RegularFile file) {
        task.advance(file.content().sizeBytes());
      }
    }
    // A directory's time changes with what is put into it, and its mode might keep us out: from the
    // leaves up.
    var directories = new ArrayList<TreePath>();
    tree.entries()
        .forEach(
            (path, node) -> {
              if (node instanceof Directory) {
                directories.add(path);
              }
            });
    Collections.reverse(directories);
    for (TreePath path : directories) {
      dress(path, (Inode) tree.node(path).orElseThrow());
    }
  }

  private void make(TreePath path, Node node) throws IOException {
    if (!path.isRoot()) {
      made.add(path);
    }
    String place = place(path);
    if (node instanceof Directory) {
      if (!path.isRoot()) {
        libc.mkdir(place, 0700);
      }
    } else if (node instanceof HardLink link) {
      libc.link(place(link.target()), place);
    } else if (node instanceof Symlink link) {
      libc.symlink(link.target(), place);
      dress(path, link);
    } else if (node instanceof Special special) {
      libc.mknod(place, type(special.kind()) | 0600, special.major(), special.minor());
      dress(path, special);
    } else if (node instanceof RegularFile file) {
      fill(file, place);
      dress(path, file);
    }
  }

  /**
   * Java opens files only by names that its locale can spell, so the content is written under a
   * plain name first.
   */
  private void fill(RegularFile file, String place) throws IOException {
    Path plain = base.resolve(".content");
    try (FileChannel out =
            FileChannel.open(
                plain,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE);
        InputStream in = file.content().open()) {
      long at = 0;
      for (var range : file.content().data()) {
        in.skipNBytes(range.offset() - at);
        out.position(range.offset());
        copy(in, out, range.length());
        at = range.offset() + range.length();
      }
      if (at < file.content().sizeBytes()) {
        out.write(ByteBuffer.allocate(1), file.content().sizeBytes() - 1);
      }
      libc.rename(plain.toString(), place);
    } finally {
      Files.deleteIfExists(plain);
    }
  }

  private static void copy(InputStream in, FileChannel out, long length) throws IOException {
    byte[] chunk = new byte[CHUNK_BYTES];
    for (long left = length; left > 0; ) {
      int count = in.readNBytes(chunk, 0, (int) Math.min(left, chunk.length));
      if (count == 0) {
        throw new IOException("the content ended " + left + " bytes early");
      }
      ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, count);
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      left -= count;
    }
  }

  /** The owner first: a change of it takes setuid bits and capabilities away. The time last. */
  private void dress(TreePath path, Inode inode) throws IOException {
    String place = place(path);
    Metadata metadata = inode.metadata();
    libc.chown(place, metadata.uid(), metadata.gid());
    if (!(inode instanceof Symlink)) {
      libc.chmod(place, metadata.mode());
    }
    for (Map.Entry<String, byte[]> attribute : metadata.xattrs().asMap().entrySet()) {
      libc.setXattr(place, attribute.getKey(), attribute.getValue());
    }
    libc.setTime(place, metadata.mtimeSeconds(), metadata.mtimeNanos());
  }

  private static int type(Special.Kind kind) {
    return switch (kind) {
      case FIFO -> 0010000;
      case CHARACTER_DEVICE -> 0020000;
      case BLOCK_DEVICE -> 0060000;
      case SOCKET -> 0140000;
    };
  }

  private void removeAll(Tree tree) {
    Collections.reverse(made);
    for (TreePath path : made) {
      libc.remove(place(path), tree.node(path).orElseThrow() instanceof Directory);
    }
  }

  private String place(TreePath path) {
    return path.isRoot() ? base.toString() : base + path.toString();
  }
}
