// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import dev.slipway.disk.InstalledSystem.InstalledPackage;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Finds out which Linux system a tree holds. Links are followed within the tree. */
final class SystemReader {
  private static final List<String> OS_RELEASE = List.of("/usr/lib/os-release", "/etc/os-release");
  private static final List<String> MODULES = List.of("/usr/lib/modules", "/lib/modules");
  private static final String KERNEL_PREFIX = "vmlinuz-";

  /** No real file of these kinds is larger; a bound for memory. */
  private static final long FILE_BYTES_MAX = 64 << 20;

  private static final long OS_RELEASE_BYTES_MAX = 1 << 16;

  private final Tree tree;

  SystemReader(Tree tree) {
    this.tree = tree;
  }

  /** Nothing when the tree names no system and has no packages. */
  Optional<InstalledSystem> read() throws IOException {
    Map<String, String> release = osRelease();
    List<InstalledPackage> packages = packages();
    return release.isEmpty() && packages.isEmpty()
        ? Optional.empty()
        : Optional.of(new InstalledSystem(release, kernels(), packages));
  }

  private Map<String, String> osRelease() throws IOException {
    var fields = new LinkedHashMap<String, String>();
    for (String path : OS_RELEASE) {
      Optional<Content> content = file(TreePath.of(path), OS_RELEASE_BYTES_MAX);
      if (content.isPresent()) {
        new String(content.get().readAll(), StandardCharsets.UTF_8)
            .lines()
            .map(String::strip)
            .filter(line -> line.indexOf('=') > 0 && !line.startsWith("#"))
            .forEach(line -> field(line, fields));
        return fields;
      }
    }
    return fields;
  }

  private static void field(String line, Map<String, String> fields) {
    int equals = line.indexOf('=');
    String value = line.substring(equals + 1);
    boolean quoted =
        value.length() >= 2
            && (value.startsWith("\"") && value.endsWith("\"")
                || value.startsWith("'") && value.endsWith("'"));
    fields.put(line.substring(0, equals), quoted ? value.substring(1, value.length() - 1) : value);
  }

  private List<String> kernels() {
    var versions = new TreeSet<String>();
    for (String directory : MODULES) {
      tree.follow(TreePath.of(directory))
          .ifPresent(
              found ->
                  tree.children(found).stream()
                      .filter(path -> tree.inode(path).orElseThrow() instanceof Directory)
                      .forEach(path -> versions.add(path.name())));
    }
    tree.follow(TreePath.of("/boot"))
        .ifPresent(
            boot ->
                tree.children(boot).stream()
                    .map(TreePath::name)
                    .filter(name -> name.startsWith(KERNEL_PREFIX))
                    .forEach(name -> versions.add(name.substring(KERNEL_PREFIX.length()))));
    return List.copyOf(versions);
  }

  /** dpkg's database is at its usual place, or wherever the image keeps it under {@code /usr}. */
  private List<InstalledPackage> packages() throws IOException {
    Optional<Content> status = file(TreePath.of("/var/lib/dpkg/status"), FILE_BYTES_MAX);
    if (status.isEmpty()) {
      for (TreePath path : tree.entries().keySet()) {
        if (path.name().equals("status") && path.relative().endsWith("dpkg/status")) {
          status = file(path, FILE_BYTES_MAX);
          break;
        }
      }
    }
    return status.isEmpty() ? List.of() : parse(status.get());
  }

  private static List<InstalledPackage> parse(Content status) throws IOException {
    var packages = new ArrayList<InstalledPackage>();
    var fields = new LinkedHashMap<String, String>();
    try (var in =
        new BufferedReader(new InputStreamReader(status.open(), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        int colon = line.indexOf(':');
        if (line.isBlank()) {
          add(fields, packages);
        } else if (colon > 0 && !Character.isWhitespace(line.charAt(0))) {
          fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
        }
      }
    }
    add(fields, packages);
    packages.sort(
        Comparator.comparing(InstalledPackage::name).thenComparing(InstalledPackage::architecture));
    return packages;
  }

  private static void add(Map<String, String> fields, List<InstalledPackage> packages) {
    if (fields.getOrDefault("Status", "").endsWith(" installed")) {
      packages.add(
          new InstalledPackage(
              fields.getOrDefault("Package", ""),
              fields.getOrDefault("Version", ""),
              fields.getOrDefault("Architecture", "")));
    }
    fields.clear();
  }

  private Optional<Content> file(TreePath path, long bytesMax) {
    return tree.follow(path)
        .flatMap(tree::inode)
        .filter(inode -> inode instanceof RegularFile)
        .map(inode -> ((RegularFile) inode).content())
        .filter(content -> content.sizeBytes() <= bytesMax);
  }
}
