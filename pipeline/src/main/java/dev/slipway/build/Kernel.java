// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.arrange.Stamp;
import dev.slipway.boot.Initramfs;
import dev.slipway.boot.InitramfsOptions;
import dev.slipway.deb.DebVersion;
import dev.slipway.digest.Digest;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;

/**
 * The kernel of a tree and what the boot loader starts it with.
 *
 * @param version as its modules' directory is called: {@code 6.1.0-50-cloud-amd64}
 */
record Kernel(String version) {
  private static final TreePath MODULES = TreePath.of("/usr/lib/modules");

  /** The newest kernel of a tree. */
  static Kernel of(Tree tree, String advice) throws BuildException {
    return tree.children(MODULES).stream()
        .map(TreePath::name)
        .filter(version -> tree.contains("/boot/vmlinuz-" + version))
        .max(Comparator.comparing(DebVersion::parse))
        .map(Kernel::new)
        .orElseThrow(
            () ->
                new BuildException(
                    "the image has no kernel, so nothing could start it; add the package "
                        + advice));
  }

  /** Of the kernel itself. */
  Digest digest(Tree tree) throws BuildException {
    String path = "/boot/vmlinuz-" + version;
    if (tree.inode(path).orElse(null) instanceof RegularFile file) {
      return file.content().digest();
    }
    throw new BuildException(path + " of the image is no file");
  }

  /**
   * Changes when any module does, or their names, or what is built in. What depmod makes of them is
   * left out: nothing of ours reads it, and packages have none before their scripts ran.
   */
  Digest modulesDigest(Tree tree) {
    var text = new StringBuilder();
    TreePath directory = MODULES.child(version);
    for (var entry : tree.entries().tailMap(directory, true).entrySet()) {
      if (!entry.getKey().startsWith(directory)) {
        break;
      }
      String name = entry.getKey().name();
      if (name.contains(".ko") || name.equals("modules.builtin")) {
        text.append(entry.getKey());
        if (entry.getValue() instanceof RegularFile file) {
          text.append(' ').append(file.content().digest());
        }
        text.append('\n');
      }
    }
    return Digest.of(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  Content initramfs(Tree tree, Tree tools) throws IOException {
    return Initramfs.of(tree, tools, InitramfsOptions.DEFAULT.withKernelVersion(version));
  }

  /** Puts an initramfs beside the kernel, and both where the boot loader looks. */
  Tree installed(Tree tree, Content initramfs, Stamp stamp) {
    return tree.with(
        t -> {
          stamp.put(
              t,
              TreePath.of("/boot/initrd.img-" + version),
              new RegularFile(stamp.mode(0600), initramfs));
          stamp.symlink(t, "/vmlinuz", "boot/vmlinuz-" + version);
          stamp.symlink(t, "/initrd.img", "boot/initrd.img-" + version);
          t.remove(TreePath.of("/vmlinuz.old"));
          t.remove(TreePath.of("/initrd.img.old"));
        });
  }
}
