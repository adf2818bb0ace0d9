// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.arrange.Arrangement;
import dev.slipway.arrange.Stamp;
import dev.slipway.tree.Node;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.Special;
import dev.slipway.tree.Node.Symlink;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A Debian system made fit to be an ostree commit: everything a machine writes lies below {@code
 * /var} or {@code /etc}, everything else belongs to the release.
 *
 * <pre>
 *   /etc                       /usr/etc, the defaults of the release
 *   /var                       empty; tmpfiles.d makes what is missing from /usr/share/factory
 *   /var/lib/dpkg              /usr/lib/sysimage/dpkg
 *   /home /root /srv /mnt      links to /var/home /var/roothome /var/srv /var/mnt
 *   /opt/NAME                  /usr/lib/opt/NAME, linked from /var/opt, where /opt leads
 *   /boot/vmlinuz-V            /usr/lib/modules/V/vmlinuz
 *   /boot/initrd.img-V         /usr/lib/modules/V/initramfs.img
 *   /dev /proc /run /sys /tmp  empty
 *   /ostree                    a link to sysroot/ostree, beside an empty /sysroot
 * </pre>
 *
 * <pre>{@code
 * Tree system = Arrangement.readied(configured, timeSeconds).overlaidWith(ownFiles);
 * FittedTree fitted = FittedTree.of(system, timeSeconds);
 * }</pre>
 *
 * @param tree what is committed
 * @param changes what was moved, linked or left out, in the order it was done
 */
public record FittedTree(Tree tree, List<Change> changes) {
  /** Where the release's files of {@code /opt} lie: below {@code /usr}, which nobody writes. */
  private static final String OPT = "/usr/lib/opt/";

  private static final TreePath BOOT = TreePath.of("/boot");
  private static final TreePath MODULES = TreePath.of("/usr/lib/modules");

  /** What a running system fills by itself. */
  private static final List<String> MOUNTED = List.of("/dev", "/proc", "/run", "/sys", "/tmp");

  /** Directories of a machine, and where in {@code /var} they go. */
  private static final Map<String, String> KEPT =
      new TreeMap<>(
          Map.of(
              "/home", "var/home", "/mnt", "var/mnt", "/root", "var/roothome", "/srv", "var/srv"));

  /** How the packages call the parts of a kernel, and how ostree does. */
  private static final List<KernelFile> KERNEL_FILES =
      List.of(
          new KernelFile("vmlinuz-", "vmlinuz"),
          new KernelFile("initrd.img-", "initramfs.img"),
          new KernelFile("System.map-", "System.map"),
          new KernelFile("config-", "config"));

  private record KernelFile(String prefix, String name) {}

  /**
   * One thing that was done.
   *
   * @param path where it was
   * @param place where it is now; nothing when it was left out
   * @param reason in a few words
   */
  public record Change(TreePath path, Optional<TreePath> place, String reason) {
    @Override
    public String toString() {
      return place.map(to -> path + " -> " + to).orElse(path + " left out") + ": " + reason;
    }
  }

  public FittedTree {
    changes = List.copyOf(changes);
  }

  /**
   * Makes a system fit. It has been through {@link Arrangement#readied}, and not yet through {@link
   * Arrangement#of}, which this does.
   *
   * @param timeSeconds the modification time of everything that is added
   * @throws IllegalArgumentException when it has more than one kernel, or is fit already
   * @throws IOException when a file that must be read, such as {@code /etc/passwd}, cannot be
   */
  public static FittedTree of(Tree system, long timeSeconds) throws IOException {
    List<String> kernels = kernels(system);
    if (kernels.size() > 1) {
      throw new IllegalArgumentException(
          "a deployment boots one kernel, this tree has "
              + kernels.size()
              + ": "
              + String.join(", ", kernels)
              + "; say which, or remove the others");
    }
    return new Work(system, new Stamp(timeSeconds)).fitted(kernels.stream().findFirst());
  }

  /**
   * As {@link #of(Tree, long)}, for a system with several kernels, of which the others are left
   * out.
   *
   * @param kernel as its modules' directory is called
   */
  public static FittedTree of(Tree system, long timeSeconds, String kernel) throws IOException {
    if (!kernels(system).contains(kernel)) {
      throw new IllegalArgumentException(
          "the tree has no kernel " + kernel + "; it has " + kernels(system));
    }
    return new Work(system, new Stamp(timeSeconds)).fitted(Optional.of(kernel));
  }

  private static List<String> kernels(Tree tree) {
    return tree.children(BOOT).stream()
        .map(TreePath::name)
        .filter(name -> name.startsWith("vmlinuz-"))
        .map(name -> name.substring("vmlinuz-".length()))
        .toList();
  }

  /** The steps, one after the other, on a tree that changes. */
  private static final class Work {
    private final Stamp stamp;
    private final List<Change> changes = new ArrayList<>();
    private Tree tree;

    Work(Tree system, Stamp stamp) {
      if (system.contains("/usr/etc") || system.contains("/sysroot")) {
        throw new IllegalArgumentException(
            "the tree has "
                + (system.contains("/usr/etc") ? "/usr/etc" : "/sysroot")
                + ", so it is fit for ostree already");
      }
      this.tree = system;
      this.stamp = stamp;
    }

    FittedTree fitted(Optional<String> kernel) throws IOException {
      MOUNTED.forEach(path -> empty(TreePath.of(path), "filled by the running system"));
      KEPT.forEach(this::keep);
      opt();
      arrange();
      move(TreePath.of("/etc"), TreePath.of("/usr/etc"), "defaults of the release");
      kernel.ifPresent(this::kernel);
      empty(BOOT, "ostree fills it when it deploys");
      for (String link : List.of("/vmlinuz", "/initrd.img", "/vmlinuz.old", "/initrd.img.old")) {
        if (tree.contains(link)) {
          leaveOut(TreePath.of(link), "the boot loader reads /boot");
        }
      }
      leaveOutDevices();
      tree =
          tree.with(
              t -> {
                stamp.put(t, TreePath.of("/sysroot"), new Directory(stamp.mode(0755)));
                stamp.symlink(t, "/ostree", "sysroot/ostree");
              });
      return new FittedTree(tree, changes);
    }

    private void empty(TreePath directory, String reason) {
      for (TreePath path : tree.children(directory)) {
        leaveOut(path, reason);
      }
      if (tree.node(directory).isEmpty()) {
        int mode = directory.name().equals("tmp") ? 01777 : 0755;
        tree = tree.with(t -> stamp.put(t, directory, new Directory(stamp.mode(mode))));
      }
    }

    private void leaveOut(TreePath path, String reason) {
      tree = tree.with(t -> t.remove(path));
      changes.add(new Change(path, Optional.empty(), reason));
    }

    private void move(TreePath from, TreePath to, String reason) {
      if (tree.node(from).isPresent()) {
        tree = tree.with(t -> stamp.move(tree, t, from, to));
        changes.add(new Change(from, Optional.of(to), reason));
      }
    }

    /** A directory of the machine's goes to {@code /var}, and a link to it takes its place. */
    private void keep(String path, String target) {
      TreePath from = TreePath.of(path);
      if (tree.node(from).orElse(null) instanceof Symlink) {
        return;
      }
      TreePath to = TreePath.of(target);
      if (tree.node(from).isPresent() && tree.node(to).isEmpty()) {
        move(from, to, "the machine's own");
      } else {
        int mode = path.equals("/root") ? 0700 : 0755;
        tree =
            tree.with(
                t -> {
                  if (t.node(to).isEmpty()) {
                    stamp.put(t, to, new Directory(stamp.mode(mode)));
                  }
                });
        empty(from, to + " is there and stays");
        tree = tree.with(t -> t.remove(from));
      }
      tree = tree.with(t -> stamp.symlink(t, path, target));
    }

    /**
     * What packages bring in {@code /opt} must go and come with the release, and what a machine
     * puts there must stay: so each thing is linked by itself.
     */
    private void opt() {
      TreePath opt = TreePath.of("/opt");
      if (tree.node(opt).orElse(null) instanceof Symlink) {
        return;
      }
      for (TreePath path : tree.children(opt)) {
        move(path, TreePath.of(OPT + path.name()), "part of the release");
        tree =
            tree.with(
                t -> stamp.symlink(t, "/var/opt/" + path.name(), "../.." + OPT + path.name()));
      }
      tree =
          tree.with(
              t -> {
                if (t.node(TreePath.of("/var/opt")).isEmpty()) {
                  stamp.put(t, TreePath.of("/var/opt"), new Directory(stamp.mode(0755)));
                }
                if (t.node(opt).isPresent()) {
                  t.remove(opt);
                }
                stamp.symlink(t, "/opt", "var/opt");
              });
    }

    private void arrange() throws IOException {
      Arrangement arranged = Arrangement.of(tree, stamp.timeSeconds());
      // the partition that is mounted there in other layouts is /var itself here
      tree = arranged.tree().with(t -> t.remove(TreePath.of(Arrangement.DATA)));
      for (TreePath path : arranged.factoryPaths()) {
        changes.add(
            new Change(
                path,
                Optional.of(TreePath.of(Arrangement.FACTORY + path)),
                "copied from there when it is missing"));
      }
    }

    private void kernel(String version) {
      for (KernelFile file : KERNEL_FILES) {
        move(
            BOOT.child(file.prefix() + version),
            MODULES.child(version).child(file.name()),
            "where ostree looks");
      }
    }

    /** ostree stores files, links and directories only. */
    private void leaveOutDevices() {
      for (Map.Entry<TreePath, Node> entry : tree.entries().entrySet()) {
        if (entry.getValue() instanceof Special special) {
          leaveOut(entry.getKey(), "ostree keeps no " + kind(special));
        }
      }
    }

    private static String kind(Special special) {
      return switch (special.kind()) {
        case CHARACTER_DEVICE, BLOCK_DEVICE -> "devices";
        case FIFO -> "pipes";
        case SOCKET -> "sockets";
      };
    }
  }
}
