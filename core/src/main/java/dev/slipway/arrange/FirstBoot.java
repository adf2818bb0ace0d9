// SPDX-License-Identifier: Apache-2.0
package dev.slipway.arrange;

import dev.slipway.tree.Tree;
import java.util.Objects;

/**
 * What each machine makes for itself when it starts for the first time: its name and its SSH host
 * keys. The machine id and the random seed are made by systemd, and the data partition is grown
 * before anything is mounted.
 *
 * @param hostname a plain name, or a template such as {@code robot-${serial}}
 */
public record FirstBoot(String hostname) {
  public FirstBoot {
    Objects.requireNonNull(hostname, "hostname");
  }

  /**
   * Adds the scripts and units that do it.
   *
   * @param timeSeconds the modification time of everything that is added
   */
  public Tree addedTo(Tree tree, long timeSeconds) {
    var site = new Site(timeSeconds);
    return tree.with(
        t -> {
          String hosts =
              "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n";
          if (hostname.contains("${")) {
            site.file(t, "/usr/lib/slipway/hostname", 0644, hostname + "\n");
            site.resource(t, "/usr/lib/slipway/name-machine", 0755, "name-machine");
            site.unit(t, "slipway-name.service", "sysinit.target");
            t.remove(dev.slipway.tree.TreePath.of("/etc/hostname"));
          } else {
            site.file(t, "/etc/hostname", 0644, hostname + "\n");
            hosts += "127.0.1.1\t" + hostname + "\n";
          }
          site.file(t, "/etc/hosts", 0644, hosts);
          if (tree.contains("/usr/sbin/sshd")) {
            site.resource(t, "/usr/lib/slipway/make-host-keys", 0755, "make-host-keys");
            site.unit(t, "slipway-host-keys.service", "multi-user.target");
          }
        });
  }
}
