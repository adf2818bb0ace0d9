// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.ostree.object.ObjectName;
import dev.slipway.ostree.object.ObjectType;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.work.Workers;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Replaces what is damaged or missing by the same objects from another repository. A good object is
 * never touched; a damaged one stays until its replacement was checked.
 */
final class Repair {
  /** How many objects at most are repaired in vain when the machine dies. */
  private static final int BATCH = 500;

  private Repair() {}

  /**
   * Repairs what fsck finds, again and again while new directories show further missing objects.
   */
  static RepairReport run(
      OstreeRepository repository, ObjectSource source, int threads, Progress progress)
      throws IOException {
    var repaired = new TreeSet<ObjectName>();
    while (true) {
      FsckReport found = Fsck.run(repository, threads, progress);
      List<ObjectName> bad =
          found.problems().keySet().stream().filter(name -> !repaired.contains(name)).toList();
      if (bad.isEmpty()) {
        if (found.problems().isEmpty()) {
          unmark(repository);
        }
        return new RepairReport(List.copyOf(repaired), found);
      }
      int before = repaired.size();
      try (Transaction transaction = repository.begin();
          Task task = progress.start("repairing " + bad.size() + " objects", -1)) {
        for (int from = 0; from < bad.size(); from += BATCH) {
          List<ObjectName> batch = bad.subList(from, Math.min(bad.size(), from + BATCH));
          repaired.addAll(replaceAll(batch, source, threads, transaction, task));
        }
      }
      if (repaired.size() == before) {
        return new RepairReport(List.copyOf(repaired), found);
      }
    }
  }

  /** Replaces what can be had of a batch; it is in its place when this returns. */
  private static Set<ObjectName> replaceAll(
      List<ObjectName> batch, ObjectSource source, int threads, Transaction transaction, Task task)
      throws IOException {
    Set<ObjectName> done = ConcurrentHashMap.newKeySet();
    Workers.forEach(
        batch,
        threads,
        "ostree repair",
        name -> {
          if (replace(name, source, transaction, task)) {
            done.add(name);
          }
        });
    transaction.publish();
    return done;
  }

  /** Commits that were partial because of damage are whole again. */
  private static void unmark(OstreeRepository repository) throws IOException {
    repository
        .objects()
        .forEach(
            (name, file) -> {
              if (name.type() == ObjectType.COMMIT
                  && Fsck.isPartialByDamage(repository, name.checksum())) {
                Files.delete(repository.partialMark(name.checksum()));
              }
            });
  }

  private static boolean replace(
      ObjectName name, ObjectSource source, Transaction transaction, Task task)
      throws InterruptedIOException {
    try {
      transaction.replaceDamaged(name);
      if (name.type() == ObjectType.COMMIT_META) {
        Optional<byte[]> theirs = source.detached(name.checksum());
        if (theirs.isPresent()) {
          transaction.writeDetached(name.checksum(), theirs.get());
        }
        return theirs.isPresent();
      }
      source.copy(List.of(name), transaction, task);
      return true;
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      task.note(name + ": cannot be repaired: " + e.getMessage());
      return false;
    }
  }
}
