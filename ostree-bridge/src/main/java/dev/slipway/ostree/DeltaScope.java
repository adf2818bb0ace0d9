// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.object.Commit;
import dev.slipway.ostree.object.DirTree;
import dev.slipway.ostree.object.ObjectName;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The objects a commit is made of.
 *
 * @param directories its dirtrees and dirmetas with their bytes, in the order they are come upon
 * @param files checksum of each file and link by path, in the order of paths
 */
record DeltaScope(Map<ObjectName, byte[]> directories, NavigableMap<String, Digest> files) {
  static final DeltaScope NONE = new DeltaScope(Map.of(), new TreeMap<>());

  /** How deep directories may lie; Linux' longest path has no more. */
  private static final int LIMIT_DEPTH = 2048;

  static DeltaScope of(OstreeRepository repository, Digest commit) throws IOException {
    ObjectName name = ObjectName.commit(commit);
    Commit read = Commit.read(repository.metadata(name), name.toString());
    var scope = new DeltaScope(new LinkedHashMap<>(), new TreeMap<>());
    scope.addDirectory(repository, read.tree(), read.meta(), "", 0);
    return scope;
  }

  private void addDirectory(
      OstreeRepository repository, Digest tree, Digest meta, String path, int depth)
      throws IOException {
    ObjectName name = ObjectName.dirTree(tree);
    if (depth > LIMIT_DEPTH) {
      throw new IOException(name + ": directories are nested more than " + LIMIT_DEPTH + " deep");
    }
    byte[] bytes = directories.get(name);
    if (bytes == null) {
      bytes = repository.metadata(name);
      directories.put(name, bytes);
    }
    ObjectName metaName = ObjectName.dirMeta(meta);
    if (!directories.containsKey(metaName)) {
      directories.put(metaName, repository.metadata(metaName));
    }
    DirTree directory = DirTree.read(bytes, name.toString());
    for (DirTree.FileEntry file : directory.files()) {
      files.put(path + "/" + file.name(), file.checksum());
    }
    for (DirTree.DirectoryEntry child : directory.directories()) {
      addDirectory(repository, child.tree(), child.meta(), path + "/" + child.name(), depth + 1);
    }
  }
}
