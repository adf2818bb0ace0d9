// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import dev.slipway.tree.Content;
import dev.slipway.tree.Node.Special;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The first root file system of a slot's kernel, made of a shell script, a few programs of the
 * distribution and the modules that reach a disk. It finds the slot on the disk the machine was
 * booted from, checks what stays, mounts both and starts the slot; anything else ends in a restart.
 *
 * <pre>{@code
 * Content initrd = Initramfs.of(rootTree, toolPackages, InitramfsOptions.DEFAULT);
 * }</pre>
 *
 * <p>The same trees and options always give the same bytes. The archive is made in memory: it has
 * some 20 MB before it is packed.
 */
public final class Initramfs {
  /**
   * The ways to a disk: SATA, NVMe, virtio, MMC and SD, USB, SCSI and the hypervisors'; watchdogs.
   * A module is packed when the kernel has it as a file, and loaded when its device is there.
   */
  public static final List<String> MODULES =
      List.of(
          // SATA
          "ahci",
          "ahci_platform",
          "ata_generic",
          "ata_piix",
          "sata_mv",
          "sata_nv",
          "sata_sil",
          "sata_sil24",
          "sata_via",
          // NVMe, also behind Intel's volume management
          "nvme",
          "vmd",
          // virtio
          "virtio_pci",
          "virtio_mmio",
          "virtio_blk",
          "virtio_scsi",
          // MMC and SD
          "mmc_block",
          "sdhci_pci",
          "sdhci_acpi",
          "sdhci_iproc",
          "sdhci_of_arasan",
          "sdhci_of_dwcmshc",
          "sdhci_tegra",
          "dw_mmc_rockchip",
          "meson_gx_mmc",
          "bcm2835",
          "rtsx_pci",
          "rtsx_pci_sdmmc",
          // USB
          "xhci_pci",
          "xhci_plat_hcd",
          "ehci_pci",
          "ehci_platform",
          "ohci_pci",
          "ohci_platform",
          "uhci_hcd",
          "usb_storage",
          "uas",
          "dwc2",
          "dwc3",
          // SCSI and what looks like it
          "sd_mod",
          "mptspi",
          "mptsas",
          "mpt3sas",
          "megaraid_sas",
          "vmw_pvscsi",
          "hv_storvsc",
          "pci_hyperv",
          "xen_blkfront",
          "xen_scsifront",
          // watchdogs
          "i6300esb",
          "wdat_wdt",
          "sp5100_tco",
          "softdog");

  /** Loaded whatever the devices: file systems and the checksums they ask for. */
  private static final List<String> ALWAYS =
      List.of("crc32c_generic", "ext4", "overlay", "vfat", "nls_cp437", "nls_ascii");

  /** What {@link #ALWAYS} must have in any case, built in or not. */
  private static final List<String> REQUIRED = List.of("ext4", "overlay", "vfat");

  private static final List<String> APPLETS =
      List.of(
          "blockdev",
          "cat",
          "cp",
          "cttyhack",
          "dd",
          "dmesg",
          "echo",
          "grep",
          "hexdump",
          "insmod",
          "kill",
          "ln",
          "ls",
          "lsmod",
          "mkdir",
          "modprobe",
          "mount",
          "mv",
          "printf",
          "ps",
          "readlink",
          "reboot",
          "rm",
          "sed",
          "seq",
          "setsid",
          "sh",
          "sleep",
          "sort",
          "switch_root",
          "sync",
          "tail",
          "umount",
          "xxd");

  private Initramfs() {}

  /**
   * Makes an initramfs.
   *
   * @param root the slot's tree: its kernel's modules, and programs that {@code tools} lacks
   * @param tools an unpacked package set with busybox-static, e2fsprogs, fdisk and the libraries
   *     these need; may be the same tree as {@code root}
   */
  public static Content of(Tree root, Tree tools, InitramfsOptions options) throws IOException {
    return packed(tree(root, tools, options), options);
  }

  /** Packs what an archive is to hold. */
  static Content packed(Tree tree, InitramfsOptions options) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (OutputStream encoder = options.compression().encode(packed)) {
      CpioWriter.write(tree, encoder);
    }
    return Content.bytes(packed.toByteArray());
  }

  /** What the archive holds. */
  static Tree tree(Tree root, Tree tools, InitramfsOptions options) throws IOException {
    return tree(root, new Programs(List.of(tools, root)), options, MODULES);
  }

  /**
   * What the archive holds.
   *
   * @param programs those of its own, to which ours are added
   * @param drivers the modules that are packed when the kernel has them as files
   */
  static Tree tree(Tree root, Programs programs, InitramfsOptions options, List<String> drivers)
      throws IOException {
    KernelModules kernel = KernelModules.of(root, options.kernelVersion());
    for (String name : REQUIRED) {
      if (!kernel.has(name)) {
        throw new IllegalArgumentException(
            "kernel " + kernel.version() + " has no " + name + ", without which no slot starts");
      }
    }
    for (String name : options.modules()) {
      if (!kernel.has(name)) {
        throw new IllegalArgumentException(
            "kernel " + kernel.version() + " has no module " + name + "; is the name right?");
      }
    }
    var wanted = new ArrayList<>(drivers);
    wanted.addAll(ALWAYS);
    wanted.addAll(options.modules());
    Collection<KernelModule> modules = kernel.closure(wanted);
    programs.add("busybox", "/bin/busybox", "busybox-static");
    programs.add("e2fsck", "/sbin/e2fsck", "e2fsprogs");
    programs.add("resize2fs", "/sbin/resize2fs", "e2fsprogs");
    programs.add("sfdisk", "/sbin/sfdisk", "fdisk");
    byte[] script = script(Initramfs.class, "init.sh");
    byte[] deployment = script(Initramfs.class, "init-deployment.sh");
    return Tree.of(
        t -> {
          skeleton(t);
          t.file("/init", 0755, Content.bytes(script));
          t.file("/init-deployment", 0644, Content.bytes(deployment));
          t.file("/etc/slipway", 0644, Content.utf8(settings(modules, options)));
          programs.files().forEach((path, content) -> t.file(path, 0755, content));
          APPLETS.forEach(applet -> t.symlink("/bin/" + applet, "busybox"));
          modules(t, kernel.version(), modules);
        });
  }

  private static void skeleton(TreeBuilder t) {
    for (String directory :
        List.of("/dev", "/proc", "/sys", "/run", "/new", "/esp", "/sysroot", "/tmp")) {
      t.directory(directory, 0755);
    }
    t.device("/dev/console", 0600, Special.Kind.CHARACTER_DEVICE, 5, 1);
    t.device("/dev/kmsg", 0600, Special.Kind.CHARACTER_DEVICE, 1, 11);
    t.device("/dev/null", 0666, Special.Kind.CHARACTER_DEVICE, 1, 3);
    t.symlink("/etc/mtab", "/proc/mounts");
    // a robot's clock may stand at 1970: a time in the future is no damage
    t.file("/etc/e2fsck.conf", 0644, Content.utf8("[options]\nbroken_system_clock = true\n"));
  }

  /** What differs from one initramfs to the next, for the script to read. */
  private static String settings(Collection<KernelModule> modules, InitramfsOptions options) {
    var always = new ArrayList<String>();
    for (String name : ALWAYS) {
      if (modules.stream().anyMatch(module -> module.name().equals(name))) {
        always.add(name);
      }
    }
    return "always='"
        + String.join(" ", always)
        + "'\nbinds='"
        + String.join(" ", options.binds())
        + "'\noverlays='"
        + String.join(" ", options.overlays())
        + "'\n";
  }

  /** The modules, flat, with the two lists that modprobe reads. */
  private static void modules(TreeBuilder t, String version, Collection<KernelModule> modules) {
    String directory = "/lib/modules/" + version + "/";
    var dependencies = new StringBuilder();
    var aliases = new StringBuilder();
    for (KernelModule module : modules) {
      t.file(directory + module.name() + ".ko", 0644, Content.bytes(module.file()));
      dependencies.append(module.name()).append(".ko:");
      for (String needed : loadedBefore(module, modules)) {
        dependencies.append(' ').append(needed).append(".ko");
      }
      dependencies.append('\n');
      for (String alias : module.aliases()) {
        aliases.append("alias ").append(alias).append(' ').append(module.name()).append('\n');
      }
    }
    t.file(directory + "modules.dep", 0644, Content.utf8(dependencies.toString()));
    t.file(directory + "modules.alias", 0644, Content.utf8(aliases.toString()));
  }

  /** All that must be loaded before a module, the nearest first, as depmod writes it. */
  private static List<String> loadedBefore(KernelModule module, Collection<KernelModule> modules) {
    var all = new ArrayList<String>();
    var open = new ArrayList<>(module.depends());
    while (!open.isEmpty()) {
      String next = open.remove(0);
      for (KernelModule other : modules) {
        if (other.name().equals(next)) {
          all.remove(next);
          all.add(next);
          open.addAll(other.depends());
        }
      }
    }
    return all;
  }

  static byte[] script(Class<?> beside, String name) throws IOException {
    try (InputStream in = beside.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("bug: " + name + " is not beside " + beside);
      }
      return in.readAllBytes();
    }
  }
}
