// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The {@code /etc} of a new deployment: the new defaults with what the machine changed in the old
 * ones. ostree's rule: a file that was changed locally wins whole, a file that was removed locally
 * stays removed, and nothing is merged within a file.
 *
 * <p>Unlike ostree, it says which new defaults nobody gets to see.
 *
 * @param tree what {@code /etc} will hold
 * @param changed paths that were changed or added locally
 * @param removed paths that were removed locally
 * @param shadowed paths of changed or removed files whose default is another one now
 */
public record EtcMerge(
    Tree tree, List<TreePath> changed, List<TreePath> removed, List<TreePath> shadowed) {
  public EtcMerge {
    changed = List.copyOf(changed);
    removed = List.copyOf(removed);
    shadowed = List.copyOf(shadowed);
  }

  /**
   * Merges.
   *
   * @param oldDefaults {@code /usr/etc} of the old deployment
   * @param local {@code /etc} of the old deployment
   * @param newDefaults {@code /usr/etc} of the new one
   */
  public static EtcMerge of(Tree oldDefaults, Tree local, Tree newDefaults) {
    var changed = new ArrayList<TreePath>();
    var removed = new ArrayList<TreePath>();
    var shadowed = new ArrayList<TreePath>();
    TreeBuilder merged = newDefaults.toBuilder();
    for (TreePath path : oldDefaults.entries().keySet()) {
      if (local.node(path).isEmpty() && !below(path, removed)) {
        removed.add(path);
        merged.remove(path);
      }
    }
    for (TreePath path : local.entries().keySet()) {
      Inode mine = local.inode(path).orElseThrow();
      if (!path.isRoot() && !same(Optional.of(mine), oldDefaults.inode(path))) {
        changed.add(path);
        put(merged, local, path, mine);
      }
    }
    Tree tree = merged.build();
    for (TreePath path : newDefaults.entries().keySet()) {
      if (!same(newDefaults.inode(path), tree.inode(path))
          && !same(newDefaults.inode(path), oldDefaults.inode(path))) {
        shadowed.add(path);
      }
    }
    return new EtcMerge(tree, changed, removed, shadowed);
  }

  private static boolean below(TreePath path, List<TreePath> directories) {
    return directories.stream().anyMatch(path::startsWith);
  }

  /** Puts a local node over the defaults; directories above it become as they are locally. */
  private static void put(TreeBuilder merged, Tree local, TreePath path, Inode mine) {
    for (TreePath above : path.ancestors()) {
      if (!above.isRoot() && !(merged.inode(above).orElse(null) instanceof Directory)) {
        if (merged.node(above).isPresent()) {
          merged.remove(above);
        }
        merged.put(above, local.inode(above).orElseThrow());
      }
    }
    if (merged.node(path).isPresent()
        && !(mine instanceof Directory && merged.inode(path).orElseThrow() instanceof Directory)) {
      merged.remove(path);
    }
    merged.put(path, mine);
  }

  /** As ostree compares: owners, modes and contents, but neither times nor attributes. */
  private static boolean same(Optional<Inode> one, Optional<Inode> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.isEmpty() && other.isEmpty();
    }
    if (one.get() instanceof RegularFile a
        && other.get() instanceof RegularFile b
        && a.content().sizeBytes() != b.content().sizeBytes()) {
      return false;
    }
    return bare(one.get()).equals(bare(other.get()));
  }

  private static Inode bare(Inode inode) {
    return inode.withMetadata(
        inode.metadata().withMtime(0, 0).withXattrs(dev.slipway.tree.Xattrs.NONE));
  }
}
