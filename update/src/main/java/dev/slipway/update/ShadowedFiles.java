// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.bootconfig.Slot;
import dev.slipway.tree.Node;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Files of {@code /etc} that were changed on the machine and whose default is another one in the
 * running release than in the one before: the machine still uses its own, and somebody should look.
 */
final class ShadowedFiles {
  private ShadowedFiles() {}

  /**
   * Finds them.
   *
   * @param changes the directory that holds what was changed in {@code /etc}
   */
  static List<String> of(SystemDisk disk, Slot running, Path changes) throws IOException {
    if (!Files.isDirectory(changes)) {
      return List.of();
    }
    Optional<Tree> now = Release.tree(disk.slot(running), "slot " + running);
    Optional<Tree> before = Release.tree(disk.slot(running.other()), "slot " + running.other());
    if (now.isEmpty() || before.isEmpty()) {
      return List.of();
    }
    var shadowed = new ArrayList<String>();
    try (Stream<Path> files = Files.walk(changes)) {
      for (Path file : files.filter(file -> !Files.isDirectory(file)).sorted().toList()) {
        TreePath path = TreePath.of("/etc/" + changes.relativize(file));
        if (!same(now.get(), before.get(), path)) {
          shadowed.add(path.toString());
        }
      }
    }
    return shadowed;
  }

  private static boolean same(Tree now, Tree before, TreePath path) {
    Optional<Node> left = now.node(path);
    Optional<Node> right = before.node(path);
    if (left.orElse(null) instanceof RegularFile a && right.orElse(null) instanceof RegularFile b) {
      return a.content().digest().equals(b.content().digest());
    }
    return left.equals(right);
  }
}
