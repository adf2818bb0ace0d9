// SPDX-License-Identifier: Apache-2.0
package dev.slipway.arrange;

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

/** Puts Slipway's own files into a tree, all with one modification time. */
record Site(long timeSeconds) {
  private static final String UNITS = "/usr/lib/systemd/system/";

  void file(TreeBuilder t, String path, int mode, String text) {
    directories(t, path);
    t.put(TreePath.of(path), new RegularFile(at(mode), Content.utf8(text)));
  }

  void symlink(TreeBuilder t, String path, String target) {
    directories(t, path);
    t.put(TreePath.of(path), new Symlink(at(0777), target));
  }

  /** A file that ships with this package. */
  void resource(TreeBuilder t, String path, int mode, String name) {
    file(t, path, mode, resource(name));
  }

  /** A unit that ships with this package, wanted by a target. */
  void unit(TreeBuilder t, String name, String wantedBy) {
    resource(t, UNITS + name, 0644, name);
    symlink(t, UNITS + wantedBy + ".wants/" + name, "../" + name);
  }

  /** Makes the parents that are missing, so that they too have the one time. */
  private void directories(TreeBuilder t, String path) {
    for (TreePath ancestor : TreePath.of(path).ancestors()) {
      if (t.node(ancestor).isEmpty()) {
        t.put(ancestor, new Directory(at(0755)));
      }
    }
  }

  private Metadata at(int mode) {
    return Metadata.mode(mode).withMtime(timeSeconds, 0);
  }

  private static String resource(String name) {
    try (InputStream in = Site.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("bug: no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
