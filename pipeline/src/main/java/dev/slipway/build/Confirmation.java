// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.arrange.Stamp;
import dev.slipway.tree.Tree;

/**
 * Adds what tells the boot loader that a slot works: a boot that gets as far as its usual target is
 * confirmed, one that never does is ended.
 */
final class Confirmation {
  private Confirmation() {}

  static Tree added(Tree tree, Stamp stamp) {
    return tree.with(
        t -> {
          stamp.resource(
              t, "/usr/lib/slipway/confirm-slot", 0755, Confirmation.class, "confirm-slot");
          stamp.unit(t, Confirmation.class, "slipway-confirm.service", "multi-user.target");
          stamp.file(
              t,
              "/usr/lib/systemd/system/multi-user.target.d/slipway.conf",
              0644,
              "# A boot that hangs counts as failed, and the boot loader goes back to the other slot.\n[Unit]\nJobTimeoutSec=15min\nJobTimeoutAction=reboot-force\n");
          stamp.resource(t, "/etc/profile.d/slipway.sh", 0644, Confirmation.class, "data-lost.sh");
        });
  }
}
