// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.HardLink;
import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.Node.RegularFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A root file system as an immutable value: paths to nodes, with owners, modes, times, extended
 * attributes, hard links and devices as data.
 *
 * <p>It is never a directory on the host, so holding one needs no privilege. Every entry's parent
 * is a directory of the tree; the root is always there.
 *
 * <pre>{@code
 * Tree site = Tree.of(t -> t
 *     .file("/etc/hostname", 0644, Content.utf8("edge-01\n"))
 *     .symlink("/etc/localtime", "/usr/share/zoneinfo/UTC"));
 * Tree root = base.overlaidWith(site);
 * }</pre>
 */
public final class Tree {
  private static final Tree EMPTY = new TreeBuilder().build();

  private final NavigableMap<TreePath, Node> entries;

  Tree(NavigableMap<TreePath, Node> entries) {
    this.entries = Collections.unmodifiableNavigableMap(entries);
  }

  /** A tree that holds only its root directory. */
  public static Tree empty() {
    return EMPTY;
  }

  /** Builds a tree. The builder's life ends with the call. */
  public static Tree of(Consumer<TreeBuilder> parts) {
    var builder = new TreeBuilder();
    parts.accept(builder);
    return builder.build();
  }

  /** A builder that starts with what this tree holds. */
  public TreeBuilder toBuilder() {
    return new TreeBuilder(entries);
  }

  /** Another tree made by changing a copy of this one. */
  public Tree with(Consumer<TreeBuilder> changes) {
    TreeBuilder builder = toBuilder();
    changes.accept(builder);
    return builder.build();
  }

  /** All entries, the root included, in path order: a directory directly before what it holds. */
  public NavigableMap<TreePath, Node> entries() {
    return entries;
  }

  /** How many entries there are, the root included. */
  public int size() {
    return entries.size();
  }

  /** The node at a path exactly as it stands: links of either kind are not followed. */
  public Optional<Node> node(TreePath path) {
    return Optional.ofNullable(entries.get(path));
  }

  /** The inode at a path: hard links lead to it, symbolic links are not followed. */
  public Optional<Inode> inode(TreePath path) {
    Node node = entries.get(path);
    if (node instanceof HardLink link) {
      node = entries.get(link.target());
    }
    return Optional.ofNullable((Inode) node);
  }

  /** As {@link #inode(TreePath)}. */
  public Optional<Inode> inode(String path) {
    return inode(TreePath.of(path));
  }

  public boolean contains(String path) {
    return entries.containsKey(TreePath.of(path));
  }

  /**
   * Where a path leads when every symbolic link on the way and at its end is followed within the
   * tree; nothing when it dangles or turns in circles.
   */
  public Optional<TreePath> follow(TreePath path) {
    return Links.follow(entries, path);
  }

  /** The whole content of a regular file, symbolic links followed. */
  public byte[] read(String path) throws IOException {
    Optional<Inode> inode = follow(TreePath.of(path)).flatMap(this::inode);
    if (inode.isPresent() && inode.get() instanceof RegularFile file) {
      return file.content().readAll();
    }
    throw new NoSuchFileException(
        path, null, inode.isPresent() ? "not a regular file" : "not in the tree");
  }

  /** The paths directly inside a directory, in order. */
  public List<TreePath> children(TreePath directory) {
    var found = new ArrayList<TreePath>();
    for (TreePath path : entries.tailMap(directory, false).keySet()) {
      if (!path.startsWith(directory)) {
        break;
      }
      if (path.parent().equals(Optional.of(directory))) {
        found.add(path);
      }
    }
    return found;
  }

  /**
   * A directory and everything below it, as a tree of its own: hard links to the outside become
   * files of their own.
   */
  public Tree subtree(TreePath directory) {
    return of(
        t -> {
          for (var entry : entries.tailMap(directory, true).entrySet()) {
            if (!entry.getKey().startsWith(directory)) {
              break;
            }
            Node node = entry.getValue();
            if (node instanceof HardLink link) {
              node =
                  link.target().startsWith(directory)
                      ? new HardLink(link.target().rebase(directory, TreePath.ROOT))
                      : entries.get(link.target());
            }
            t.put(entry.getKey().rebase(directory, TreePath.ROOT), node);
          }
        });
  }

  /**
   * This tree with another laid over it: what the other holds replaces what is here, directories
   * are merged. An implied directory of the other changes no metadata, and a symbolic link to a
   * directory here is kept when the other has a directory there and what it holds goes where the
   * link leads.
   */
  public Tree overlaidWith(Tree upper) {
    return with(t -> t.overlay(upper));
  }

  /**
   * This tree without the entries a predicate picks; what lies below a picked directory goes with
   * it.
   */
  public Tree without(Predicate<TreePath> picked) {
    return with(
        t -> {
          TreePath gone = null;
          for (TreePath path : entries.keySet()) {
            if (!path.isRoot() && (gone == null || !path.startsWith(gone)) && picked.test(path)) {
              t.remove(path);
              gone = path;
            }
          }
        });
  }

  /**
   * This tree with every inode replaced by what a function makes of it. Types may change, but a
   * directory stays one.
   */
  public Tree mapped(BiFunction<TreePath, Inode, Inode> change) {
    return with(
        t ->
            entries.forEach(
                (path, node) -> {
                  if (node instanceof Inode inode) {
                    t.put(path, change.apply(path, inode));
                  }
                }));
  }

  /** Bytes of all regular files, hard links counted once. */
  public long contentBytes() {
    return entries.values().stream()
        .mapToLong(node -> node instanceof RegularFile file ? file.content().sizeBytes() : 0)
        .sum();
  }

  /** Whether the two trees hold the same nodes at the same paths, contents compared by digest. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Tree that
        && withoutImplied(entries).equals(withoutImplied(that.entries));
  }

  private static List<Object> withoutImplied(NavigableMap<TreePath, Node> entries) {
    var all = new ArrayList<Object>();
    entries.forEach(
        (path, node) -> {
          all.add(path);
          all.add(node instanceof Directory directory ? new Directory(directory.metadata()) : node);
        });
    return all;
  }

  @Override
  public int hashCode() {
    return entries.keySet().hashCode();
  }

  @Override
  public String toString() {
    return "tree of " + entries.size() + " entries";
  }
}
