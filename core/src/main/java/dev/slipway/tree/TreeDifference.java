// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.HardLink;
import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Node.Special;
import dev.slipway.tree.Node.Symlink;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What differs between two trees, path by path, for people to read.
 *
 * <pre>{@code
 * TreeDifference difference = TreeDifference.between(ours, theirs)
 *     .ignoring(Aspect.MTIME)
 *     .without(d -> d.path().startsWith(TreePath.of("/dev")));
 * assertThat(difference.differences()).as(difference.toString()).isEmpty();
 * }</pre>
 */
public final class TreeDifference {

  /** What can differ about a path. */
  public enum Aspect {
    /** One tree has the path, the other has not. */
    PRESENCE,
    TYPE,
    MODE,
    OWNER,
    MTIME,
    /** Where a symbolic link points. */
    TARGET,
    CONTENT,
    /** Device numbers. */
    DEVICE,
    XATTRS,
    /** Which paths are names of the same inode. */
    HARD_LINKS
  }

  /** One difference: what the first tree says and what the second says. */
  public record Difference(TreePath path, Aspect aspect, String first, String second) {
    @Override
    public String toString() {
      String what = aspect.name().toLowerCase(Locale.ROOT).replace('_', ' ');
      return path + ": " + what + ": " + first + " | " + second;
    }
  }

  private static final String ABSENT = "absent";

  private final List<Difference> differences;

  private TreeDifference(List<Difference> differences) {
    this.differences = List.copyOf(differences);
  }

  /** Compares everything but where contents are stored and where their holes are. */
  public static TreeDifference between(Tree first, Tree second) {
    var found = new ArrayList<Difference>();
    Map<TreePath, Set<TreePath>> firstLinks = links(first);
    Map<TreePath, Set<TreePath>> secondLinks = links(second);
    var paths = new TreeSet<>(first.entries().keySet());
    paths.addAll(second.entries().keySet());
    for (TreePath path : paths) {
      Optional<Inode> a = first.inode(path);
      Optional<Inode> b = second.inode(path);
      if (a.isEmpty() || b.isEmpty()) {
        String left = a.map(TreeDifference::describe).orElse(ABSENT);
        String right = b.map(TreeDifference::describe).orElse(ABSENT);
        found.add(new Difference(path, Aspect.PRESENCE, left, right));
        continue;
      }
      boolean seen =
          first.entries().get(path) instanceof HardLink x
              && second.entries().get(path) instanceof HardLink y
              && x.equals(y);
      if (!seen) {
        compare(path, a.get(), b.get(), found);
      }
      Set<TreePath> x = firstLinks.getOrDefault(path, Set.of());
      Set<TreePath> y = secondLinks.getOrDefault(path, Set.of());
      if (!x.equals(y)) {
        found.add(new Difference(path, Aspect.HARD_LINKS, x.toString(), y.toString()));
      }
    }
    return new TreeDifference(found);
  }

  /** For every path whose inode has several names, all of them. */
  private static Map<TreePath, Set<TreePath>> links(Tree tree) {
    var groups = new HashMap<TreePath, Set<TreePath>>();
    tree.entries()
        .forEach(
            (path, node) -> {
              if (node instanceof HardLink link) {
                Set<TreePath> names =
                    groups.computeIfAbsent(link.target(), target -> new TreeSet<>(Set.of(target)));
                names.add(path);
                groups.put(path, names);
              }
            });
    return groups;
  }

  private static void compare(TreePath path, Inode a, Inode b, List<Difference> found) {
    if (!type(a).equals(type(b))) {
      found.add(new Difference(path, Aspect.TYPE, describe(a), describe(b)));
      return;
    }
    Metadata x = a.metadata();
    Metadata y = b.metadata();
    add(found, path, Aspect.MODE, mode(x), mode(y));
    add(found, path, Aspect.OWNER, owner(x), owner(y));
    add(found, path, Aspect.MTIME, mtime(x), mtime(y));
    if (a instanceof RegularFile f && b instanceof RegularFile g) {
      add(found, path, Aspect.CONTENT, f.content().toString(), g.content().toString());
    } else if (a instanceof Symlink l && b instanceof Symlink m) {
      add(found, path, Aspect.TARGET, l.target(), m.target());
    } else if (a instanceof Special s && b instanceof Special t) {
      add(found, path, Aspect.DEVICE, device(s), device(t));
    }
    add(found, path, Aspect.XATTRS, x.xattrs().toString(), y.xattrs().toString());
  }

  private static void add(
      List<Difference> found, TreePath path, Aspect aspect, String first, String second) {
    if (!first.equals(second)) {
      found.add(new Difference(path, aspect, first, second));
    }
  }

  private static String type(Inode inode) {
    if (inode instanceof Special special) {
      return special.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
    return inode instanceof Directory ? "directory" : inode instanceof Symlink ? "symlink" : "file";
  }

  private static String describe(Inode inode) {
    String what = type(inode) + " " + mode(inode.metadata()) + " " + owner(inode.metadata());
    if (inode instanceof RegularFile file) {
      return what + ", " + file.content().sizeBytes() + " bytes";
    }
    return inode instanceof Symlink link ? what + " -> " + link.target() : what;
  }

  private static String mode(Metadata metadata) {
    return String.format(Locale.ROOT, "%04o", metadata.mode());
  }

  private static String owner(Metadata metadata) {
    return metadata.uid() + ":" + metadata.gid();
  }

  private static String mtime(Metadata metadata) {
    return String.format(
        Locale.ROOT, "%d + %09d ns", metadata.mtimeSeconds(), metadata.mtimeNanos());
  }

  private static String device(Special special) {
    return special.major() + ":" + special.minor();
  }

  /** This without the differences of the given kinds. */
  public TreeDifference ignoring(Aspect... aspects) {
    var ignored = EnumSet.noneOf(Aspect.class);
    ignored.addAll(List.of(aspects));
    return without(difference -> ignored.contains(difference.aspect()));
  }

  /** This without the differences a predicate picks. */
  public TreeDifference without(Predicate<Difference> picked) {
    return new TreeDifference(differences.stream().filter(picked.negate()).toList());
  }

  /** All differences in path order, those of one path in the order of {@link Aspect}. */
  public List<Difference> differences() {
    return differences;
  }

  public boolean isEmpty() {
    return differences.isEmpty();
  }

  /** One line for each difference. */
  @Override
  public String toString() {
    if (isEmpty()) {
      return "no difference";
    }
    var out = new StringBuilder();
    differences.forEach(difference -> out.append(difference).append('\n'));
    return out.toString();
  }
}
