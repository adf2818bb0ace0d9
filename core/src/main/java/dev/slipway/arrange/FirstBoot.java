// SPDX-License-Identifier: Apache-2.0
package dev.slipway.arrange;

import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
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
    var stamp = new Stamp(timeSeconds);
    return tree.with(
        t -> {
          String hosts =
              "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n";
          if (hostname.contains("${")) {
            stamp.file(t, "/usr/lib/slipway/hostname", 0644, hostname + "\n");
            stamp.resource(
                t, "/usr/lib/slipway/name-machine", 0755, FirstBoot.class, "name-machine");
            stamp.unit(t, FirstBoot.class, "slipway-name.service", "sysinit.target");
            t.remove(TreePath.of("/etc/hostname"));
          } else {
            stamp.file(t, "/etc/hostname", 0644, hostname + "\n");
            hosts += "127.0.1.1\t" + hostname + "\n";
          }
          stamp.file(t, "/etc/hosts", 0644, hosts);
          if (tree.contains("/usr/sbin/sshd")) {
            stamp.resource(
                t, "/usr/lib/slipway/make-host-keys", 0755, FirstBoot.class, "make-host-keys");
            stamp.unit(t, FirstBoot.class, "slipway-host-keys.service", "multi-user.target");
          }
        });
  }
}
