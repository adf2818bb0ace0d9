// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import dev.slipway.codec.Codec;
import dev.slipway.io.FormatException;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The modules of one kernel in a tree, by name; read only when asked for.
 *
 * <p>It needs nothing that {@code depmod} makes: what a module depends on, it says itself.
 */
final class KernelModules {
  private static final int MODULE_BYTES_MAX = 128 << 20;
  private static final String FILE = "(.+)\\.ko(\\.xz|\\.zst|\\.gz)?";

  private final Tree tree;
  private final String version;
  private final Map<String, TreePath> files;
  private final Set<String> builtIn;

  private KernelModules(
      Tree tree, String version, Map<String, TreePath> files, Set<String> builtIn) {
    this.tree = tree;
    this.version = version;
    this.files = files;
    this.builtIn = builtIn;
  }

  /**
   * Finds a kernel's modules.
   *
   * @param wanted the kernel's version; empty when the tree has one kernel
   */
  static KernelModules of(Tree tree, Optional<String> wanted) throws IOException {
    TreePath all =
        tree.follow(TreePath.of("/lib/modules"))
            .or(() -> tree.follow(TreePath.of("/usr/lib/modules")))
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the tree has no /usr/lib/modules; add a kernel, such as"
                            + " linux-image-amd64"));
    List<String> versions =
        tree.children(all).stream()
            .map(TreePath::name)
            .filter(name -> tree.contains(all.resolve(name + "/modules.builtin").toString()))
            .toList();
    String version = version(versions, wanted);
    TreePath directory = all.child(version);
    var files = new TreeMap<String, TreePath>();
    for (TreePath path : tree.entries().tailMap(directory, false).keySet()) {
      if (!path.startsWith(directory)) {
        break;
      }
      if (path.name().matches(FILE)) {
        files.put(nameOf(path.name()), path);
      }
    }
    String listed =
        new String(tree.read(directory + "/modules.builtin"), StandardCharsets.US_ASCII);
    var builtIn = new HashSet<String>();
    for (String line : listed.split("\n")) {
      if (!line.isEmpty()) {
        builtIn.add(nameOf(line.substring(line.lastIndexOf('/') + 1)));
      }
    }
    return new KernelModules(tree, version, files, builtIn);
  }

  private static String version(List<String> versions, Optional<String> wanted) {
    if (wanted.isPresent()) {
      if (!versions.contains(wanted.get())) {
        throw new IllegalArgumentException(
            "there is no kernel " + wanted.get() + " in the tree; it has " + versions);
      }
      return wanted.get();
    }
    if (versions.size() != 1) {
      throw new IllegalArgumentException(
          "the tree has "
              + versions.size()
              + " kernels, name the one to start: "
              + String.join(", ", versions));
    }
    return versions.get(0);
  }

  private static String nameOf(String fileName) {
    return KernelModule.canonical(fileName.replaceFirst(FILE, "$1"));
  }

  /** The kernel's version: what {@code uname -r} says when it runs. */
  String version() {
    return version;
  }

  /** Whether this kernel has a module, as a file or inside. */
  boolean has(String name) {
    String canonical = KernelModule.canonical(name);
    return files.containsKey(canonical) || builtIn.contains(canonical);
  }

  /**
   * Those of the named modules that are files, and all they depend on, each behind what it depends
   * on. Names that are built in or that this kernel does not have are left out.
   */
  Collection<KernelModule> closure(List<String> names) throws IOException {
    var order = new ModuleOrder(this);
    for (String name : new TreeSet<>(names)) {
      String canonical = KernelModule.canonical(name);
      if (files.containsKey(canonical)) {
        order.add(canonical);
      }
    }
    return order.modules();
  }

  boolean isBuiltIn(String canonical) {
    return builtIn.contains(canonical);
  }

  /** Where a module lies; nothing when there is no file of it. */
  Optional<TreePath> file(String canonical) {
    return Optional.ofNullable(files.get(canonical));
  }

  KernelModule read(String canonical) throws IOException {
    TreePath path = files.get(canonical);
    return KernelModule.read(path.toString(), canonical, bytes(path));
  }

  private byte[] bytes(TreePath path) throws IOException {
    Content content =
        tree.inode(path)
            .filter(Node.RegularFile.class::isInstance)
            .map(node -> ((Node.RegularFile) node).content())
            .orElseThrow(() -> new FormatException(path + ": is no regular file"));
    byte[] raw = PackageFiles.bounded(path.toString(), content, MODULE_BYTES_MAX);
    return Codec.ofFileName(path.name()).decode(raw, path.toString(), MODULE_BYTES_MAX);
  }
}
