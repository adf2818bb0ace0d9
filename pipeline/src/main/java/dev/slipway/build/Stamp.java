// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.tree.Content;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Node.Symlink;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Puts things into a tree with the one time that all of a build's own files have. */
record Stamp(long timeSeconds) {
  Metadata mode(int mode) {
    return Metadata.mode(mode).withMtime(timeSeconds, 0);
  }

  void file(TreeBuilder t, String path, int mode, String text) {
    parents(t, TreePath.of(path));
    t.put(TreePath.of(path), new RegularFile(mode(mode), Content.utf8(text)));
  }

  void symlink(TreeBuilder t, String path, String target) {
    parents(t, TreePath.of(path));
    t.put(TreePath.of(path), new Symlink(mode(0777), target));
  }

  void resource(TreeBuilder t, String path, int mode, String name) {
    try (InputStream in = Stamp.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("bug: no resource " + name);
      }
      file(t, path, mode, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes the directories above a path that are missing. */
  void parents(TreeBuilder t, TreePath path) {
    for (TreePath ancestor : path.ancestors()) {
      if (t.node(ancestor).isEmpty()) {
        t.put(ancestor, new Directory(mode(0755)));
      }
    }
  }
}
