// SPDX-License-Identifier: Apache-2.0
package dev.slipway.arrange;

import dev.slipway.tree.Content;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.HardLink;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Node.Symlink;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Map;

/**
 * Puts an image's own files into a tree, owned by root and all with one modification time. Missing
 * directories are made the same way.
 *
 * @param timeSeconds since 1970
 */
public record Stamp(long timeSeconds) {
  private static final String UNITS = "/usr/lib/systemd/system/";

  /** Metadata of root's with the one time. */
  public Metadata mode(int mode) {
    return Metadata.mode(mode).withMtime(timeSeconds, 0);
  }

  public void file(TreeBuilder t, String path, int mode, String text) {
    put(t, TreePath.of(path), new RegularFile(mode(mode), Content.utf8(text)));
  }

  public void symlink(TreeBuilder t, String path, String target) {
    put(t, TreePath.of(path), new Symlink(mode(0777), target));
  }

  /** Puts a node, and makes the directories above it that are missing. */
  public void put(TreeBuilder t, TreePath path, Node node) {
    for (TreePath ancestor : path.ancestors()) {
      if (t.node(ancestor).isEmpty()) {
        t.put(ancestor, new Directory(mode(0755)));
      }
    }
    t.put(path, node);
  }

  /**
   * Moves an entry with all below it to a place where nothing is; hard links within it stay links.
   *
   * @param tree what {@code t} was made from and still holds at {@code from}
   */
  public void move(Tree tree, TreeBuilder t, TreePath from, TreePath to) {
    var moved = new ArrayList<Map.Entry<TreePath, Node>>();
    for (var entry : tree.entries().tailMap(from, true).entrySet()) {
      if (!entry.getKey().startsWith(from)) {
        break;
      }
      Node node = entry.getValue();
      if (node instanceof HardLink link) {
        node =
            link.target().startsWith(from)
                ? new HardLink(link.target().rebase(from, to))
                : tree.inode(link.target()).orElseThrow();
      }
      moved.add(Map.entry(entry.getKey().rebase(from, to), node));
    }
    t.remove(from);
    moved.forEach(entry -> put(t, entry.getKey(), entry.getValue()));
  }

  /** A text that lies beside a class. */
  public void resource(TreeBuilder t, String path, int mode, Class<?> beside, String name) {
    try (InputStream in = beside.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("bug: no resource " + name + " beside " + beside);
      }
      file(t, path, mode, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A systemd unit that lies beside a class, wanted by a target of the release itself. */
  public void unit(TreeBuilder t, Class<?> beside, String name, String wantedBy) {
    resource(t, UNITS + name, 0644, beside, name);
    symlink(t, UNITS + wantedBy + ".wants/" + name, "../" + name);
  }
}
