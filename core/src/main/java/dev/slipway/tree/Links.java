// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.HardLink;
import dev.slipway.tree.Node.Symlink;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Follows symbolic links as the kernel does: name by name, {@code ..} from where a link led to. */
final class Links {
  /** How many symbolic links Linux follows before it gives up. */
  private static final int FOLLOWED_MAX = 40;

  private Links() {}

  /** Where a path leads to; nothing when it dangles, turns in circles or passes through a file. */
  static Optional<TreePath> follow(Map<TreePath, Node> entries, TreePath path) {
    Deque<String> rest = new ArrayDeque<>(path.names());
    TreePath at = TreePath.ROOT;
    int followed = 0;
    while (!rest.isEmpty()) {
      if (!(entries.get(at) instanceof Directory)) {
        return Optional.empty();
      }
      String name = rest.removeFirst();
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      if (name.equals("..")) {
        at = at.parent().orElse(TreePath.ROOT);
        continue;
      }
      Optional<TreePath> next = existing(entries, at, name);
      if (next.isEmpty()) {
        return Optional.empty();
      }
      if (symlink(entries, next.get()) instanceof Symlink link) {
        if (++followed > FOLLOWED_MAX) {
          return Optional.empty();
        }
        at = link.target().startsWith("/") ? TreePath.ROOT : at;
        List<String> names = List.of(link.target().split("/", -1));
        for (int i = names.size() - 1; i >= 0; i--) {
          rest.addFirst(names.get(i));
        }
      } else {
        at = next.get();
      }
    }
    return Optional.of(at);
  }

  /** The entry of a name, which may be one that no tree can hold. */
  private static Optional<TreePath> existing(
      Map<TreePath, Node> entries, TreePath directory, String name) {
    try {
      return Optional.of(directory.child(name)).filter(entries::containsKey);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Node symlink(Map<TreePath, Node> entries, TreePath path) {
    Node node = entries.get(path);
    return node instanceof HardLink link ? entries.get(link.target()) : node;
  }
}
