// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Files of packages that are installed on the machine that runs the tests, as a tree. */
final class InstalledPackages {
  private InstalledPackages() {}

  /** All regular files below some directories, links followed, executable as they are here. */
  static Tree below(String... directories) {
    return Tree.of(
        t -> {
          for (String directory : directories) {
            try (Stream<Path> paths = Files.walk(Path.of(directory))) {
              for (Path path : paths.filter(Files::isRegularFile).sorted().toList()) {
                add(t, path);
              }
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        });
  }

  /** Single files. */
  static Tree files(List<String> paths) {
    return Tree.of(t -> paths.forEach(path -> add(t, Path.of(path))));
  }

  private static void add(TreeBuilder t, Path path) {
    try {
      int mode = Files.isExecutable(path) ? 0755 : 0644;
      t.file(path.toString(), mode, Content.file(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
