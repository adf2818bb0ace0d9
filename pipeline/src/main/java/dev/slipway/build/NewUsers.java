// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.arrange.Accounts;
import dev.slipway.rootfs.IdTable;
import dev.slipway.spec.User;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The users of a specification, added to those that the packages brought. Nobody's number or group
 * is taken over: a name or number that is somebody else's is refused.
 *
 * @param kept numbers of users and groups that earlier releases gave
 */
record NewUsers(List<User> users, IdTable kept) {
  Accounts addedTo(Accounts before) throws BuildException {
    Accounts accounts = before;
    for (User user : users) {
      Optional<Accounts.User> there = accounts.user(user.name());
      Accounts.User account = there.isPresent() ? known(user, there.get()) : added(user, accounts);
      accounts = accounts.withUser(account, user.passwordHash());
      for (String group : user.groups()) {
        accounts = accounts.withMember(group, user.name(), gid(group, accounts));
      }
    }
    return accounts;
  }

  /** A user that packages made keeps number and home: files have that owner already. */
  private static Accounts.User known(User user, Accounts.User there) throws BuildException {
    if (user.uid().isPresent() && user.uid().getAsInt() != there.uid()) {
      throw new BuildException(
          "users: "
              + user.name()
              + ": the packages gave this user the number "
              + there.uid()
              + " and files with it, so uid: "
              + user.uid().getAsInt()
              + " cannot be had; leave uid out or choose another name");
    }
    return new Accounts.User(
        user.name(), there.uid(), there.gid(), user.comment(), there.home(), user.shell());
  }

  private Accounts.User added(User user, Accounts accounts) throws BuildException {
    long uid =
        user.uid().isPresent()
            ? user.uid().getAsInt()
            : kept.users().containsKey(user.name())
                ? kept.users().get(user.name())
                : accounts.freePersonId(reserved());
    for (Accounts.User other : accounts.users()) {
      if (other.uid() == uid) {
        throw clash(user, "the number " + uid + " is that of the user " + other.name());
      }
    }
    for (Accounts.Group group : accounts.groups()) {
      boolean sameName = group.name().equals(user.name());
      if (sameName != (group.gid() == uid)) {
        throw clash(
            user,
            sameName
                ? "there is a group of that name with the number "
                    + group.gid()
                    + ", and the user's own group would have "
                    + uid
                : "the number " + uid + " is that of the group " + group.name());
      }
    }
    return new Accounts.User(
        user.name(), uid, uid, user.comment(), "/home/" + user.name(), user.shell());
  }

  private static BuildException clash(User user, String what) {
    return new BuildException(
        "users: " + user.name() + ": " + what + "; choose another name or another uid");
  }

  private long gid(String group, Accounts accounts) {
    Long before = kept.groups().get(group);
    return before != null ? before : accounts.freeSystemId(reserved());
  }

  private Set<Long> reserved() {
    var all = new HashSet<>(kept.users().values());
    all.addAll(kept.groups().values());
    return all;
  }
}
