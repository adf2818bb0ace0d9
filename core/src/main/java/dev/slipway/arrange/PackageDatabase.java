// SPDX-License-Identifier: Apache-2.0
package dev.slipway.arrange;

import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;

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
          stamp.move(tree, t, USUAL, TreePath.of(Arrangement.PACKAGE_DATABASE));
          // Replaced at every boot: a machine's older copy would describe another release.
          stamp.file(
              t,
              "/usr/lib/tmpfiles.d/slipway-dpkg.conf",
              0644,
              "L+ " + USUAL + " - - - - ../.." + Arrangement.PACKAGE_DATABASE + "\n");
        });
  }
}
