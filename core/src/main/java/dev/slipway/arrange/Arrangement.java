// SPDX-License-Identifier: Apache-2.0
package dev.slipway.arrange;

import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.util.List;

/**
 * A system arranged so that its root can be read-only and replaced as a whole while the machine
 * keeps what is its own.
 *
 * <pre>{@code
 * Tree system = Arrangement.readied(configured, timeSeconds).overlaidWith(ownFiles);
 * Arrangement arranged = Arrangement.of(system, timeSeconds);
 * Tree release = arranged.tree();
 * }</pre>
 *
 * @param tree what a slot holds: {@code /var}, {@code /home}, {@code /root}, {@code /srv} and
 *     {@code /data} are empty mount points
 * @param factoryPaths what the machine gets a copy of when it has none, in path order
 */
public record Arrangement(Tree tree, List<TreePath> factoryPaths) {
  /** The directories that live on the data partition. */
  public static final List<String> KEPT = List.of("/home", "/root", "/srv", "/var");

  /** Where the data partition is mounted. */
  public static final String DATA = "/data";

  /** Where what {@link #KEPT} held in the release is copied from. */
  public static final String FACTORY = "/usr/share/factory";

  /** Where the package database of a release lies. */
  public static final String PACKAGE_DATABASE = "/usr/lib/sysimage/dpkg";

  public Arrangement {
    factoryPaths = List.copyOf(factoryPaths);
  }

  /**
   * Gives a configured system what it needs to live with a read-only root, and takes out what
   * belongs to one machine. A builder's own files come after this, so that they can overrule it,
   * and before {@link #of}.
   *
   * @param timeSeconds the modification time of everything that is added
   */
  public static Tree readied(Tree configured, long timeSeconds) {
    return ReadOnlyRoot.prepared(configured, new Stamp(timeSeconds));
  }

  /**
   * Divides a system that {@link #readied} has prepared. Doing it twice is an error of the caller:
   * the second time {@code /var} is empty.
   *
   * @param timeSeconds the modification time of everything that is added
   * @throws IOException when a file that must be read, such as {@code /etc/passwd}, cannot be
   */
  public static Arrangement of(Tree system, long timeSeconds) throws IOException {
    var stamp = new Stamp(timeSeconds);
    Tree tree = SystemUsers.described(PackageDatabase.moved(system, stamp), stamp);
    var factory = Factory.of(tree, stamp);
    Tree arranged =
        factory.tree().with(t -> stamp.put(t, TreePath.of(DATA), new Directory(stamp.mode(0755))));
    return new Arrangement(arranged, factory.paths());
  }
}
