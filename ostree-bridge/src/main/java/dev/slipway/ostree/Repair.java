// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.ostree.object.ObjectName;
import dev.slipway.ostree.object.ObjectType;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Replaces what is damaged or missing by the same objects from another repository. A good object is
 * never touched; a damaged one stays until its replacement was checked.
 */
final class Repair {
  private Repair() {}

  /**
   * Repairs what fsck finds, again and again while new directories show further missing objects.
   */
  static RepairReport run(
      OstreeRepository repository, ObjectSource source, int threads, Progress progress)
      throws IOException {
    var repaired = new ArrayList<ObjectName>();
    while (true) {
      FsckReport found = Fsck.run(repository, threads, progress);
      List<ObjectName> bad =
          found.problems().keySet().stream().filter(name -> !repaired.contains(name)).toList();
      if (bad.isEmpty()) {
        if (found.isClean()) {
          unmark(repository);
        }
        return new RepairReport(repaired, found);
      }
      try (Transaction transaction = repository.begin();
          Task task = progress.start("repairing " + bad.size() + " objects", -1)) {
        int before = repaired.size();
        for (ObjectName name : bad) {
          if (replace(name, source, transaction, task)) {
            repaired.add(name);
          }
        }
        transaction.commit();
        if (repaired.size() == before) {
          return new RepairReport(repaired, found);
        }
      }
    }
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
      ObjectName name, ObjectSource source, Transaction transaction, Task task) {
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
    } catch (IOException e) {
      task.note(name + ": cannot be repaired: " + e.getMessage());
      return false;
    }
  }
}
