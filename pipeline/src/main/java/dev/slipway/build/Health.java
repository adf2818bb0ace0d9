// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.arrange.Stamp;
import dev.slipway.bootconfig.BootStore;
import dev.slipway.spec.HealthSettings;
import dev.slipway.tree.Tree;

/**
 * Adds what tells the boot loader that a slot works: shell scripts and units that check a start and
 * confirm it, or end it so that the boot loader goes back to the other slot.
 */
final class Health {
  private static final String UNITS = "/usr/lib/systemd/system/";
  private static final String PROGRAMS = "/usr/lib/slipway/";

  private Health() {}

  static Tree added(Tree tree, HealthSettings settings, Stamp stamp) {
    return tree.with(
        t -> {
          stamp.resource(t, "/usr/sbin/slipway-boot", 0755, BootStore.class, "slipway-boot");
          stamp.resource(t, PROGRAMS + "slipway-health", 0755, Health.class, "slipway-health");
          stamp.file(t, PROGRAMS + "health.conf", 0644, configuration(settings));
          stamp.unit(t, Health.class, "slipway-health.service", "multi-user.target");
          stamp.unit(t, Health.class, "slipway-unhealthy.service", "emergency.target");
          stamp.file(
              t,
              UNITS + "multi-user.target.d/slipway.conf",
              0644,
              "# A boot that hangs counts as failed, and the boot loader goes back to the other slot.\n[Unit]\nJobTimeoutSec=15min\nJobTimeoutAction=reboot-force\n");
          stamp.resource(t, "/etc/profile.d/slipway.sh", 0644, Health.class, "data-lost.sh");
        });
  }

  private static String configuration(HealthSettings settings) {
    var text =
        new StringBuilder("# from the specification; /etc/slipway/health.conf goes before it\n");
    if (!settings.checks()) {
      text.append("failed_units=no\nwritable=\n");
    }
    settings.network().ifPresent(network -> text.append("network=").append(network).append('\n'));
    text.append("check_seconds=").append(settings.checkSeconds()).append('\n');
    return text + "allowed_failures='" + String.join(" ", settings.mayFail()) + "'\n";
  }
}
