// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.io.FormatException;
import dev.slipway.tree.Node;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.HardLink;
import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Node.Symlink;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Lays packages over one another as {@code dpkg --unpack} does, but on a tree held as data, one
 * package after the other.
 *
 * <p>The rules, after dpkg's {@code tarobject()}: a directory that is there stays as it is, and so
 * does a symbolic link to one, through which the files then go; a symbolic link never replaces a
 * directory; a file of another package is taken over with {@code Replaces} and refused without;
 * when the package that is there replaces the newcomer, the newcomer's file is left out; builds of
 * one package for several architectures share files that are equal; configuration files go beside
 * their place with {@code .dpkg-new}, where {@code dpkg --configure} finds them.
 */
final class PackageMerge {
  static final String NEW_CONFFILE = ".dpkg-new";
  private static final int LINKS_FOLLOWED_MAX = 40;

  private final TreeBuilder tree;

  /**
   * Who brought a file that is no directory, by the place where it lies, in the order they came.
   */
  private final Map<TreePath, List<DebPackage>> owners = new HashMap<>();

  /** Where each path of a package lies; a path that another package has taken over is not in it. */
  private final Map<DebPackage, Map<TreePath, TreePath>> placesOf = new HashMap<>();

  private final Map<DebPackage, List<TreePath>> orderOf = new HashMap<>();

  PackageMerge(TreeBuilder tree) {
    this.tree = tree;
  }

  /**
   * Unpacks one more package. Hard links come last, when it is known where what they lead to lies.
   */
  void add(UnpackedPackage unpacked) throws FormatException {
    DebPackage about = unpacked.about();
    Map<TreePath, TreePath> places = new HashMap<>();
    placesOf.put(about, places);
    orderOf.put(about, linksLast(unpacked));
    Set<TreePath> conffiles = new HashSet<>(about.conffiles());
    Map<TreePath, TreePath> placed = new HashMap<>();
    for (boolean links : new boolean[] {false, true}) {
      for (TreePath path : orderOf.get(about)) {
        Node node = unpacked.tree().node(path).orElseThrow();
        if (node instanceof HardLink != links) {
          continue;
        }
        try {
          TreePath place = place(path, about);
          places.put(path, place);
          if (node instanceof Directory directory) {
            putDirectory(about, path, place, directory);
          } else if (isTaken(unpacked, path, place)) {
            TreePath target =
                conffiles.contains(path) ? TreePath.of(place.relative() + NEW_CONFFILE) : place;
            placed.put(path, target);
            put(unpacked, node, target, placed);
          }
        } catch (IllegalArgumentException e) {
          throw new FormatException(about.source() + ": " + path + ": " + e.getMessage(), e);
        }
      }
    }
  }

  /** dpkg makes symbolic links when everything else of a package is there, and lists them so. */
  private static List<TreePath> linksLast(UnpackedPackage unpacked) {
    var order = new ArrayList<TreePath>();
    for (boolean links : new boolean[] {false, true}) {
      for (TreePath path : unpacked.order()) {
        if (unpacked.tree().node(path).orElseThrow() instanceof Symlink == links) {
          order.add(path);
        }
      }
    }
    return order;
  }

  /**
   * The paths of a package as its own archive names them, in dpkg's order, less what other packages
   * have taken over.
   */
  List<TreePath> list(DebPackage about) {
    return orderOf.get(about).stream().filter(placesOf.get(about)::containsKey).toList();
  }

  private void putDirectory(DebPackage about, TreePath path, TreePath place, Directory directory)
      throws FormatException {
    Optional<Node> before = tree.node(place);
    if (before.isEmpty() || before.get() instanceof Directory there && there.implied()) {
      tree.put(place, directory);
      return;
    }
    boolean leadsToDirectory =
        before.get() instanceof Directory
            || follow(place).flatMap(tree::node).orElse(null) instanceof Directory;
    if (!leadsToDirectory) {
      throw conflict(about, path, place, "it is a directory here, but not in");
    }
  }

  private void put(
      UnpackedPackage unpacked, Node node, TreePath target, Map<TreePath, TreePath> placed) {
    Node inode = node;
    if (node instanceof HardLink link) {
      TreePath first = placed.get(link.target());
      // Where the file it was linked to went to another package, this name keeps the content on its
      // own.
      inode =
          first != null ? new HardLink(first) : unpacked.tree().inode(link.target()).orElseThrow();
    }
    if (tree.node(target).isPresent()) {
      tree.remove(target);
    }
    tree.put(target, inode);
  }

  /** Decides whether a file comes into the tree, and notes whose it is. */
  private boolean isTaken(UnpackedPackage unpacked, TreePath path, TreePath place)
      throws FormatException {
    DebPackage about = unpacked.about();
    Inode inode = unpacked.tree().inode(path).orElseThrow();
    Optional<Node> before = tree.node(place);
    if (before.isPresent() && before.get() instanceof Directory) {
      if (inode instanceof Symlink) {
        return false;
      }
      throw new FormatException(
          about.source() + ": " + path + ": would replace a directory of other packages by a file");
    }
    if (inode instanceof Symlink link
        && before.isPresent()
        && before.get() instanceof Symlink there
        && isSameDirectoryLink(place, link, there)) {
      return false;
    }
    List<DebPackage> holders = owners.computeIfAbsent(place, key -> new ArrayList<>());
    for (DebPackage holder : List.copyOf(holders)) {
      if (about.isSibling(holder)) {
        requireSame(about, holder, path, place, inode);
      } else if (about.mayReplace(holder)) {
        holders.remove(holder);
        placesOf.get(holder).values().removeIf(place::equals);
      } else if (holder.mayReplace(about)) {
        placesOf.get(about).remove(path);
        return false;
      } else {
        throw conflict(about, path, place, "it is also in");
      }
    }
    holders.add(about);
    return true;
  }

  private boolean isSameDirectoryLink(TreePath place, Symlink link, Symlink there) {
    return link.target().equals(there.target())
        && follow(place).flatMap(tree::node).orElse(null) instanceof Directory;
  }

  private void requireSame(
      DebPackage about, DebPackage holder, TreePath path, TreePath place, Inode mine)
      throws FormatException {
    boolean conffile = about.conffiles().contains(path);
    Node theirs =
        tree.inode(conffile ? TreePath.of(place.relative() + NEW_CONFFILE) : place).orElse(null);
    boolean same =
        mine instanceof RegularFile a && theirs instanceof RegularFile b
            ? a.content().equals(b.content())
            : mine instanceof Symlink c && theirs instanceof Symlink d
                ? c.target().equals(d.target())
                : mine.getClass() == theirs.getClass();
    if (!same) {
      throw new FormatException(
          about.source()
              + ": "
              + path
              + ": differs from that of "
              + holder.databaseName()
              + " "
              + holder.version()
              + "; both must have the same version");
    }
  }

  private FormatException conflict(DebPackage about, TreePath path, TreePath place, String what) {
    List<DebPackage> holders = owners.getOrDefault(place, List.of());
    String other =
        holders.isEmpty() ? "another package" : "package " + holders.get(holders.size() - 1);
    return new FormatException(
        about.source()
            + ": "
            + path
            + ": package "
            + about
            + " cannot be unpacked beside the others: "
            + what
            + " "
            + other
            + ", and neither replaces the other");
  }

  /**
   * Where a path of a package lies: links to directories that stand in the tree on the way are
   * followed, as the kernel would.
   */
  private TreePath place(TreePath path, DebPackage about) throws FormatException {
    if (path.isRoot()) {
      return path;
    }
    TreePath parent = path.parent().orElseThrow();
    return resolve(parent, LINKS_FOLLOWED_MAX)
        .orElseThrow(
            () ->
                new FormatException(
                    about.source()
                        + ": "
                        + path
                        + ": lies below something that is no directory, or below a link that leads nowhere"))
        .child(path.name());
  }

  private Optional<TreePath> follow(TreePath path) {
    return resolve(path, LINKS_FOLLOWED_MAX);
  }

  private Optional<TreePath> resolve(TreePath path, int linksLeft) {
    TreePath at = TreePath.ROOT;
    List<String> names = path.names();
    for (int i = 0; i < names.size(); i++) {
      TreePath next = at.child(names.get(i));
      Node node = tree.node(next).orElse(null);
      if (node instanceof Symlink link) {
        if (linksLeft == 0) {
          return Optional.empty();
        }
        var rest = new ArrayList<String>(link.target().startsWith("/") ? List.of() : at.names());
        for (String name : link.target().split("/")) {
          if (name.equals("..")) {
            if (!rest.isEmpty()) {
              rest.remove(rest.size() - 1);
            }
          } else if (!name.isEmpty() && !name.equals(".")) {
            rest.add(name);
          }
        }
        rest.addAll(names.subList(i + 1, names.size()));
        return resolve(TreePath.of(String.join("/", rest)), linksLeft - 1);
      }
      if (node != null && !(node instanceof Directory)) {
        return Optional.empty();
      }
      at = next;
    }
    return Optional.of(at);
  }

  /** The tree with everything added so far. */
  Tree tree() {
    return tree.build();
  }
}
