// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.object.DirMeta;
import dev.slipway.ostree.object.DirTree;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Turns objects back into a tree, whose contents are read from the repository when opened. */
final class TreeRead {
  /** Deeper directories cannot be reached on any Linux file system. */
  static final int LIMIT_DEPTH = 2048;

  private final ObjectStore store;
  private final TreeBuilder builder;
  private final Map<Digest, DirMeta> metas = new HashMap<>();
  private final Map<Digest, Inode> files = new HashMap<>();

  private TreeRead(ObjectStore store, TreeBuilder builder) {
    this.store = store;
    this.builder = builder;
  }

  static Tree read(ObjectStore store, Digest tree, Digest meta) throws IOException {
    TreeBuilder builder = Tree.empty().toBuilder();
    new TreeRead(store, builder).directory(TreePath.ROOT, tree, meta, 0);
    return builder.build();
  }

  private void directory(TreePath path, Digest tree, Digest meta, int depth) throws IOException {
    if (depth > LIMIT_DEPTH) {
      throw new FormatException(path + ": directories nested more than " + LIMIT_DEPTH + " deep");
    }
    DirMeta dirMeta = metas.get(meta);
    if (dirMeta == null) {
      dirMeta = DirMeta.read(store.metadata(ObjectName.dirMeta(meta)), meta + ".dirmeta");
      metas.put(meta, dirMeta);
    }
    builder.put(path, new Directory(dirMeta.metadata()));
    DirTree dirTree = DirTree.read(store.metadata(ObjectName.dirTree(tree)), tree + ".dirtree");
    for (DirTree.FileEntry file : dirTree.files()) {
      builder.put(path.child(file.name()), file(file.checksum()));
    }
    for (DirTree.DirectoryEntry below : dirTree.directories()) {
      directory(path.child(below.name()), below.tree(), below.meta(), depth + 1);
    }
  }

  private Inode file(Digest checksum) throws IOException {
    Inode known = files.get(checksum);
    if (known == null) {
      known = node(store.file(checksum));
      files.put(checksum, known);
    }
    return known;
  }

  /** A file object as a node. */
  static Inode node(StoredFile stored) {
    long size = stored.sizeBytes();
    List<Content.Range> data = size == 0 ? List.of() : List.of(new Content.Range(0, size));
    return stored.header().node(Content.undigested(size, data, stored.content()));
  }
}
