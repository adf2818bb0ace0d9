// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.store.Blob;
import dev.slipway.tree.Content;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.util.ArrayList;
import java.util.List;

/**
 * Packages that dpkg itself unpacks, in the sandbox: those that move files of other packages out of
 * their way first. Their .deb files travel in the tree.
 */
final class LateDebs {
  private static final TreePath DIRECTORY = TreePath.of("var/cache/slipway");

  private final List<Blob> debs = new ArrayList<>();

  void add(Blob deb) {
    debs.add(deb);
  }

  /** Where the files lie, seen from inside. */
  List<String> paths() {
    return debs.stream().map(deb -> path(deb).toString()).sorted().toList();
  }

  Tree addedTo(Tree tree) {
    if (debs.isEmpty()) {
      return tree;
    }
    return tree.with(
        t ->
            debs.forEach(
                deb -> {
                  Content content = Content.of(deb.size(), deb.digest(), deb.source());
                  t.put(path(deb), new RegularFile(Metadata.mode(0644), content));
                }));
  }

  Tree removedFrom(Tree tree) {
    return debs.isEmpty() ? tree : tree.without(DIRECTORY::equals);
  }

  private static TreePath path(Blob deb) {
    return DIRECTORY.child(deb.digest().hex() + ".deb");
  }
}
