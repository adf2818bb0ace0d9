// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Writes a tree to a directory of the host, with owners, modes and attributes as they are: for
 * root. Times are left to the clock.
 */
final class HostDirectory {
  private final HostCalls calls = HostCalls.load();
  private final Tree tree;
  private final Path target;

  private HostDirectory(Tree tree, Path target) {
    this.tree = tree;
    this.target = target;
  }

  /** Writes into a directory that does not exist yet. */
  static void write(Tree tree, Path target) throws IOException {
    var writer = new HostDirectory(tree, target);
    for (Map.Entry<TreePath, Node> entry : tree.entries().entrySet()) {
      writer.put(entry.getKey(), entry.getValue());
    }
    // from the leaves up, so that no directory becomes unwritable before it is filled
    for (TreePath path : tree.entries().descendingKeySet()) {
      if (tree.node(path).orElseThrow() instanceof Directory directory) {
        writer.dress(path, directory);
      }
    }
  }

  private String place(TreePath path) {
    return path.isRoot() ? target.toString() : target + path.toString();
  }

  private void put(TreePath path, Node node) throws IOException {
    if (node instanceof Directory) {
      calls.mkdir(place(path), 0700);
    } else if (node instanceof HardLink link) {
      calls.link(place(link.target()), place(path));
    } else if (node instanceof RegularFile file) {
      Path place = Path.of(place(path));
      try (InputStream in = file.content().open()) {
        Files.copy(in, place);
      }
      dress(path, file);
    } else if (node instanceof Symlink link) {
      calls.symlink(link.target(), place(path));
      calls.chown(place(path), link.metadata().uid(), link.metadata().gid());
    } else if (node instanceof Special special) {
      throw new IOException(
          path + ": a " + special.kind() + ", which only the running system makes");
    }
  }

  private void dress(TreePath path, Inode inode) throws IOException {
    String place = place(path);
    calls.chown(place, inode.metadata().uid(), inode.metadata().gid());
    calls.setXattrs(place, inode.metadata().xattrs());
    calls.chmod(place, inode.metadata().mode());
  }
}
