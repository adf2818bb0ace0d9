// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.util.List;

/** The smallest tree in which a shell runs: a static busybox under many names. */
final class TestRoot {
  private static final List<String> PROGRAMS =
      List.of(
          "sh",
          "ls",
          "cat",
          "rm",
          "mkdir",
          "ln",
          "mv",
          "touch",
          "chmod",
          "chown",
          "mknod",
          "mkfifo",
          "env",
          "id",
          "hostname",
          "sleep",
          "seq",
          "rmdir",
          "test",
          "printf",
          "true",
          "stat",
          "date",
          "ps",
          "wc",
          "cp",
          "head",
          "dd");

  private TestRoot() {}

  static Tree busybox() throws IOException {
    Content busybox = Content.file(Tool.find("busybox").orElseThrow());
    return Tree.of(
        t -> {
          t.put(TreePath.ROOT, new Directory(Metadata.mode(0755).withMtime(1_600_000_000, 0)));
          t.directory("bin", 0755).file("bin/busybox", 0755, busybox);
          PROGRAMS.forEach(name -> t.symlink("bin/" + name, "busybox"));
          t.directory("usr/sbin", 0755)
              .directory("etc", 0755)
              .file("etc/issue", 0644, Content.utf8("hello\n"));
        });
  }
}
