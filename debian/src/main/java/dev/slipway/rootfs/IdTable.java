// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.io.FormatException;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which number each user and each group has: what a lock file keeps from release to release, so
 * that data on a machine never changes its owner.
 *
 * @param users uids by name
 * @param groups gids by name
 */
public record IdTable(SortedMap<String, Long> users, SortedMap<String, Long> groups) {
  /** No names at all. */
  public static final IdTable EMPTY = new IdTable(new TreeMap<>(), new TreeMap<>());

  private static final int ID_FIELD = 2;

  public IdTable {
    users = Collections.unmodifiableSortedMap(new TreeMap<>(users));
    groups = Collections.unmodifiableSortedMap(new TreeMap<>(groups));
  }

  /** What a tree's {@code /etc/passwd} and {@code /etc/group} say; empty where they are missing. */
  public static IdTable of(Tree tree) throws IOException {
    return new IdTable(read(tree, "etc/passwd"), read(tree, "etc/group"));
  }

  private static SortedMap<String, Long> read(Tree tree, String path) throws IOException {
    var ids = new TreeMap<String, Long>();
    if (tree.contains(path)) {
      for (String line : new String(tree.read(path), StandardCharsets.UTF_8).split("\n")) {
        String[] fields = line.split(":", -1);
        if (line.isBlank()
            || line.startsWith("+")
            || line.startsWith("-")
            || line.startsWith("#")) {
          continue;
        }
        if (fields.length <= ID_FIELD || !fields[ID_FIELD].matches("[0-9]{1,10}")) {
          throw new FormatException("/" + path + ": no number in the line \"" + line + "\"");
        }
        ids.putIfAbsent(fields[0], Long.parseLong(fields[ID_FIELD]));
      }
    }
    return ids;
  }

  /**
   * This table with the names of another that it does not have. Names are never given up, so that a
   * package that comes back gets its old number.
   */
  public IdTable with(IdTable more) {
    return new IdTable(union(users, more.users), union(groups, more.groups));
  }

  private static SortedMap<String, Long> union(Map<String, Long> first, Map<String, Long> more) {
    var all = new TreeMap<>(more);
    all.putAll(first);
    return all;
  }
}
