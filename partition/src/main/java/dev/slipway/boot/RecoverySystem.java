// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import dev.slipway.bootconfig.BootStore;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The small system of last resort: a kernel, and an {@link Initramfs} that starts no slot. It says
 * on every console what happened and what can be done, and waits for somebody to choose: start a
 * slot again, check or erase what stays, look around in a shell; with a {@link RecoveryBurn}, write
 * a release over a slot.
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

  /** Ways to a bundle: what can be on a stick, what is in a bundle, wired networks. */
  private static final List<String> BURN_MODULES =
      List.of(
          "loop",
          "dm_verity",
          "squashfs",
          "isofs",
          "exfat",
          "ntfs3",
          "cdrom",
          "virtio_net",
          "e1000",
          "e1000e",
          "igb",
          "igc",
          "ixgbe",
          "r8169",
          "realtek",
          "8139too",
          "8139cp",
          "tg3",
          "sky2",
          "alx",
          "atl1c",
          "atlantic",
          "pcnet32",
          "dwmac_intel",
          "dwmac_rk",
          "dwmac_meson8b",
          "genet",
          "macb",
          "vmxnet3",
          "hv_netvsc",
          "xen_netfront",
          "ena",
          "r8152",
          "ax88179_178a",
          "asix",
          "smsc95xx",
          "lan78xx",
          "cdc_ether",
          "cdc_ncm");

  /** What {@code init-burn.sh} and {@code dhcp-lease.sh} call. */
  private static final List<String> BURN_APPLETS =
      List.of("ip", "losetup", "stat", "udhcpc", "wget");

  private RecoverySystem() {}

  /**
   * What the recovery partition holds: {@code /vmlinuz} and {@code /initrd.img}.
   *
   * @param root the slot's tree, whose kernel it takes
   * @param tools as for {@link Initramfs#of}
   */
  public static Tree of(Tree root, Tree tools, InitramfsOptions options) throws IOException {
    return of(root, tools, options, Optional.empty());
  }

  /**
   * The same, able to write releases over slots.
   *
   * @param tools with the packages openssl and dmsetup as well
   */
  public static Tree of(
      Tree root, Tree tools, InitramfsOptions options, Optional<RecoveryBurn> burn)
      throws IOException {
    String version = KernelModules.of(root, options.kernelVersion()).version();
    String path = "/boot/vmlinuz-" + version;
    if (!(root.inode(path).orElse(null) instanceof RegularFile kernel)) {
      throw new IllegalArgumentException("the tree has no kernel " + path);
    }
    Content initramfs = Initramfs.packed(tree(root, tools, options, burn), options);
    return Tree.of(
        t -> t.file("/vmlinuz", 0644, kernel.content()).file("/initrd.img", 0644, initramfs));
  }

  /** What the archive holds. */
  static Tree tree(Tree root, Tree tools, InitramfsOptions options, Optional<RecoveryBurn> burn)
      throws IOException {
    var programs = new Programs(List.of(tools, root));
    programs.add("mke2fs", "/sbin/mke2fs", "e2fsprogs");
    var drivers = new ArrayList<>(Initramfs.MODULES);
    drivers.addAll(MODULES);
    if (burn.isPresent()) {
      programs.add("openssl", "/bin/openssl", RecoveryBurn.OPENSSL);
      programs.add("dmsetup", "/sbin/dmsetup", RecoveryBurn.DMSETUP);
      drivers.addAll(BURN_MODULES);
    }
    Content script = Content.bytes(Initramfs.script(Initramfs.class, "init-recovery.sh"));
    Content bootStore = Content.bytes(Initramfs.script(BootStore.class, "slipway-boot"));
    Tree tree =
        Initramfs.tree(root, programs, options, drivers)
            .with(
                t -> {
                  t.file("/init-recovery", 0644, script);
                  t.file("/bin/slipway-boot", 0755, bootStore);
                  APPLETS.forEach(applet -> t.symlink("/bin/" + applet, "busybox"));
                });
    return burn.isPresent() ? able(tree, burn.get()) : tree;
  }

  private static Tree able(Tree tree, RecoveryBurn burn) throws IOException {
    Content script = Content.bytes(Initramfs.script(Initramfs.class, "init-burn.sh"));
    Content lease = Content.bytes(Initramfs.script(Initramfs.class, "dhcp-lease.sh"));
    return tree.with(
        t -> {
          t.file("/init-burn", 0644, script);
          t.file("/bin/dhcp-lease", 0755, lease);
          t.file("/etc/slipway-burn", 0644, Content.utf8(burn.settings()));
          t.file("/etc/slipway-keyring.pem", 0644, burn.keyring());
          BURN_APPLETS.forEach(applet -> t.symlink("/bin/" + applet, "busybox"));
        });
  }
}
