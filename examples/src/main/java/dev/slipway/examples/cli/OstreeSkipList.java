// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Paths that are not committed: those of a file, one on each line, with all that is below them. A
 * path that is not in the tree is an error, as for ostree, since the list is likely out of date.
 */
record OstreeSkipList(Path file, Set<TreePath> paths) {
  static OstreeSkipList read(Path file) throws IOException {
    var paths = new LinkedHashSet<TreePath>();
    for (String line : Files.readAllLines(file)) {
      if (!line.isEmpty()) {
        paths.add(path(line, file, paths.size()));
      }
    }
    return new OstreeSkipList(file, paths);
  }

  private static TreePath path(String line, Path file, int index) {
    TreePath path;
    try {
      path = TreePath.of(line);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          file + ": entry " + (index + 1) + ": " + e.getMessage(), e);
    }
    if (path.isRoot()) {
      throw new IllegalArgumentException(file + ": entry " + (index + 1) + ": leaves nothing over");
    }
    return path;
  }

  /** The tree without the paths. */
  Tree without(Tree tree) {
    List<String> strange =
        paths.stream().filter(path -> tree.node(path).isEmpty()).map(TreePath::toString).toList();
    if (!strange.isEmpty()) {
      throw new IllegalArgumentException(file + ": not in the tree: " + String.join(", ", strange));
    }
    return tree.without(paths::contains);
  }
}
