// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import dev.slipway.io.FormatException;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds files in the tree of an unpacked package set. */
final class PackageFiles {
  private final Tree tree;

  PackageFiles(Tree tree) {
    this.tree = tree;
  }

  /** A file's content, symbolic links followed. */
  Optional<Content> find(String path) {
    return tree.follow(TreePath.of(path)).flatMap(this::content);
  }

  private Optional<Content> content(TreePath path) {
    return tree.inode(path)
        .filter(Node.RegularFile.class::isInstance)
        .map(node -> ((Node.RegularFile) node).content());
  }

  /** A file that must be there, read whole; refuses one that is absurdly large. */
  byte[] read(String path, String packageName, long maxBytes) throws IOException {
    Content content =
        find(path)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        path + " is missing; add the package " + packageName));
    return bounded(path, content, maxBytes);
  }

  static byte[] bounded(String path, Content content, long maxBytes) throws IOException {
    if (content.sizeBytes() > maxBytes) {
      throw new FormatException(
          path + ": size: found " + content.sizeBytes() + " bytes, expected at most " + maxBytes);
    }
    return content.readAll();
  }

  /** All regular files whose path, with its leading slash, matches; in path order. */
  List<TreePath> matching(String regex) {
    Pattern pattern = Pattern.compile(regex);
    var found = new ArrayList<TreePath>();
    for (TreePath path : tree.entries().keySet()) {
      if (pattern.matcher(path.toString()).matches() && content(path).isPresent()) {
        found.add(path);
      }
    }
    return found;
  }

  /** The directories of libraries that are each for one architecture; in path order. */
  List<String> multiarchDirectories() {
    var found = new ArrayList<String>();
    for (String parent : List.of("/lib", "/usr/lib")) {
      for (TreePath path : tree.children(TreePath.of(parent))) {
        if (path.name().contains("-linux-")
            && tree.node(path).orElseThrow() instanceof Node.Directory) {
          found.add(path.toString());
        }
      }
    }
    return found;
  }
}
