// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Files of packages as trees: of those installed here, and of kernels from the host's archive. */
public final class InstalledPackages {
  /** One for all modules, whose directories lie side by side. */
  private static final Path CACHE = Path.of("..", "partition", "target", "packages");

  private InstalledPackages() {}

  /** What GRUB and shim are taken from. */
  public static Tree bootLoaders() {
    return below("/usr/lib/grub", "/usr/lib/shim");
  }

  /** What GRUB, shim and the programs of an initramfs are taken from. */
  static Tree tools() {
    return below("/usr/lib/grub", "/usr/lib/shim", "/usr/lib/x86_64-linux-gnu")
        .overlaidWith(
            Tree.of(
                t -> {
                  for (String program : new String[] {"e2fsck", "mke2fs", "resize2fs", "sfdisk"}) {
                    add(t, "/usr/sbin/" + program, Tool.find(program).orElseThrow());
                  }
                  for (String program : new String[] {"openssl", "dmsetup"}) {
                    // only some tests want them
                    Tool.find(program).ifPresent(path -> add(t, "/usr/sbin/" + program, path));
                  }
                  add(t, "/usr/bin/busybox", Tool.find("busybox").orElseThrow());
                  add(t, "/lib64/ld-linux-x86-64.so.2", Path.of("/lib64/ld-linux-x86-64.so.2"));
                }));
  }

  /** All regular files below some directories, links followed, executable as they are here. */
  static Tree below(String... directories) {
    return Tree.of(
        t -> {
          for (String directory : directories) {
            copy(t, Path.of("/"), Path.of(directory));
          }
        });
  }

  /**
   * The kernel of a flavour such as {@code cloud-amd64}, as its package holds it, from the archive
   * this machine is configured for.
   */
  static synchronized Tree kernel(String flavour) throws IOException, InterruptedException {
    Path unpacked = CACHE.resolve(flavour);
    if (!Files.isDirectory(unpacked)) {
      Path work = CACHE.resolve(flavour + ".new");
      Files.createDirectories(work);
      Tool.output("sh", "-c", script(work.toAbsolutePath(), flavour));
      Files.move(work.resolve("tree"), unpacked);
    }
    return Tree.of(
        t -> {
          copy(t, unpacked, unpacked.resolve("lib/modules"));
          copy(t, unpacked, unpacked.resolve("boot"));
        });
  }

  private static String script(Path work, String flavour) {
    return "set -e; cd "
        + work
        + "; rm -rf *; p=$(apt-cache depends --no-recommends --no-suggests linux-image-"
        + flavour
        + " | sed -n 's/^ *Depends: //p' | head -n 1)"
        + "; apt-get download -q $p=$(apt-cache policy $p | sed -n 's/^ *Candidate: //p')"
        + "; dpkg-deb -x *.deb tree";
  }

  private static void copy(TreeBuilder t, Path base, Path directory) {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.filter(Files::isRegularFile).sorted().toList()) {
        add(t, base.relativize(path).toString(), path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void add(TreeBuilder t, String target, Path path) {
    try {
      t.file(target, Files.isExecutable(path) ? 0755 : 0644, Content.file(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
