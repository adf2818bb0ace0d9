// SPDX-License-Identifier: Apache-2.0
package dev.slipway.arrange;

import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Node.Special;
import dev.slipway.tree.Node.Symlink;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Empties the directories a machine keeps and says, for {@code systemd-tmpfiles}, how each thing in
 * them is made where it is missing.
 *
 * <p>One line for each path, never a copied directory: a later release that brings a new file then
 * adds it to a machine that has the directory already, and touches nothing the machine changed.
 */
record Factory(Tree tree, List<TreePath> paths) {
  static final String LINES = "/usr/lib/tmpfiles.d/slipway-factory.conf";

  static Factory of(Tree tree, Stamp stamp) throws IOException {
    Set<String> described = describedElsewhere(tree);
    var lines =
        new StringBuilder("# What this release brings for the directories the machine keeps.\n");
    var paths = new ArrayList<TreePath>();
    for (String kept : Arrangement.KEPT) {
      TreePath root = TreePath.of(kept);
      if (tree.node(root).orElse(null) instanceof Symlink) {
        continue; // it leads to another of the kept directories, and is part of the release
      }
      for (var entry : tree.entries().tailMap(root, true).entrySet()) {
        TreePath path = entry.getKey();
        if (!path.startsWith(root)) {
          break;
        }
        Inode inode = tree.inode(path).orElseThrow();
        if (!described.contains(path.toString())
            || !(inode instanceof Directory || inode instanceof Symlink)) {
          lines.append(line(path, inode)).append('\n');
        }
        paths.add(path);
      }
    }
    Tree arranged =
        tree.with(
            t -> {
              for (String kept : Arrangement.KEPT) {
                TreePath root = TreePath.of(kept);
                Node directory =
                    tree.node(root)
                        .orElse(new Directory(stamp.mode(kept.equals("/root") ? 0700 : 0755)));
                if (tree.contains(kept) && !tree.children(root).isEmpty()) {
                  stamp.move(tree, t, root, TreePath.of(Arrangement.FACTORY + kept));
                }
                t.put(root, directory);
              }
              stamp.file(t, LINES, 0644, lines.toString());
            });
    return new Factory(arranged, paths);
  }

  /**
   * Directories and links that packages describe themselves; describing them twice would only make
   * noise in the journal.
   */
  private static Set<String> describedElsewhere(Tree tree) throws IOException {
    var paths = new HashSet<String>();
    for (TreePath file : tree.children(TreePath.of("/usr/lib/tmpfiles.d"))) {
      if (!file.name().endsWith(".conf")
          || !(tree.inode(file).orElse(null) instanceof RegularFile regular)) {
        continue;
      }
      for (String line :
          new String(regular.content().readAll(), StandardCharsets.UTF_8).split("\n")) {
        String[] words = line.strip().split("\\s+");
        if (words.length >= 2 && words[0].matches("[dDqQvL][+!-]*") && !words[1].contains("%")) {
          paths.add(words[1]);
        }
      }
    }
    return paths;
  }

  private static String line(TreePath path, Inode inode) {
    Metadata metadata = inode.metadata();
    String place = quoted(path.toString());
    String owner =
        String.format(Locale.ROOT, "%04o %d %d -", metadata.mode(), metadata.uid(), metadata.gid());
    if (inode instanceof Directory) {
      return "d " + place + " " + owner;
    }
    if (inode instanceof Symlink link) {
      return "L " + place + " - - - - " + argument(link.target());
    }
    if (inode instanceof Special special) {
      String numbers = special.major() + ":" + special.minor();
      return switch (special.kind()) {
        case CHARACTER_DEVICE -> "c " + place + " " + owner + " " + numbers;
        case BLOCK_DEVICE -> "b " + place + " " + owner + " " + numbers;
        case FIFO -> "p " + place + " " + owner;
        case SOCKET -> "# a socket is made by its service: " + place;
      };
    }
    return "C " + place + " " + owner + " " + argument(Arrangement.FACTORY + path);
  }

  /**
   * A path in tmpfiles.d: percent signs doubled, and quoted with C escapes when it holds anything
   * unusual.
   */
  private static String quoted(String path) {
    String text = path.replace("%", "%%");
    if (text.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != '"' && c != '\'' && c != '\\')) {
      return text;
    }
    return "\"" + escaped(text) + "\"";
  }

  /** The last field runs to the end of the line and is not quoted, only escaped. */
  private static String argument(String text) {
    return escaped(text.replace("%", "%%"));
  }

  private static String escaped(String text) {
    var out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      int c = b & 0xff;
      if (c < 0x20 || c == 0x7f || c == '"' || c == '\'' || c == '\\') {
        out.append(String.format(Locale.ROOT, "\\x%02x", c));
      } else if (c < 0x7f) {
        out.append((char) c);
      } else {
        out.append(String.format(Locale.ROOT, "\\x%02x", c));
      }
    }
    return out.toString();
  }
}
