// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.arrange.Stamp;
import dev.slipway.tree.Tree;

/**
 * What keeps GRUB's menu in step in a running system, whoever deploys there: a shell script that
 * makes {@code grub.cfg} from the entries in {@code /boot/loader}, run when these change, at each
 * start, and once more when the system goes down.
 *
 * <p>ostree itself would run {@code grub2-mkconfig}, which Debian does not have; so the sysroots
 * made here say {@code sysroot.bootloader=none}.
 */
public final class GrubUpkeep {
  private GrubUpkeep() {}

  /**
   * Adds the script and its units.
   *
   * @param timeSeconds the modification time of everything that is added
   */
  public static Tree addedTo(Tree tree, long timeSeconds) {
    var stamp = new Stamp(timeSeconds);
    return tree.with(
        t -> {
          stamp.resource(
              t, "/usr/lib/slipway/write-grub-cfg", 0755, GrubUpkeep.class, "write-grub-cfg");
          stamp.unit(t, GrubUpkeep.class, "slipway-grub.service", "multi-user.target");
          stamp.unit(t, GrubUpkeep.class, "slipway-grub.path", "multi-user.target");
          stamp.resource(
              t,
              "/usr/lib/systemd/system/slipway-grub-update.service",
              0644,
              GrubUpkeep.class,
              "slipway-grub-update.service");
          // systemd would mount the EFI system partition there, over the menu
          stamp.symlink(t, "/usr/lib/systemd/system/boot.automount", "/dev/null");
        });
  }
}
