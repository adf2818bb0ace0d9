// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.object.Commit;
import dev.slipway.ostree.object.DirMeta;
import dev.slipway.ostree.object.DirTree;
import dev.slipway.ostree.object.FileHeader;
import dev.slipway.ostree.object.ObjectType;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.HardLink;
import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Node.Special;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import dev.slipway.work.Workers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Turns a tree into objects: contents in parallel, the largest first so that the threads end
 * together, then directories from the leaves up.
 */
final class TreeCommit {
  /**
   * A file or link; its header is made when it is its turn, for there may be many.
   *
   * @param index how many files and links come before it in path order
   */
  private record Item(int index, TreePath path, Inode inode) {
    Content content() {
      return inode instanceof RegularFile file ? file.content() : Content.EMPTY;
    }
  }

  private final OstreeRepository repository;
  private final Transaction transaction;
  private final KnownContents known;
  private final Tree tree;

  /** Where in path order the files are that have several names. */
  private final Map<TreePath, Integer> linked = new HashMap<>();

  private TreeCommit(
      OstreeRepository repository, Transaction transaction, KnownContents known, Tree tree) {
    this.repository = repository;
    this.transaction = transaction;
    this.known = known;
    this.tree = tree;
  }

  static Committed run(
      OstreeRepository repository, Tree given, CommitInfo info, int threads, Progress progress)
      throws IOException {
    Tree tree =
        repository.mode() == RepositoryMode.BARE_USER_ONLY ? CanonicalPermissions.of(given) : given;
    requireHoldable(repository, tree);
    if (info.branch().isPresent()) {
      Refs.requireName(info.branch().get());
    }
    try (Transaction transaction = repository.begin()) {
      KnownContents known = KnownContents.read(repository.cacheFile());
      var run = new TreeCommit(repository, transaction, known, tree);
      DigestArray checksums;
      try (Task task = progress.start("committing", tree.contentBytes())) {
        checksums = run.writeContents(threads, task);
      }
      DirTree.DirectoryEntry root = run.writeDirectory(new Level(TreePath.ROOT), checksums);
      Optional<Digest> parent = run.parent(info);
      Commit commit =
          new Commit(
              info.completeMetadata(),
              parent,
              List.of(),
              info.subject(),
              info.body(),
              info.timestampSeconds(),
              root.tree(),
              root.meta());
      Digest checksum = transaction.writeMetadata(ObjectType.COMMIT, commit.toBytes());
      TransactionReport report = transaction.commit();
      if (info.branch().isPresent()) {
        repository.refs().setHead(info.branch().get(), checksum);
      }
      known.write();
      return new Committed(checksum, report);
    }
  }

  /** Says of everything that ostree, or this repository's mode, cannot hold where it is. */
  private static void requireHoldable(OstreeRepository repository, Tree tree)
      throws TreeRefusedException {
    var problems = new ArrayList<String>();
    tree.entries()
        .forEach(
            (path, node) -> {
              if (node instanceof Inode inode) {
                repository.objection(inode).ifPresent(why -> problems.add(path + ": " + why));
              }
            });
    if (!problems.isEmpty()) {
      throw new TreeRefusedException(problems);
    }
  }

  /** What ostree cannot hold, in words. */
  static Optional<String> objection(Inode inode, FileForm form) {
    if (inode instanceof Special special) {
      String kind = special.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
      return Optional.of(
          "a " + kind + ", and ostree holds files, links and directories alone; leave it out");
    }
    return FileHeader.of(inode).flatMap(form::objection);
  }

  private Optional<Digest> parent(CommitInfo info) throws IOException {
    if (info.parent().isPresent()) {
      return info.parent().get().commit();
    }
    return info.branch().isPresent()
        ? repository.refs().head(info.branch().get())
        : Optional.empty();
  }

  /** Writes all files and links, and gives their checksums in path order. */
  private DigestArray writeContents(int threads, Task task) throws IOException {
    for (Node node : tree.entries().values()) {
      if (node instanceof HardLink link) {
        linked.put(link.target(), -1);
      }
    }
    var items = new ArrayList<Item>();
    for (Map.Entry<TreePath, Node> entry : tree.entries().entrySet()) {
      if (entry.getValue() instanceof Inode inode && !(inode instanceof Directory)) {
        linked.replace(entry.getKey(), items.size());
        items.add(new Item(items.size(), entry.getKey(), inode));
      }
    }
    items.sort(Comparator.comparingLong((Item item) -> item.content().sizeBytes()).reversed());
    var checksums = new DigestArray(items.size());
    Workers.forEach(
        items,
        threads,
        "ostree commit",
        item -> {
          checksums.set(item.index(), write(item));
          task.advance(item.content().sizeBytes());
        });
    return checksums;
  }

  private Digest write(Item item) throws IOException {
    FileHeader header = FileHeader.of(item.inode()).orElseThrow();
    Content content = item.content();
    try {
      Optional<Digest> before = known.find(content, header, transaction);
      if (before.isPresent()) {
        transaction.countKnown();
        return before.get();
      }
      Digest checksum = transaction.write(header, content.sizeBytes(), content);
      known.add(content, header, checksum);
      return checksum;
    } catch (IOException e) {
      throw new IOException(item.path() + ": " + e.getMessage(), e);
    }
  }

  /** A directory of the walk with the entries found in it so far. */
  private static final class Level {
    final TreePath path;
    final List<DirTree.FileEntry> files = new ArrayList<>();
    final List<DirTree.DirectoryEntry> directories = new ArrayList<>();

    Level(TreePath path) {
      this.path = path;
    }
  }

  /**
   * Path order puts a directory directly before what it holds, so one walk with a stack of open
   * directories sees every one complete when the walk leaves it.
   */
  private DirTree.DirectoryEntry writeDirectory(Level root, DigestArray checksums)
      throws IOException {
    var open = new java.util.ArrayDeque<Level>();
    open.push(root);
    int next = 0;
    for (Map.Entry<TreePath, Node> entry : tree.entries().entrySet()) {
      TreePath path = entry.getKey();
      if (path.isRoot()) {
        continue;
      }
      while (!path.startsWith(open.element().path)) {
        close(open);
      }
      Node node = entry.getValue();
      if (node instanceof Directory) {
        open.push(new Level(path));
      } else {
        int index = node instanceof HardLink link ? linked.get(link.target()) : next++;
        open.element().files.add(new DirTree.FileEntry(path.name(), checksums.get(index)));
      }
    }
    while (open.size() > 1) {
      close(open);
    }
    return finish(root);
  }

  private void close(java.util.ArrayDeque<Level> open) throws IOException {
    DirTree.DirectoryEntry done = finish(open.pop());
    open.element().directories.add(done);
  }

  private DirTree.DirectoryEntry finish(Level level) throws IOException {
    Inode inode = tree.inode(level.path).orElseThrow();
    return new DirTree.DirectoryEntry(
        level.path.name(),
        transaction.writeMetadata(
            ObjectType.DIR_TREE, new DirTree(level.files, level.directories).toBytes()),
        transaction.writeMetadata(ObjectType.DIR_META, new DirMeta(inode.metadata()).toBytes()));
  }
}
