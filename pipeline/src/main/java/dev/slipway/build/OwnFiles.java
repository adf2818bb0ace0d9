// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.arrange.Accounts;
import dev.slipway.arrange.Stamp;
import dev.slipway.spec.OwnEntry;
import dev.slipway.spec.OwnEntry.Kind;
import dev.slipway.tree.Content;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Node.Symlink;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Lays the files, directories and links of a specification over a tree. */
final class OwnFiles {
  private final Stamp stamp;
  private final Accounts accounts;

  OwnFiles(Stamp stamp, Accounts accounts) {
    this.stamp = stamp;
    this.accounts = accounts;
  }

  Tree over(Tree tree, List<OwnEntry> entries) throws IOException {
    TreeBuilder t = tree.toBuilder();
    for (OwnEntry entry : entries) {
      try {
        TreePath place = throughLinks(tree, entry.path());
        put(t, place, entry);
      } catch (IllegalArgumentException e) {
        throw new BuildException(entry.path() + ": " + e.getMessage(), e);
      }
    }
    return t.build();
  }

  /**
   * {@code /bin/x} is really {@code /usr/bin/x}: links on the way are followed as far as they lead,
   * the last name is not.
   */
  private static TreePath throughLinks(Tree tree, TreePath path) {
    TreePath parent = path.parent().orElse(TreePath.ROOT);
    Optional<TreePath> real = tree.follow(parent);
    if (real.isPresent()) {
      return real.get().child(path.name());
    }
    return parent.isRoot() ? path : throughLinks(tree, parent).child(path.name());
  }

  private void put(TreeBuilder t, TreePath place, OwnEntry entry) throws IOException {
    Metadata owned = stamp.mode(0).withOwner(uid(entry), gid(entry));
    if (entry.kind() instanceof Kind.Inline inline) {
      stamp.put(
          t, place, new RegularFile(owned.withMode(entry.mode().orElse(0644)), inline.content()));
    } else if (entry.kind() instanceof Kind.Symlink link) {
      stamp.put(t, place, new Symlink(owned, link.target()));
    } else if (entry.kind() instanceof Kind.Directory) {
      stamp.put(t, place, new Directory(owned.withMode(entry.mode().orElse(0755))));
    } else if (entry.kind() instanceof Kind.CopyOf copy) {
      copy(t, place, copy.source(), owned, entry.mode());
    }
  }

  private void copy(
      TreeBuilder t, TreePath place, Path source, Metadata owned, Optional<Integer> mode)
      throws IOException {
    if (Files.isSymbolicLink(source) && !Files.isDirectory(source) && !Files.exists(source)) {
      throw new BuildException(source + " is a link that leads nowhere");
    }
    if (Files.isDirectory(source)) {
      stamp.put(t, place, new Directory(owned.withMode(0755)));
      var inside = new ArrayList<Path>();
      try (Stream<Path> list = Files.list(source)) {
        list.forEach(inside::add);
      }
      inside.sort(Comparator.comparing(path -> TreePath.ROOT.child(path.getFileName().toString())));
      for (Path path : inside) {
        TreePath below = place.child(path.getFileName().toString());
        if (Files.isSymbolicLink(path)) {
          t.put(below, new Symlink(owned, Files.readSymbolicLink(path).toString()));
        } else {
          copy(t, below, path, owned, mode);
        }
      }
      return;
    }
    if (!Files.isRegularFile(source)) {
      throw new BuildException(source + " is neither a file nor a directory");
    }
    // Of the host's permission bits only the owner's right to run a file is an input: the rest
    // depends on the umask.
    int bits = mode.orElse(ownerMayRun(source) ? 0755 : 0644);
    stamp.put(t, place, new RegularFile(owned.withMode(bits), Content.file(source)));
  }

  /**
   * Whether the owner's permission bit says so: whether this process may run it would depend on who
   * builds.
   */
  static boolean ownerMayRun(Path file) throws IOException {
    return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_EXECUTE);
  }

  private long uid(OwnEntry entry) {
    return accounts.uid(entry.owner().substring(0, entry.owner().indexOf(':')));
  }

  private long gid(OwnEntry entry) {
    return accounts.gid(entry.owner().substring(entry.owner().indexOf(':') + 1));
  }
}
