// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.apt.LockFile;
import dev.slipway.arrange.Accounts;
import dev.slipway.rootfs.IdTable;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The numbers of users and groups that a lock file keeps from release to release. */
final class LockedAccounts {
  private LockedAccounts() {}

  static IdTable ids(LockFile lock) {
    return new IdTable(numbers(lock.users()), numbers(lock.groups()));
  }

  private static SortedMap<String, Long> numbers(List<String> lines) {
    var ids = new TreeMap<String, Long>();
    lines.forEach(line -> ids.put(line.split(":")[0], Long.parseLong(line.split(":")[2])));
    return ids;
  }

  /** The lock with what a tree has, besides what it had: a name keeps its number for ever. */
  static LockFile with(LockFile lock, Tree tree) throws IOException {
    Accounts accounts = Accounts.of(tree);
    var users = new ArrayList<String>();
    for (Accounts.User user : accounts.users()) {
      users.add(
          String.join(
              ":",
              user.name(),
              "x",
              Long.toString(user.uid()),
              Long.toString(user.gid()),
              user.comment(),
              user.home(),
              user.shell()));
    }
    var groups = new ArrayList<String>();
    accounts.groups().forEach(group -> groups.add(group.name() + ":x:" + group.gid() + ":"));
    return lock.withAccounts(kept(lock.users(), users), kept(lock.groups(), groups));
  }

  private static List<String> kept(List<String> old, List<String> now) {
    var all = new LinkedHashMap<String, String>();
    old.forEach(line -> all.put(line.substring(0, line.indexOf(':')), line));
    now.forEach(line -> all.put(line.substring(0, line.indexOf(':')), line));
    return List.copyOf(all.values());
  }
}
