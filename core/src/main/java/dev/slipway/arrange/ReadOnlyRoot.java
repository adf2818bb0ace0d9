// SPDX-License-Identifier: Apache-2.0
package dev.slipway.arrange;

import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.util.List;

/** Settings a system needs so that nothing fails for want of a writable root. */
final class ReadOnlyRoot {
  /**
   * Jobs that keep a package database fresh or backed up, which belongs to the release here and
   * never changes.
   */
  private static final List<String> POINTLESS =
      List.of(
          "apt-daily.timer",
          "apt-daily-upgrade.timer",
          "dpkg-db-backup.timer",
          "e2scrub_all.timer",
          "e2scrub_reap.service");

  /** Files that belong to a machine or to a build, not to a release. */
  private static final List<String> NOT_OF_A_RELEASE =
      List.of("/var/lib/dbus/machine-id", "/var/lib/systemd/random-seed", "/etc/.pwd.lock");

  private ReadOnlyRoot() {}

  static Tree prepared(Tree tree, Stamp stamp) {
    return tree.with(
        t -> {
          for (String path : NOT_OF_A_RELEASE) {
            if (tree.contains(path)) {
              t.remove(TreePath.of(path));
            }
          }
          for (TreePath path : tree.children(TreePath.of("/etc/ssh"))) {
            if (path.name().startsWith("ssh_host_")) {
              t.remove(path);
            }
          }
          // Empty, not absent: systemd then writes the id into the overlay and does not take the
          // boot for a factory reset, which would
          // switch units on again that the release has switched off.
          stamp.file(t, "/etc/machine-id", 0444, "");
          stamp.symlink(t, "/etc/mtab", "../proc/self/mounts");
          stamp.file(
              t,
              "/etc/fstab",
              0644,
              "# The initramfs mounts the slot, the data partition and what lies on it.\ntmpfs /tmp tmpfs mode=1777,nosuid,nodev 0 0\n");
          // Says that /etc and /var are as new as /usr, which saves every machine its first
          // rebuilding of caches that are here already.
          String updated =
              "# systemd compares this file's time with that of /usr.\nTIMESTAMP_NSEC="
                  + stamp.timeSeconds()
                  + "000000000\n";
          stamp.file(t, "/etc/.updated", 0644, updated);
          stamp.file(t, "/var/.updated", 0644, updated);
          stamp.file(
              t,
              "/usr/lib/systemd/journald.conf.d/slipway.conf",
              0644,
              "[Journal]\nStorage=persistent\nSystemMaxUse=64M\n");
          for (String unit : POINTLESS) {
            if (tree.contains("/usr/lib/systemd/system/" + unit)) {
              stamp.symlink(t, "/etc/systemd/system/" + unit, "/dev/null");
            }
          }
        });
  }
}
