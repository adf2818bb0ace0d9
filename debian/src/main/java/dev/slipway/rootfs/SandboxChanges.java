// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.tree.ContentKeeper;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.TarReader;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What commands made of a tree: the paths that are there now, and every inode that is not what it
 * was.
 *
 * <p>All names of an inode are in {@code changed} when one is, because they share the inode's
 * change time.
 */
final class SandboxChanges {
  /** Mount points that are made where a tree lacks them, and taken away again. */
  private static final List<TreePath> MOUNT_POINTS =
      List.of(
          TreePath.of("dev"),
          TreePath.of("proc"),
          TreePath.of("sys"),
          TreePath.of("run"),
          TreePath.of("tmp"));

  private final Set<TreePath> paths;
  private final Tree changed;

  private SandboxChanges(Set<TreePath> paths, Tree changed) {
    this.paths = paths;
    this.changed = changed;
  }

  /**
   * Reads what {@code sandbox.sh} writes at its end: a header with the times of the run, the list
   * of paths, a tar.
   */
  static SandboxChanges read(InputStream in, long epochSeconds, ContentKeeper keeper)
      throws IOException {
    String[] header = ChildSandbox.record(in, '\n').split(" ");
    if (header.length != 3 || !header[0].equals("slipway")) {
      throw new SandboxException(
          "the sandbox answered with something that is not a result: \""
              + String.join(" ", header)
              + "\"");
    }
    long started = Long.parseLong(header[1]);
    long ended = Long.parseLong(header[2]);
    var paths = new HashSet<TreePath>();
    for (String path = ChildSandbox.record(in, '\0');
        !path.isEmpty();
        path = ChildSandbox.record(in, '\0')) {
      try {
        paths.add(TreePath.of(path));
      } catch (IllegalArgumentException e) {
        throw new SandboxException(
            "the commands left a file that no tree can hold: " + e.getMessage());
      }
    }
    Tree changed = TarReader.read(in, "what changed in the sandbox", keeper);
    return new SandboxChanges(
        paths, changed.mapped((path, inode) -> settled(inode, started, ended, epochSeconds)));
  }

  /** A time within the run is the run's, not the file's. */
  private static Inode settled(Inode inode, long started, long ended, long epochSeconds) {
    Metadata metadata = inode.metadata();
    boolean during = metadata.mtimeSeconds() >= started && metadata.mtimeSeconds() <= ended;
    return during ? inode.withMetadata(metadata.withMtime(epochSeconds, 0)) : inode;
  }

  Tree appliedTo(Tree before) {
    return before.with(
        t -> {
          TreePath gone = null;
          for (TreePath path : new ArrayList<>(before.entries().keySet())) {
            if (!paths.contains(path)
                && !path.isRoot()
                && (gone == null || !path.startsWith(gone))) {
              t.remove(path);
              gone = path;
            }
          }
          changed
              .entries()
              .forEach(
                  (path, node) -> {
                    boolean implied = node instanceof Directory directory && directory.implied();
                    if (!implied && !(isOurs(before, path))) {
                      replace(t, path, node);
                    }
                  });
        });
  }

  private boolean isOurs(Tree before, TreePath path) {
    return MOUNT_POINTS.contains(path) && before.node(path).isEmpty();
  }

  private static void replace(dev.slipway.tree.TreeBuilder t, TreePath path, Node node) {
    boolean bothDirectories =
        node instanceof Directory && t.node(path).orElse(null) instanceof Directory;
    if (!bothDirectories && !path.isRoot()) {
      t.remove(path);
    }
    t.put(path, node);
  }
}
