// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.object.Commit;
import dev.slipway.ostree.object.DirTree;
import dev.slipway.ostree.object.ObjectName;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.Consumer;

/** The objects that commits lead to. Missing ones are told to a listener and then passed over. */
final class Reachable {
  /** Told of what is named and not there, or not readable. */
  @FunctionalInterface
  interface Complaints {
    void complain(ObjectName name, IOException problem) throws IOException;
  }

  private final OstreeRepository repository;
  private final Complaints complaints;
  private final DigestSet commits = new DigestSet();
  private final DigestSet trees = new DigestSet();
  private final DigestSet metas = new DigestSet();
  private final DigestSet files = new DigestSet();

  Reachable(OstreeRepository repository, Complaints complaints) {
    this.repository = repository;
    this.complaints = complaints;
  }

  boolean contains(ObjectName name) {
    return switch (name.type()) {
      case FILE -> files.contains(name.checksum());
      case DIR_TREE -> trees.contains(name.checksum());
      case DIR_META -> metas.contains(name.checksum());
      case COMMIT, COMMIT_META -> commits.contains(name.checksum());
      default -> true; // kinds that are not ours to judge
    };
  }

  int count() {
    return commits.size() + trees.size() + metas.size() + files.size();
  }

  /** Takes in a commit, its tree, and its parent when asked; gives the parent to go on with. */
  Optional<Digest> addCommit(Digest checksum, boolean withTree) throws IOException {
    commits.add(checksum);
    Commit commit;
    try {
      commit = repository.commit(checksum);
    } catch (IOException e) {
      complaints.complain(ObjectName.commit(checksum), e);
      return Optional.empty();
    }
    if (withTree) {
      metas.add(commit.meta());
      addTree(commit.tree());
    }
    return commit.parent();
  }

  /** Shows the objects that were named and not looked for: files and dirmetas, in no order. */
  void forEachLeaf(Consumer<ObjectName> action) {
    metas.forEach(meta -> action.accept(ObjectName.dirMeta(meta)));
    files.forEach(file -> action.accept(ObjectName.file(file)));
  }

  boolean hasCommit(Digest checksum) {
    return commits.contains(checksum);
  }

  private void addTree(Digest root) throws IOException {
    var waiting = new ArrayDeque<Digest>();
    waiting.push(root);
    while (!waiting.isEmpty()) {
      Digest checksum = waiting.pop();
      if (!trees.add(checksum)) {
        continue;
      }
      DirTree tree;
      try {
        tree = repository.dirTree(checksum);
      } catch (IOException e) {
        complaints.complain(ObjectName.dirTree(checksum), e);
        continue;
      }
      tree.files().forEach(file -> files.add(file.checksum()));
      for (DirTree.DirectoryEntry below : tree.directories()) {
        metas.add(below.meta());
        waiting.push(below.tree());
      }
    }
  }
}
