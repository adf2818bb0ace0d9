// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.tree.ContentKeeper;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Gives users and groups the numbers that a lock file has for them, wherever a tree holds numbers:
 * owners, access control lists, and the files of {@code /etc}. Maintainer scripts hand numbers out
 * in the order they run; this makes the result independent of that order.
 *
 * <p>A name that the lock file does not have keeps its number, unless a locked name has that: then
 * it gets the lowest one that no locked name has.
 */
final class IdMap {
  /** Debian policy, 9.2.2: below lie the numbers that are the same everywhere, and so above. */
  private static final long DYNAMIC_FIRST = 100;

  private static final long DYNAMIC_LAST = 59_999;

  /** From here on numbers are for people, below for systems. */
  private static final long PEOPLE_FIRST = 1000;

  private final IdTable table;
  private final Map<Long, Long> users;
  private final Map<Long, Long> groups;

  private IdMap(IdTable table, Map<Long, Long> users, Map<Long, Long> groups) {
    this.table = table;
    this.users = users;
    this.groups = groups;
  }

  static IdMap of(IdTable found, IdTable locked) {
    SortedMap<String, Long> users = assign(found.users(), locked.users());
    SortedMap<String, Long> groups = assign(found.groups(), locked.groups());
    return new IdMap(
        new IdTable(users, groups), moves(found.users(), users), moves(found.groups(), groups));
  }

  /** The numbers as they are after {@link #apply}. */
  IdTable table() {
    return table;
  }

  private static SortedMap<String, Long> assign(
      SortedMap<String, Long> found, SortedMap<String, Long> locked) {
    var assigned = new TreeMap<String, Long>();
    Set<Long> taken = new HashSet<>(locked.values());
    List<Map.Entry<String, Long>> open = new ArrayList<>();
    for (Map.Entry<String, Long> entry : found.entrySet()) {
      Long number = locked.get(entry.getKey());
      boolean fixed = entry.getValue() < DYNAMIC_FIRST || entry.getValue() > DYNAMIC_LAST;
      if (number != null) {
        assigned.put(entry.getKey(), number);
      } else if (fixed || !taken.contains(entry.getValue())) {
        assigned.put(entry.getKey(), entry.getValue());
      } else {
        open.add(entry);
      }
    }
    taken.addAll(assigned.values());
    open.sort(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()));
    for (Map.Entry<String, Long> entry : open) {
      long number = entry.getValue() >= PEOPLE_FIRST ? PEOPLE_FIRST : DYNAMIC_FIRST;
      while (taken.contains(number)) {
        number++;
      }
      taken.add(number);
      assigned.put(entry.getKey(), number);
    }
    return assigned;
  }

  private static Map<Long, Long> moves(
      SortedMap<String, Long> before, SortedMap<String, Long> after) {
    Map<Long, Long> moves = new HashMap<>();
    before.forEach(
        (name, number) -> {
          if (!number.equals(after.get(name))) {
            moves.putIfAbsent(number, after.get(name));
          }
        });
    return moves;
  }

  /** The tree with all numbers changed; the tree itself when none is to be. */
  Tree apply(Tree tree, ContentKeeper keeper) throws IOException {
    if (users.isEmpty() && groups.isEmpty()) {
      return tree;
    }
    Tree moved = tree.mapped((path, inode) -> inode.withMetadata(moved(inode.metadata())));
    Map<String, Function<String[], String[]>> files = new TreeMap<>(Comparator.naturalOrder());
    for (String suffix : List.of("", "-")) {
      files.put("etc/passwd" + suffix, this::passwd);
      files.put("etc/group" + suffix, fields -> number(fields, 2, table.groups().get(fields[0])));
      files.put("etc/subuid" + suffix, fields -> owner(fields));
      files.put("etc/subgid" + suffix, fields -> owner(fields));
    }
    for (Map.Entry<String, Function<String[], String[]>> file : files.entrySet()) {
      moved = rewritten(moved, file.getKey(), file.getValue(), keeper);
    }
    return moved;
  }

  private Metadata moved(Metadata metadata) {
    Metadata owned =
        metadata.withOwner(
            users.getOrDefault(metadata.uid(), metadata.uid()),
            groups.getOrDefault(metadata.gid(), metadata.gid()));
    return owned.xattrs().isEmpty()
        ? owned
        : owned.withXattrs(AccessLists.moved(owned.xattrs(), users, groups));
  }

  private String[] passwd(String[] fields) {
    String[] changed = number(fields, 2, table.users().get(fields[0]));
    return changed.length > 3 && changed[3].matches("[0-9]{1,10}")
        ? number(changed, 3, groups.get(Long.parseLong(changed[3])))
        : changed;
  }

  /** Subordinate ranges belong to a name or to a number. */
  private String[] owner(String[] fields) {
    return fields[0].matches("[0-9]{1,10}")
        ? number(fields, 0, users.get(Long.parseLong(fields[0])))
        : fields;
  }

  private static String[] number(String[] fields, int index, Long number) {
    if (number == null || fields.length <= index) {
      return fields;
    }
    String[] changed = fields.clone();
    changed[index] = Long.toString(number);
    return changed;
  }

  private static Tree rewritten(
      Tree tree, String path, Function<String[], String[]> change, ContentKeeper keeper)
      throws IOException {
    return TextFiles.rewritten(
        tree,
        TreePath.of(path),
        line -> String.join(":", change.apply(line.split(":", -1))),
        keeper);
  }
}
