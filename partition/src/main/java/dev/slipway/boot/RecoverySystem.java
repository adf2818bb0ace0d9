// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import dev.slipway.bootconfig.BootStore;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The small system of last resort: a kernel, and an {@link Initramfs} that starts no slot. It says
 * on every console what happened and what can be done, and waits for somebody to choose: start a
 * slot again, check or erase what stays, look around in a shell.
 *
 * <pre>{@code
 * Tree recovery = RecoverySystem.of(rootTree, toolPackages, InitramfsOptions.DEFAULT);
 * }</pre>
 *
 * <p>It runs from memory, so nothing of the disk needs to be sound but the partition that GRUB
 * reads it from.
 */
public final class RecoverySystem {
  /** Keyboards, for whoever sits in front of it. */
  private static final List<String> MODULES = List.of("i8042", "atkbd", "usbhid", "hid_generic");

  /** What {@code init-recovery.sh} and {@code slipway-boot} call, and a few for the shell. */
  private static final List<String> APPLETS =
      List.of(
          "clear",
          "cmp",
          "cut",
          "date",
          "df",
          "du",
          "find",
          "free",
          "head",
          "less",
          "od",
          "poweroff",
          "rmdir",
          "sha256sum",
          "touch",
          "tr",
          "vi",
          "wc");

  private RecoverySystem() {}

  /**
   * What the recovery partition holds: {@code /vmlinuz} and {@code /initrd.img}.
   *
   * @param root the slot's tree, whose kernel it takes
   * @param tools as for {@link Initramfs#of}
   */
  public static Tree of(Tree root, Tree tools, InitramfsOptions options) throws IOException {
    String version = KernelModules.of(root, options.kernelVersion()).version();
    String path = "/boot/vmlinuz-" + version;
    if (!(root.inode(path).orElse(null) instanceof RegularFile kernel)) {
      throw new IllegalArgumentException("the tree has no kernel " + path);
    }
    Content initramfs = Initramfs.packed(tree(root, tools, options), options);
    return Tree.of(
        t -> t.file("/vmlinuz", 0644, kernel.content()).file("/initrd.img", 0644, initramfs));
  }

  /** What the archive holds. */
  static Tree tree(Tree root, Tree tools, InitramfsOptions options) throws IOException {
    var programs = new Programs(List.of(tools, root));
    programs.add("mke2fs", "/sbin/mke2fs", "e2fsprogs");
    var drivers = new ArrayList<>(Initramfs.MODULES);
    drivers.addAll(MODULES);
    Content script = Content.bytes(Initramfs.script(Initramfs.class, "init-recovery.sh"));
    Content bootStore = Content.bytes(Initramfs.script(BootStore.class, "slipway-boot"));
    return Initramfs.tree(root, programs, options, drivers)
        .with(
            t -> {
              t.file("/init-recovery", 0644, script);
              t.file("/bin/slipway-boot", 0755, bootStore);
              APPLETS.forEach(applet -> t.symlink("/bin/" + applet, "busybox"));
            });
  }
}
