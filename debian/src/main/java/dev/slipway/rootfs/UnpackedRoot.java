// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.io.FormatException;
import dev.slipway.tree.ContentKeeper;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Packages laid over one another with dpkg's records of them: a tree in which {@code dpkg
 * --configure -a} can run.
 */
final class UnpackedRoot {
  /** Brings the directories that all others use, with their modes. */
  private static final String FIRST = "base-files";

  private UnpackedRoot() {}

  /** The order of unpacking: the same whatever order the packages are given in. */
  static Comparator<DebPackage> order() {
    return Comparator.comparing((DebPackage about) -> !about.name().equals(FIRST))
        .thenComparing(DebPackage::name)
        .thenComparing(DebPackage::architecture);
  }

  /**
   * Lays packages over one another.
   *
   * @param architecture the system's own
   */
  static Tree of(
      List<UnpackedPackage> packages, String architecture, ContentKeeper keeper, long epochSeconds)
      throws IOException {
    List<DebPackage> known = packages.stream().map(UnpackedPackage::about).sorted(order()).toList();
    return of(packages, known, about -> true, architecture, keeper, epochSeconds);
  }

  /**
   * The same with a status file of only some packages; the stanzas of the others lie in {@link
   * DpkgDatabase#FURTHER_STATUS}.
   *
   * @param known all packages that will ever be there, in order
   */
  static Tree of(
      List<UnpackedPackage> packages,
      List<DebPackage> known,
      Predicate<DebPackage> inStatus,
      String architecture,
      ContentKeeper keeper,
      long epochSeconds)
      throws IOException {
    requireOneOfEach(packages);
    TreeBuilder tree = Tree.empty().toBuilder();
    MergedUsr.addTo(tree, architecture);
    var merge = new PackageMerge(tree);
    var sorted = new ArrayList<>(packages);
    sorted.sort(Comparator.comparing(UnpackedPackage::about, order()));
    for (UnpackedPackage unpacked : sorted) {
      merge.add(unpacked);
    }
    var lists = new LinkedHashMap<DebPackage, List<TreePath>>();
    sorted.forEach(unpacked -> lists.put(unpacked.about(), merge.list(unpacked.about())));
    new DpkgDatabase(tree, keeper, epochSeconds).write(lists, known, inStatus);
    return merge.tree();
  }

  private static void requireOneOfEach(List<UnpackedPackage> packages) throws FormatException {
    Map<String, DebPackage> seen = new HashMap<>();
    for (UnpackedPackage unpacked : packages) {
      DebPackage about = unpacked.about();
      DebPackage other = seen.putIfAbsent(about.name(), about);
      if (other != null && !about.isSibling(other)) {
        throw new FormatException(
            about.source()
                + ": package "
                + about.name()
                + " is given twice, the other time by "
                + other.source());
      }
    }
  }
}
