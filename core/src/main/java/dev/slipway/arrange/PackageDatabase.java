// SPDX-License-Identifier: Apache-2.0
package dev.slipway.arrange;

import dev.slipway.tree.Node;
import dev.slipway.tree.Node.HardLink;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import java.util.ArrayList;
import java.util.Map;

/**
 * Moves dpkg's database under {@code /usr}: it describes the release, so it must go and come with
 * it.
 */
final class PackageDatabase {
  private static final TreePath USUAL = TreePath.of("/var/lib/dpkg");

  private PackageDatabase() {}

  static Tree moved(Tree tree, Stamp stamp) {
    if (!tree.contains(USUAL.toString())) {
      return tree;
    }
    return tree.with(
        t -> {
          moveDirectory(tree, t, USUAL, TreePath.of(Arrangement.PACKAGE_DATABASE), stamp);
          // Replaced at every boot: a machine's older copy would describe another release.
          stamp.file(
              t,
              "/usr/lib/tmpfiles.d/slipway-dpkg.conf",
              0644,
              "L+ " + USUAL + " - - - - ../.." + Arrangement.PACKAGE_DATABASE + "\n");
        });
  }

  /** Moves a directory with all it holds; hard links within it stay links. */
  static void moveDirectory(Tree tree, TreeBuilder t, TreePath from, TreePath to, Stamp stamp) {
    var moved = new ArrayList<Map.Entry<TreePath, Node>>();
    for (var entry : tree.entries().tailMap(from, true).entrySet()) {
      if (!entry.getKey().startsWith(from)) {
        break;
      }
      Node node = entry.getValue();
      if (node instanceof HardLink link) {
        node =
            link.target().startsWith(from)
                ? new HardLink(link.target().rebase(from, to))
                : tree.inode(link.target()).orElseThrow();
      }
      moved.add(Map.entry(entry.getKey().rebase(from, to), node));
    }
    t.remove(from);
    moved.forEach(entry -> stamp.put(t, entry.getKey(), entry.getValue()));
  }
}
