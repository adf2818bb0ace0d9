// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.io.FileGate;
import dev.slipway.ostree.object.Commit;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.ostree.object.ObjectType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Removes what nothing leads to any more. What refs point at always stays.
 *
 * <p>Commits go first, then what only they led to, so that a prune that is killed leaves no commit
 * without its tree.
 */
final class Prune {
  private final OstreeRepository repository;
  private final PruneOptions options;
  private final Reachable reachable;

  private Prune(OstreeRepository repository, PruneOptions options) {
    this.repository = repository;
    this.options = options;
    this.reachable = new Reachable(repository, Prune::passOver);
  }

  /** A missing object is for fsck to say, and keeps nothing. A damaged one must not lose others. */
  private static void passOver(ObjectName name, IOException problem) throws IOException {
    if (!(problem instanceof MissingObjectException)) {
      throw problem;
    }
  }

  static PruneReport run(OstreeRepository repository, PruneOptions options) throws IOException {
    try (FileGate gate = FileGate.open(repository.lockFile());
        FileGate.Pass alone = gate.exclusive()) {
      return new Prune(repository, options).run();
    }
  }

  private PruneReport run() throws IOException {
    if (options.deleteCommit().isPresent()) {
      requireUnreferenced(options.deleteCommit().get());
    }
    if (!options.dryRun()) {
      Transaction.sweepDead(repository.temporary());
      StaleFiles.sweep(repository);
    }
    for (Digest root : roots()) {
      addHistory(root);
    }
    var unreachable = new ArrayList<ObjectName>();
    long bytes = 0;
    int[] total = new int[1];
    List<ObjectName> gone = unreachable;
    repository
        .objects()
        .forEach(
            (name, file) -> {
              total[0]++;
              if (isGone(name)) {
                gone.add(name);
              }
            });
    unreachable.sort(
        java.util.Comparator.comparing((ObjectName name) -> !isCommit(name))
            .thenComparing(java.util.Comparator.naturalOrder()));
    boolean synced = false;
    for (ObjectName name : unreachable) {
      Path file = repository.file(name);
      bytes += size(file);
      if (options.dryRun()) {
        continue;
      }
      if (!isCommit(name) && !synced && repository.syncs()) {
        HostCalls.load().syncFileSystem(repository.directory().toString());
        synced = true;
      }
      Files.deleteIfExists(file);
      if (name.type() == ObjectType.COMMIT) {
        Files.deleteIfExists(repository.partialMark(name.checksum()));
      }
    }
    List<String> deltas = options.dryRun() ? List.of() : StoredDeltas.removeOrphans(repository);
    return new PruneReport(total[0], unreachable.size(), bytes, deltas);
  }

  private static boolean isCommit(ObjectName name) {
    return name.type() == ObjectType.COMMIT || name.type() == ObjectType.COMMIT_META;
  }

  private boolean isGone(ObjectName name) {
    if (options.commitsOnly() && !isCommit(name)) {
      return false;
    }
    return !reachable.contains(name);
  }

  private static long size(Path file) throws IOException {
    try {
      return (Long) Files.getAttribute(file, "size", java.nio.file.LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  private void requireUnreferenced(Digest commit) throws IOException {
    for (var ref : repository.allRefs().entrySet()) {
      if (ref.getValue().equals(commit)) {
        throw new IOException(
            "commit "
                + commit
                + " is what ref "
                + ref.getKey()
                + " points at; delete the ref first");
      }
    }
    repository.commit(commit);
  }

  /** Where to start: the refs and, unless only they count, all commits there are. */
  private TreeSet<Digest> roots() throws IOException {
    var roots = new TreeSet<>(repository.allRefs().values());
    if (!options.refsOnly()) {
      repository
          .objects()
          .forEach(
              (name, file) -> {
                if (name.type() == ObjectType.COMMIT && staysByItself(name.checksum())) {
                  roots.add(name.checksum());
                }
              });
    }
    return roots;
  }

  private boolean staysByItself(Digest commit) throws IOException {
    return !options.deleteCommit().equals(Optional.of(commit)) && isYoungEnough(commit);
  }

  private boolean isYoungEnough(Digest checksum) throws IOException {
    if (options.keepYoungerThan().isEmpty()) {
      return true;
    }
    try {
      Commit commit = repository.commit(checksum);
      return commit.timestampSeconds() >= options.keepYoungerThan().get().getEpochSecond();
    } catch (MissingObjectException e) {
      return false;
    }
  }

  /** A commit and so many of its parents. */
  private void addHistory(Digest root) throws IOException {
    Optional<Digest> next = Optional.of(root);
    for (int depth = 0; next.isPresent(); depth++) {
      Digest commit = next.get();
      if (depth > 0
          && ((options.depth() >= 0 && depth > options.depth())
              || !staysByItself(commit)
              || !repository.has(ObjectName.commit(commit)))) {
        return;
      }
      boolean isNew = !reachable.hasCommit(commit);
      if (!isNew && options.depth() < 0) {
        return; // its history was taken in to the end
      }
      Optional<Digest> parent = reachable.addCommit(commit, isNew);
      next = parent;
    }
  }
}
