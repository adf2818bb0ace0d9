// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import java.util.List;
import java.util.Map;

/**
 * The links by which {@code /bin}, {@code /sbin} and the library directories are those of {@code
 * /usr}. They stand before the first package is unpacked, so that packages which still name the old
 * places end up in the new ones.
 *
 * @see <a href="https://www.debian.org/doc/debian-policy/ch-opersys.html">Debian policy, chapter
 *     9</a>
 */
final class MergedUsr {
  private static final List<String> ALWAYS = List.of("bin", "lib", "sbin");

  /**
   * Directories for libraries of other word sizes, as the ABIs of the architectures name them;
   * those of the 32-bit ABIs go with the 64-bit one.
   */
  private static final Map<String, List<String>> BY_ARCHITECTURE =
      Map.of(
          "amd64", List.of("lib64"),
          "i386", List.of("lib64"),
          "ppc64el", List.of("lib64"),
          "loong64", List.of("lib64"),
          "mips64el", List.of("lib32", "lib64"),
          "s390x", List.of("lib32"));

  private MergedUsr() {}

  static void addTo(TreeBuilder tree, String architecture) {
    for (String name : ALWAYS) {
      add(tree, name);
    }
    for (String name : BY_ARCHITECTURE.getOrDefault(architecture, List.of())) {
      add(tree, name);
    }
  }

  private static void add(TreeBuilder tree, String name) {
    tree.directory("usr/" + name, 0755);
    tree.put(
        TreePath.of(name),
        new dev.slipway.tree.Node.Symlink(dev.slipway.tree.Metadata.mode(0777), "usr/" + name));
  }
}
