// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.digest.Digest;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a boot loader and an initramfs find in a sysroot, read from its files alone: by their eyes,
 * not through the code that wrote them.
 */
final class DeploymentsOnDisk {
  private static final Pattern STARTED =
      Pattern.compile(
          "starting deployment (\\S+)'\\s+if linux '(/boot/\\S+)' .*?'ostree=(\\S+)'.*\\s+if"
              + " initrd '(/boot/\\S+)'");
  private static final TreePath DEFAULTS = TreePath.of("/usr/etc");

  private DeploymentsOnDisk() {}

  /** Fails unless everything that a menu offers is there and whole; gives what GRUB offers. */
  static List<String> requireBootable(Path root) throws IOException {
    Path entries = root.resolve("boot/loader/entries");
    try (var files = Files.newDirectoryStream(entries)) {
      for (Path each : files) {
        String text = Files.readString(each);
        requireFile(root, "/boot" + field(text, "linux"));
        requireFile(root, "/boot" + field(text, "initrd"));
        String link = field(text, "options").replaceFirst("(?s).*\\bostree=(\\S+).*", "$1");
        requireWhole(root, root.resolve(link.substring(1)).toRealPath());
      }
    }
    var offered = new ArrayList<String>();
    Matcher started = STARTED.matcher(Files.readString(root.resolve("boot/grub/grub.cfg")));
    while (started.find()) {
      requireFile(root, started.group(2));
      requireFile(root, started.group(4));
      Path directory = root.resolve(started.group(3).substring(1)).toRealPath();
      assertThat(directory.getFileName()).hasToString(started.group(1));
      offered.add(started.group(1));
    }
    assertThat(offered).isNotEmpty();
    return offered;
  }

  /** Lets the deployments be deleted, as a test's directory must be. */
  static void makeMutable(Path root) throws IOException {
    Path all = root.resolve("ostree/deploy/debian/deploy");
    if (Files.isDirectory(all)) {
      try (var deployments = Files.newDirectoryStream(all)) {
        for (Path each : deployments) {
          if (Files.isDirectory(each)) {
            HostCalls.load().setImmutable(each.toString(), false);
          }
        }
      }
    }
  }

  private static String field(String entry, String name) {
    return entry
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> line.substring(name.length() + 1))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " in " + entry));
  }

  private static void requireFile(Path root, String path) throws IOException {
    assertThat(root.resolve(path.substring(1))).isNotEmptyFile();
  }

  /** Everything of the commit is there, and its own /etc. */
  private static void requireWhole(Path root, Path directory) throws IOException {
    OstreeRepository repository = OstreeRepository.open(root.resolve("ostree/repo"));
    Digest commit = Digest.parse(directory.getFileName().toString().substring(0, 64));
    Tree expected = repository.read(commit);
    Tree found = HostTree.read(directory);
    assertThat(found.entries().keySet())
        .as(directory.toString())
        .containsAll(expected.entries().keySet());
    assertThat(found.subtree(TreePath.of("/etc")).entries().keySet())
        .containsAll(expected.subtree(DEFAULTS).entries().keySet());
    assertThat(Path.of(directory + ".origin")).isNotEmptyFile();
  }
}
