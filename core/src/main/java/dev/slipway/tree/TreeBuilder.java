// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.HardLink;
import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Node.Special;
import dev.slipway.tree.Node.Symlink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Collects the parts of a {@link Tree} in any order. Missing parents are made: owned by root, mode
 * 0755, marked as implied.
 *
 * <p>Not safe for several threads.
 */
public final class TreeBuilder {
  private static final Directory IMPLIED = new Directory(Metadata.mode(0755), true);

  private final NavigableMap<TreePath, Node> entries;
  private final SharedMetadata metadata = new SharedMetadata();

  /** The further names of each inode that has some; kept in step with {@link #entries}. */
  private final Map<TreePath, TreeSet<TreePath>> linksTo = new HashMap<>();

  TreeBuilder() {
    entries = new TreeMap<>();
    entries.put(TreePath.ROOT, IMPLIED);
  }

  TreeBuilder(NavigableMap<TreePath, Node> initial) {
    entries = new TreeMap<>(initial);
    initial.forEach(
        (path, node) -> {
          if (node instanceof HardLink link) {
            linksTo.computeIfAbsent(link.target(), target -> new TreeSet<>()).add(path);
          }
        });
  }

  public TreeBuilder directory(String path, int mode) {
    return put(TreePath.of(path), new Directory(Metadata.mode(mode)));
  }

  public TreeBuilder file(String path, int mode, Content content) {
    return put(TreePath.of(path), new RegularFile(Metadata.mode(mode), content));
  }

  public TreeBuilder symlink(String path, String target) {
    return put(TreePath.of(path), new Symlink(Metadata.mode(0777), target));
  }

  /** A further name for a file that may be added later. */
  public TreeBuilder hardLink(String path, String target) {
    return put(TreePath.of(path), new HardLink(TreePath.of(target)));
  }

  public TreeBuilder device(String path, int mode, Special.Kind kind, int major, int minor) {
    return put(TreePath.of(path), new Special(Metadata.mode(mode), kind, major, minor));
  }

  /**
   * Puts a node at a path. A directory over a directory takes over its metadata; anything else
   * replaces what was there, with everything below. Putting an inode over the first name of a
   * hard-linked file changes the inode for all its names; put over another name, it parts that name
   * from the rest.
   *
   * @throws IllegalArgumentException when a parent is no directory
   */
  public TreeBuilder put(TreePath path, Node node) {
    if (path.isRoot() && !(node instanceof Directory)) {
      throw new IllegalArgumentException("the root of a tree is a directory");
    }
    if (node instanceof HardLink link && link.target().equals(path)) {
      throw new IllegalArgumentException(path + " is a hard link to itself");
    }
    requireParents(path);
    Node before = entries.get(path);
    if (before instanceof Directory && !(node instanceof Directory)) {
      remove(path);
    } else if (before instanceof HardLink link) {
      unlink(path, link);
    } else if (before != null && (node instanceof HardLink || node instanceof Directory)) {
      promote(path);
    }
    if (node instanceof HardLink link) {
      link(path, link);
    } else {
      entries.put(path, metadata.share(node));
    }
    return this;
  }

  /** Makes a path a further name of an inode. No link leads to another link that is known. */
  private void link(TreePath path, HardLink link) {
    Node known = entries.get(link.target());
    TreePath target = known instanceof HardLink next ? next.target() : link.target();
    if (target.equals(path)) {
      throw new IllegalArgumentException(path + " is a hard link that leads back to itself");
    }
    entries.put(path, new HardLink(target));
    TreeSet<TreePath> names = linksTo.computeIfAbsent(target, t -> new TreeSet<>());
    names.add(path);
    TreeSet<TreePath> waiting = linksTo.remove(path); // made when this name was not there yet
    if (waiting != null) {
      waiting.forEach(name -> entries.put(name, new HardLink(target)));
      names.addAll(waiting);
    }
  }

  private void requireParents(TreePath path) {
    Optional<TreePath> parent = path.parent();
    if (parent.isEmpty() || entries.get(parent.get()) instanceof Directory) {
      return;
    }
    for (TreePath ancestor : path.ancestors()) {
      Node node = entries.putIfAbsent(ancestor, IMPLIED);
      if (node != null && !(node instanceof Directory)) {
        throw new IllegalArgumentException(path + ": " + ancestor + " is no directory");
      }
    }
  }

  /**
   * Removes an entry and everything below it; nothing happens when there is none. Other names of a
   * removed inode keep it.
   */
  public TreeBuilder remove(TreePath path) {
    if (path.isRoot()) {
      throw new IllegalArgumentException("the root of a tree cannot be removed");
    }
    var below = new ArrayList<TreePath>();
    for (TreePath at : entries.tailMap(path, true).keySet()) {
      if (!at.startsWith(path)) {
        break;
      }
      below.add(at);
    }
    for (TreePath gone : below) {
      Node node = entries.get(gone);
      if (node instanceof HardLink link) {
        unlink(gone, link);
      } else {
        promote(gone);
      }
      entries.remove(gone);
    }
    return this;
  }

  private void unlink(TreePath path, HardLink link) {
    TreeSet<TreePath> names = linksTo.get(link.target());
    if (names != null) {
      names.remove(path);
    }
  }

  /**
   * The first of an inode's further names takes the inode over, because {@code path} is about to be
   * something else.
   */
  private void promote(TreePath path) {
    TreeSet<TreePath> names = linksTo.remove(path);
    if (names == null || names.isEmpty() || !entries.containsKey(path)) {
      return;
    }
    TreePath heir = names.pollFirst();
    entries.put(heir, entries.get(path));
    for (TreePath name : names) {
      entries.put(name, new HardLink(heir));
    }
    if (!names.isEmpty()) {
      linksTo.put(heir, names);
    }
  }

  /** The node at a path as it stands now. */
  public Optional<Node> node(TreePath path) {
    return Optional.ofNullable(entries.get(path));
  }

  /** The inode at a path as it stands now, through a hard link if there is one. */
  public Optional<Inode> inode(TreePath path) {
    Node node = entries.get(path);
    if (node instanceof HardLink link) {
      node = entries.get(link.target());
    }
    return Optional.ofNullable(node instanceof Inode inode ? inode : null);
  }

  /** Whether something lies below a path. */
  boolean hasEntriesBelow(TreePath path) {
    TreePath next = entries.higherKey(path);
    return next != null && next.startsWith(path);
  }

  /** Lays a tree over what is here: see {@link Tree#overlaidWith}. */
  public TreeBuilder overlay(Tree upper) {
    var moved = new HashMap<TreePath, TreePath>();
    upper
        .entries()
        .forEach(
            (path, node) -> {
              TreePath place = place(path, moved);
              Node before = entries.get(place);
              if (node instanceof Directory directory) {
                Optional<TreePath> led =
                    before instanceof Symlink ? Links.follow(entries, place) : Optional.empty();
                if (led.isPresent() && entries.get(led.get()) instanceof Directory) {
                  moved.put(path, led.get());
                } else if (!directory.implied() || !(before instanceof Directory)) {
                  put(place, node);
                }
              } else if (node instanceof HardLink link) {
                put(place, new HardLink(place(link.target(), moved)));
              } else {
                if (before != null && !(before instanceof Directory)) {
                  remove(place);
                }
                put(place, node);
              }
            });
    return this;
  }

  /** Where an entry of the upper tree goes: its nearest directory that is a link here counts. */
  private static TreePath place(TreePath path, Map<TreePath, TreePath> moved) {
    TreePath ancestor = path;
    while (!moved.isEmpty() && !ancestor.isRoot()) {
      ancestor = ancestor.parent().orElseThrow();
      TreePath target = moved.get(ancestor);
      if (target != null) {
        return path.rebase(ancestor, target);
      }
    }
    return path;
  }

  /**
   * Ends the work. Every inode with several names is put at the first of them in path order.
   *
   * @throws IllegalArgumentException when a hard link's target is missing or is a directory
   */
  public Tree build() {
    var result = new TreeMap<>(entries);
    var groups = new TreeMap<TreePath, List<TreePath>>();
    entries.forEach(
        (path, node) -> {
          if (node instanceof HardLink link) {
            groups.computeIfAbsent(inodeOf(path, link), target -> new ArrayList<>()).add(path);
          }
        });
    groups.forEach(
        (target, names) -> {
          Node inode = entries.get(target);
          TreePath first = target;
          for (TreePath name : names) {
            first = name.compareTo(first) < 0 ? name : first;
          }
          result.put(target, new HardLink(first));
          for (TreePath name : names) {
            result.put(name, new HardLink(first));
          }
          result.put(first, inode);
        });
    return new Tree(result);
  }

  private TreePath inodeOf(TreePath path, HardLink link) {
    TreePath target = link.target();
    for (int steps = 0; entries.get(target) instanceof HardLink next; steps++) {
      if (steps > entries.size()) {
        throw new IllegalArgumentException(path + " is a hard link that leads back to itself");
      }
      target = next.target();
    }
    if (!(entries.get(target) instanceof Inode inode) || inode instanceof Directory) {
      throw new IllegalArgumentException(
          path
              + " is a hard link to "
              + target
              + ", which is "
              + (entries.containsKey(target) ? "a directory" : "missing"));
    }
    return target;
  }
}
