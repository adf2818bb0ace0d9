// SPDX-License-Identifier: Apache-2.0
package dev.slipway.arrange;

import dev.slipway.arrange.Accounts.Group;
import dev.slipway.arrange.Accounts.User;
import dev.slipway.tree.Tree;
import java.io.IOException;

/**
 * Describes every user and group of the release for {@code systemd-sysusers}, which runs at each
 * boot. A machine whose {@code /etc/passwd} was changed, and which therefore hides the release's,
 * still gets the users of a new release, with the same numbers.
 */
final class SystemUsers {
  /**
   * Not in sysusers.d: there the packages' own files say the same of some users, and each would be
   * called a conflict.
   */
  private static final String LINES = "/usr/lib/slipway/users.conf";

  private SystemUsers() {}

  static Tree described(Tree tree, Stamp stamp) throws IOException {
    Accounts accounts = Accounts.of(tree);
    if (accounts.users().isEmpty()) {
      return tree;
    }
    var lines = new StringBuilder("# The users and groups of this release, with their numbers.\n");
    for (Group group : accounts.groups()) {
      lines.append("g ").append(group.name()).append(' ').append(group.gid()).append('\n');
    }
    for (User user : accounts.users()) {
      lines
          .append("u ")
          .append(user.name())
          .append(' ')
          .append(user.uid())
          .append(':')
          .append(user.gid());
      lines
          .append(" \"")
          .append(user.comment().replace("\\", "\\\\").replace("\"", "\\\"").replace("%", "%%"))
          .append("\" ");
      lines.append(field(user.home())).append(' ').append(field(user.shell())).append('\n');
    }
    for (Group group : accounts.groups()) {
      for (String member : group.members()) {
        lines.append("m ").append(member).append(' ').append(group.name()).append('\n');
      }
    }
    return tree.with(
        t -> {
          stamp.file(t, LINES, 0644, lines.toString());
          stamp.unit(t, SystemUsers.class, "slipway-users.service", "sysinit.target");
        });
  }

  private static String field(String text) {
    return text.isEmpty() ? "-" : text.replace("%", "%%");
  }
}
