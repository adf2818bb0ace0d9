// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.object.Commit;
import dev.slipway.ostree.object.DirMeta;
import dev.slipway.ostree.object.DirTree;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.ostree.object.ObjectType;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.work.Workers;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads every object and holds it against its name, then walks from every commit and looks for what
 * is missing. Changes nothing.
 */
final class Fsck {
  /** What a partial commit's mark says when it was whole before: ostree's own word. */
  static final byte[] PARTIAL_BY_DAMAGE = {'f'};

  private final OstreeRepository repository;
  private final SortedMap<ObjectName, String> problems =
      Collections.synchronizedSortedMap(new TreeMap<>());

  private Fsck(OstreeRepository repository) {
    this.repository = repository;
  }

  static FsckReport run(OstreeRepository repository, int threads, Progress progress)
      throws IOException {
    return new Fsck(repository).run(threads, progress);
  }

  private FsckReport run(int threads, Progress progress) throws IOException {
    var commits = new ArrayList<Digest>();
    int[] objects = new int[1];
    long[] bytes = new long[1];
    repository
        .objects()
        .forEach(
            (name, file) -> {
              objects[0]++;
              bytes[0] += Files.isSymbolicLink(file) ? 0 : Files.size(file);
              if (name.type() == ObjectType.COMMIT) {
                commits.add(name.checksum());
              }
            });
    Collections.sort(commits);
    try (Task task = progress.start("checking objects", bytes[0])) {
      List<Integer> parts = new ArrayList<>();
      for (int i = 0; i < 256; i++) {
        parts.add(i);
      }
      Workers.forEach(parts, threads, "ostree fsck", part -> checkPart(part, task));
    }
    int partial = 0;
    var reachable = new Reachable(repository, this::note);
    for (Digest commit : commits) {
      boolean isPartial = Files.exists(repository.partialMark(commit));
      partial += isPartial ? 1 : 0;
      if (!isPartial || isPartialByDamage(repository, commit)) {
        reachable.addCommit(commit, true);
      }
    }
    reachable.forEachLeaf(
        name -> {
          if (!repository.has(name)) {
            problems.putIfAbsent(name, "missing");
          }
        });
    SortedMap<String, String> deadRefs =
        repository
            .refs()
            .dead(
                commit -> {
                  ObjectName name = ObjectName.commit(commit);
                  boolean here = repository.has(name);
                  if (!here) {
                    problems.putIfAbsent(name, "missing");
                  }
                  return here;
                });
    return new FsckReport(objects[0], commits.size(), partial, new TreeMap<>(problems), deadRefs);
  }

  static boolean isPartialByDamage(OstreeRepository repository, Digest commit) throws IOException {
    Path mark = repository.partialMark(commit);
    return Files.exists(mark)
        && Files.size(mark) == PARTIAL_BY_DAMAGE.length
        && Arrays.equals(Files.readAllBytes(mark), PARTIAL_BY_DAMAGE);
  }

  private void note(ObjectName name, IOException problem) {
    problems.putIfAbsent(
        name, problem instanceof MissingObjectException ? "missing" : problem.getMessage());
  }

  private void checkPart(int first, Task task) throws IOException {
    repository
        .objects()
        .forEach(
            first,
            (name, file) -> {
              try {
                check(repository, name);
              } catch (MissingObjectException e) {
                // pruned a moment ago
              } catch (FormatException e) {
                problems.put(name, e.getMessage());
              }
              task.advance(Files.isSymbolicLink(file) ? 0 : Files.size(file));
            });
  }

  /**
   * Reads an object.
   *
   * @throws FormatException if it is damaged
   */
  static void check(OstreeRepository repository, ObjectName name) throws IOException {
    String source = name.toString();
    switch (name.type()) {
      case FILE -> {
        StoredFile stored = repository.storedFile(name.checksum());
        try (InputStream in = stored.content().open()) {
          in.transferTo(OutputStream.nullOutputStream());
        }
      }
      case DIR_TREE -> DirTree.read(repository.metadata(name), source);
      case DIR_META -> DirMeta.read(repository.metadata(name), source);
      case COMMIT -> Commit.read(repository.metadata(name), source);
      case COMMIT_META -> repository.detachedMetadata(name.checksum());
      default -> {
        // kinds that hold nothing to check
      }
    }
  }
}
