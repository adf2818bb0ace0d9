// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.object.Commit;
import dev.slipway.ostree.object.DirMeta;
import dev.slipway.ostree.object.DirTree;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.tree.Metadata;
import dev.slipway.work.Workers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lays a commit down in a directory, without the tree in memory: directories first, then files on
 * several threads, then the directories' owners and modes from the leaves up.
 *
 * <p>It is written beside its place and renamed when it is whole.
 */
final class Checkout {
  private record FileItem(String place, Digest checksum) {}

  private record DirectoryItem(String place, DirMeta meta) {}

  private static final String PARTIAL = ".partial-";

  private final OstreeRepository repository;
  private final CheckoutOptions options;
  private final boolean links;
  private final HostCalls calls = HostCalls.load();
  private final Path base;
  private final List<FileItem> files = new ArrayList<>();
  private final List<DirectoryItem> directories = new ArrayList<>();
  private final Map<Digest, DirMeta> metas = new HashMap<>();
  private final AtomicLong drafts = new AtomicLong();

  private Checkout(OstreeRepository repository, CheckoutOptions options, Path base) {
    this.repository = repository;
    this.options = options;
    this.base = base;
    this.links =
        options.hardLinks()
            && switch (repository.mode()) {
              case ARCHIVE -> false;
              case BARE -> !options.userMode();
              case BARE_USER, BARE_USER_ONLY -> options.userMode();
            };
  }

  static void run(
      OstreeRepository repository,
      Digest commit,
      Path directory,
      CheckoutOptions options,
      Progress progress)
      throws IOException {
    Path target = directory.toAbsolutePath();
    if (Files.exists(target)) {
      throw new FileAlreadyExistsException(
          target.toString(), null, "is there already; name a new directory");
    }
    Path beside =
        target.resolveSibling(target.getFileName() + PARTIAL + ProcessHandle.current().pid());
    boolean whole = false;
    try {
      var run = new Checkout(repository, options, beside);
      run.makeDirectories(repository.commit(commit));
      try (Task task = progress.start("checking out " + directory, -1)) {
        Workers.forEach(run.files, options.threads(), "ostree checkout", run::write);
      }
      run.dressDirectories();
      Files.move(beside, target);
      whole = true;
    } finally {
      if (!whole) {
        Directories.removeTree(beside);
      }
    }
  }

  private void makeDirectories(Commit commit) throws IOException {
    Digest tree = commit.tree();
    Digest meta = commit.meta();
    for (String name : options.subpath().names()) {
      DirTree.DirectoryEntry next = null;
      for (DirTree.DirectoryEntry each : repository.dirTree(tree).directories()) {
        next = each.name().equals(name) ? each : next;
      }
      if (next == null) {
        throw new IOException(
            options.subpath() + ": the commit has no such directory", new NoSuchElementException());
      }
      tree = next.tree();
      meta = next.meta();
    }
    make(base.toString(), tree, meta, 0);
  }

  private void make(String place, Digest tree, Digest meta, int depth) throws IOException {
    if (depth > TreeRead.LIMIT_DEPTH) {
      throw new IOException(place + ": nested too deeply");
    }
    calls.mkdir(place, 0700);
    DirMeta dirMeta = metas.get(meta);
    if (dirMeta == null) {
      dirMeta = repository.dirMeta(meta);
      metas.put(meta, dirMeta);
    }
    directories.add(new DirectoryItem(place, dirMeta));
    DirTree dirTree = repository.dirTree(tree);
    for (DirTree.FileEntry file : dirTree.files()) {
      files.add(new FileItem(place + "/" + file.name(), file.checksum()));
    }
    for (DirTree.DirectoryEntry below : dirTree.directories()) {
      make(place + "/" + below.name(), below.tree(), below.meta(), depth + 1);
    }
  }

  private void write(FileItem item) throws IOException {
    try {
      if (links && link(item)) {
        return;
      }
      StoredFile stored = repository.storedFile(item.checksum());
      if (stored.header().isSymlink()) {
        calls.symlink(stored.header().target().orElseThrow(), item.place());
        dress(item.place(), stored.header().metadata(), true);
        return;
      }
      // Java opens files only by names that its locale can spell: plain first, then renamed.
      Path draft = base.resolve(".draft-" + drafts.getAndIncrement());
      try (InputStream in = stored.content().open()) {
        PlainFiles.write(draft, stored.sizeBytes(), in);
      }
      dress(draft.toString(), stored.header().metadata(), false);
      calls.rename(draft.toString(), item.place());
    } catch (IOException e) {
      throw new IOException(
          item.place().substring(base.toString().length()) + ": " + e.getMessage(), e);
    }
  }

  /** A link is itself in some modes and a file that describes it in others. */
  private boolean link(FileItem item) throws IOException {
    Path object = repository.file(ObjectName.file(item.checksum()));
    if (Files.isSymbolicLink(object)) {
      return false;
    }
    if (repository.mode() == RepositoryMode.BARE_USER
        && repository.storedFile(item.checksum()).header().isSymlink()) {
      return false;
    }
    calls.link(object.toString(), item.place());
    return true;
  }

  private void dressDirectories() throws IOException {
    Collections.reverse(directories);
    for (DirectoryItem item : directories) {
      dress(item.place(), item.meta().metadata(), false);
    }
  }

  /** The owner first: a change of it takes setuid bits and capabilities away. The time last. */
  private void dress(String place, Metadata metadata, boolean symlink) throws IOException {
    if (!options.userMode()) {
      calls.chown(place, metadata.uid(), metadata.gid());
      calls.setXattrs(place, metadata.xattrs());
    }
    if (!symlink) {
      calls.chmod(place, options.userMode() ? metadata.mode() & 0777 : metadata.mode());
    }
    calls.setEpoch(place);
  }
}
