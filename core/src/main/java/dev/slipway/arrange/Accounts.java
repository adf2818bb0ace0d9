// SPDX-License-Identifier: Apache-2.0
package dev.slipway.arrange;

import dev.slipway.io.FormatException;
import dev.slipway.tree.Content;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The users and groups of a tree: {@code passwd}, {@code group}, {@code shadow} and {@code gshadow}
 * as one value.
 */
public record Accounts(
    List<User> users, List<Group> groups, List<String> shadow, List<String> gshadow) {
  /** Where ids of people start on Debian. */
  public static final long PEOPLE_FROM = 1000;

  /** The last id Debian gives to people. */
  private static final long PEOPLE_TO = 59_999;

  private static final long SYSTEM_TO = 999;
  private static final long SYSTEM_FROM = 100;

  /** A line of {@code passwd}; its password field is always {@code x}. */
  public record User(String name, long uid, long gid, String comment, String home, String shell) {}

  /** A line of {@code group}. */
  public record Group(String name, long gid, List<String> members) {
    public Group {
      members = List.copyOf(members);
    }
  }

  public Accounts {
    users = List.copyOf(users);
    groups = List.copyOf(groups);
    shadow = List.copyOf(shadow);
    gshadow = List.copyOf(gshadow);
  }

  /** Reads the accounts of a tree; those of a tree that has none are empty. */
  public static Accounts of(Tree tree) throws IOException {
    var users = new ArrayList<User>();
    for (String line : lines(tree, "/etc/passwd")) {
      String[] fields = fields(line, 7, "/etc/passwd");
      users.add(
          new User(
              fields[0],
              id(fields[2], line),
              id(fields[3], line),
              fields[4],
              fields[5],
              fields[6]));
    }
    var groups = new ArrayList<Group>();
    for (String line : lines(tree, "/etc/group")) {
      String[] fields = fields(line, 4, "/etc/group");
      groups.add(
          new Group(
              fields[0],
              id(fields[2], line),
              fields[3].isEmpty() ? List.of() : List.of(fields[3].split(","))));
    }
    return new Accounts(users, groups, lines(tree, "/etc/shadow"), lines(tree, "/etc/gshadow"));
  }

  private static List<String> lines(Tree tree, String path) throws IOException {
    if (tree.follow(TreePath.of(path)).isEmpty()) {
      return List.of();
    }
    return new String(tree.read(path), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.isBlank())
        .toList();
  }

  private static String[] fields(String line, int count, String file) throws FormatException {
    String[] fields = line.split(":", -1);
    if (fields.length != count) {
      throw new FormatException(file + ": expected " + count + " fields, found \"" + line + "\"");
    }
    return fields;
  }

  private static long id(String text, String line) throws FormatException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new FormatException("\"" + text + "\" is no user or group id, in \"" + line + "\"", e);
    }
  }

  public Optional<User> user(String name) {
    return users.stream().filter(user -> user.name().equals(name)).findFirst();
  }

  public Optional<Group> group(String name) {
    return groups.stream().filter(group -> group.name().equals(name)).findFirst();
  }

  /**
   * The uid a name or number means.
   *
   * @throws IllegalArgumentException when there is no such user
   */
  public long uid(String nameOrNumber) {
    if (nameOrNumber.matches("[0-9]+")) {
      return Long.parseLong(nameOrNumber);
    }
    return user(nameOrNumber)
        .map(User::uid)
        .orElseThrow(
            () -> new IllegalArgumentException("the image has no user \"" + nameOrNumber + "\""));
  }

  /** The gid a name or number means, as {@link #uid}. */
  public long gid(String nameOrNumber) {
    if (nameOrNumber.matches("[0-9]+")) {
      return Long.parseLong(nameOrNumber);
    }
    return group(nameOrNumber)
        .map(Group::gid)
        .orElseThrow(
            () -> new IllegalArgumentException("the image has no group \"" + nameOrNumber + "\""));
  }

  /** The first id from 1000 on that neither a user nor a group has. */
  public long freePersonId(Set<Long> reserved) {
    Set<Long> taken = taken();
    taken.addAll(reserved);
    for (long id = PEOPLE_FROM; id <= PEOPLE_TO; id++) {
      if (!taken.contains(id)) {
        return id;
      }
    }
    throw new IllegalArgumentException(
        "no user id from " + PEOPLE_FROM + " to " + PEOPLE_TO + " is free");
  }

  /** The last id up to 999 that neither a user nor a group has. */
  public long freeSystemId(Set<Long> reserved) {
    Set<Long> taken = taken();
    taken.addAll(reserved);
    for (long id = SYSTEM_TO; id >= SYSTEM_FROM; id--) {
      if (!taken.contains(id)) {
        return id;
      }
    }
    throw new IllegalArgumentException(
        "no group id from " + SYSTEM_FROM + " to " + SYSTEM_TO + " is free");
  }

  private Set<Long> taken() {
    Set<Long> taken = users.stream().map(User::uid).collect(Collectors.toCollection(TreeSet::new));
    groups.forEach(group -> taken.add(group.gid()));
    return taken;
  }

  /**
   * With one more user and a group of the same name and number; a user of that name is replaced.
   */
  public Accounts withUser(User user, Optional<String> passwordHash) {
    var changedUsers = replaced(users, user, u -> u.name().equals(user.name()));
    Accounts changed = new Accounts(changedUsers, groups, shadow, gshadow);
    if (groups.stream().noneMatch(group -> group.gid() == user.gid())) {
      changed = changed.withGroup(user.name(), user.gid());
    }
    return changed.withPassword(user.name(), passwordHash.orElse("*"));
  }

  /**
   * With a user's password field as {@code shadow} has it. Days are left empty: they would name the
   * day of the build.
   */
  public Accounts withPassword(String user, String hash) {
    String line = user + ":" + hash + "::0:99999:7:::";
    return new Accounts(
        users, groups, replaced(shadow, line, s -> s.startsWith(user + ":")), gshadow);
  }

  private Accounts withGroup(String name, long gid) {
    return new Accounts(
        users,
        replaced(groups, new Group(name, gid, List.of()), g -> g.name().equals(name)),
        shadow,
        replaced(gshadow, name + ":*::", s -> s.startsWith(name + ":")));
  }

  /**
   * With a user in a further group.
   *
   * @param gid the number the group is made with when there is none
   */
  public Accounts withMember(String group, String user, long gid) {
    Accounts accounts = group(group).isPresent() ? this : withGroup(group, gid);
    Group before = accounts.group(group).orElseThrow();
    if (before.members().contains(user)) {
      return accounts;
    }
    var members = new ArrayList<>(before.members());
    members.add(user);
    var shadowed = new ArrayList<String>();
    for (String line : accounts.gshadow) {
      String[] fields = line.split(":", -1);
      shadowed.add(
          fields[0].equals(group) && fields.length == 4
              ? String.join(":", fields[0], fields[1], fields[2], String.join(",", members))
              : line);
    }
    return new Accounts(
        users,
        replaced(
            accounts.groups, new Group(group, before.gid(), members), g -> g.name().equals(group)),
        shadow,
        shadowed);
  }

  private static <T> List<T> replaced(List<T> list, T item, java.util.function.Predicate<T> same) {
    var changed = new ArrayList<T>();
    boolean found = false;
    for (T each : list) {
      changed.add(same.test(each) ? item : each);
      found |= same.test(each);
    }
    if (!found) {
      changed.add(item);
    }
    return changed;
  }

  /** Writes the four files into a tree; owners and modes of existing ones are kept. */
  public Tree into(Tree tree) {
    return tree.with(
        t -> {
          put(t, "/etc/passwd", 0644, users.stream().map(Accounts::line).toList());
          put(t, "/etc/group", 0644, groups.stream().map(Accounts::line).toList());
          put(t, "/etc/shadow", 0640, shadow);
          put(t, "/etc/gshadow", 0640, gshadow);
        });
  }

  private static void put(TreeBuilder t, String path, int mode, List<String> lines) {
    TreePath place = TreePath.of(path);
    Metadata metadata = t.inode(place).map(inode -> inode.metadata()).orElse(Metadata.mode(mode));
    String text = lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    t.put(place, new RegularFile(metadata, Content.utf8(text)));
  }

  private static String line(User user) {
    return String.join(
        ":",
        user.name(),
        "x",
        Long.toString(user.uid()),
        Long.toString(user.gid()),
        user.comment(),
        user.home(),
        user.shell());
  }

  private static String line(Group group) {
    return group.name() + ":x:" + group.gid() + ":" + String.join(",", group.members());
  }
}
