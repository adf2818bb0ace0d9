// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.tree.Node;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.HardLink;
import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers the inodes of a tree and counts their names. The entries of a directory get numbers in a
 * row, which lets its listing be one run.
 */
final class NewInodes {
  private final Map<TreePath, NewInode> byPath = new HashMap<>();
  private final Map<TreePath, List<TreePath>> children = new LinkedHashMap<>();

  NewInodes(Tree tree) {
    var links = new HashMap<TreePath, Integer>();
    tree.entries()
        .forEach(
            (path, node) -> {
              if (node instanceof Directory) {
                children.put(path, new ArrayList<>());
                links.merge(path, 2, Integer::sum);
                path.parent().ifPresent(parent -> links.merge(parent, 1, Integer::sum));
              } else {
                links.merge(node instanceof HardLink link ? link.target() : path, 1, Integer::sum);
              }
              path.parent().ifPresent(parent -> children.get(parent).add(path));
            });
    add(TreePath.ROOT, tree.entries().get(TreePath.ROOT), links);
    for (List<TreePath> names : children.values()) {
      for (TreePath path : names) {
        add(path, tree.entries().get(path), links);
      }
    }
  }

  private void add(TreePath path, Node node, Map<TreePath, Integer> links) {
    if (node instanceof Inode inode) {
      byPath.put(path, new NewInode(path, inode, byPath.size() + 1, links.get(path)));
    }
  }

  int count() {
    return byPath.size();
  }

  /** The inode whose first name is the given path. */
  NewInode at(TreePath path) {
    return byPath.get(path);
  }

  /** The names in a directory, in order. */
  List<TreePath> children(TreePath directory) {
    return children.get(directory);
  }
}
