// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.apt.Architecture;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import java.util.List;

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

  private MergedUsr() {}

  static void addTo(TreeBuilder tree, String architecture) {
    for (String name : ALWAYS) {
      add(tree, name);
    }
    for (String name :
        Architecture.find(architecture).map(Architecture::libraryLinks).orElse(List.of())) {
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
