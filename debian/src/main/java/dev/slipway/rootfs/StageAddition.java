// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.tree.Node;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.HardLink;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.util.Map;
import java.util.Optional;

/** What has to be unpacked over one tree to make another of it. */
final class StageAddition {
  private StageAddition() {}

  /**
   * The nodes that {@code after} has and {@code before} has not, or has otherwise; nothing when
   * unpacking cannot make the one of the other: when a path is gone, is a directory in only one of
   * them, or is another name of a file that is not sent with it.
   */
  static Optional<Tree> of(Tree before, Tree after) {
    for (TreePath path : before.entries().keySet()) {
      if (after.node(path).isEmpty()) {
        return Optional.empty();
      }
    }
    var addition = Tree.empty().toBuilder();
    for (Map.Entry<TreePath, Node> entry : after.entries().entrySet()) {
      TreePath path = entry.getKey();
      Node node = entry.getValue();
      Optional<Node> old = before.node(path);
      if (old.isPresent() && old.get().equals(node) && !isReplaced(node, before, after)) {
        continue;
      }
      boolean otherKind =
          old.isPresent() && old.get() instanceof Directory != node instanceof Directory;
      boolean strayLink = node instanceof HardLink link && addition.node(link.target()).isEmpty();
      if (otherKind || strayLink) {
        return Optional.empty();
      }
      addition.put(path, node);
    }
    return Optional.of(addition.build());
  }

  /** Another name of a file that is sent must be sent with it, or it would keep the old one. */
  private static boolean isReplaced(Node node, Tree before, Tree after) {
    return node instanceof HardLink link
        && !before.node(link.target()).equals(after.node(link.target()));
  }
}
