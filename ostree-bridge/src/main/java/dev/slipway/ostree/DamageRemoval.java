// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.io.FileGate;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.ostree.object.ObjectType;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Removes damaged objects, and marks the commits that need them as partial first, so that a pull
 * brings what is gone and nobody takes them for whole meanwhile.
 */
final class DamageRemoval {
  private DamageRemoval() {}

  /**
   * Removes those of some objects that are still damaged, and gives their names.
   *
   * @param problems damaged and missing objects
   */
  static List<ObjectName> run(OstreeRepository repository, Collection<ObjectName> problems)
      throws IOException {
    try (FileGate gate = FileGate.open(repository.lockFile());
        FileGate.Pass alone = gate.exclusive()) {
      var damaged = new ArrayList<ObjectName>();
      var lost = new ArrayList<ObjectName>();
      for (ObjectName name : problems) {
        boolean there = repository.has(name);
        if (there && isDamaged(repository, name)) {
          damaged.add(name);
        }
        if ((!there || damaged.contains(name)) && name.type() != ObjectType.COMMIT_META) {
          lost.add(name);
        }
      }
      repository
          .objects()
          .forEach(
              (name, file) -> {
                if (name.type() == ObjectType.COMMIT && needsAny(repository, name, lost)) {
                  Directories.replace(
                      repository.partialMark(name.checksum()),
                      Fsck.PARTIAL_BY_DAMAGE,
                      repository.syncs());
                }
              });
      for (ObjectName name : damaged) {
        Files.delete(repository.file(name));
      }
      return damaged;
    }
  }

  private static boolean isDamaged(OstreeRepository repository, ObjectName name)
      throws IOException {
    try {
      Fsck.check(repository, name);
      return false;
    } catch (FormatException e) {
      return true;
    }
  }

  private static boolean needsAny(
      OstreeRepository repository, ObjectName commit, List<ObjectName> lost) throws IOException {
    if (lost.isEmpty() || Files.exists(repository.partialMark(commit.checksum()))) {
      return false;
    }
    var needed = new Reachable(repository, (name, problem) -> {});
    needed.addCommit(commit.checksum(), true);
    return lost.stream().anyMatch(needed::contains);
  }
}
