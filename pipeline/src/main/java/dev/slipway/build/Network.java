// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.arrange.Stamp;
import dev.slipway.tree.Tree;
import java.io.IOException;

/**
 * Gives every Ethernet card an address by DHCP and makes names resolve, with what the image has for
 * it.
 */
final class Network {
  private static final String EVERY_CARD =
      """
      # Every wired card that nothing else describes asks for an address.
      [Match]
      Type=ether
      Kind=!*

      [Network]
      DHCP=yes

      [DHCPv4]
      UseDomains=yes
      """;

  private Network() {}

  static Tree added(Tree tree, boolean dhcp, Stamp stamp) throws IOException {
    boolean networkd = tree.contains("/usr/lib/systemd/systemd-networkd");
    if (!dhcp || !networkd || tree.contains("/usr/sbin/NetworkManager")) {
      return tree;
    }
    var units = new Units(stamp);
    Tree changed =
        units.masked(
            units.enabled(tree, "systemd-networkd.service"),
            "systemd-networkd-wait-online.service");
    if (changed.contains("/usr/lib/systemd/systemd-resolved")) {
      changed = units.enabled(changed, "systemd-resolved.service");
      return changed.with(
          t -> {
            stamp.file(t, "/usr/lib/systemd/network/89-slipway.network", 0644, EVERY_CARD);
            stamp.symlink(t, "/etc/resolv.conf", "../run/systemd/resolve/stub-resolv.conf");
          });
    }
    return changed.with(
        t -> {
          stamp.file(t, "/usr/lib/systemd/network/89-slipway.network", 0644, EVERY_CARD);
          // Without systemd-resolved nobody writes the name servers of a lease down, so a small
          // script does.
          stamp.resource(
              t, "/usr/lib/slipway/write-resolv-conf", 0755, Network.class, "write-resolv-conf");
          stamp.unit(t, Network.class, "slipway-resolv.path", "multi-user.target");
          // Once at the start, because the leases may be older than the watch for them.
          stamp.unit(t, Network.class, "slipway-resolv.service", "multi-user.target");
          stamp.symlink(t, "/etc/resolv.conf", "../run/slipway/resolv.conf");
        });
  }
}
