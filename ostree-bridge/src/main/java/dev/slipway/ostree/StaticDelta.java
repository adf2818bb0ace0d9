// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Static deltas: what a machine downloads to get from one commit to another.
 *
 * <pre>{@code
 * StaticDelta.make(objects, new DeltaName(Optional.of(old), release), repository,
 *     DeltaOptions.threads(2), progress);
 * }</pre>
 */
public final class StaticDelta {
  private StaticDelta() {}

  /**
   * Makes a delta and puts it where clients look. It replaces one that is there.
   *
   * @param repository the repository's directory
   * @return the delta's directory
   */
  public static Path make(
      DeltaObjects objects,
      DeltaName name,
      Path repository,
      DeltaOptions options,
      Progress progress)
      throws IOException {
    Path place = repository.resolve(name.path());
    Path temporary = repository.resolve("tmp");
    Files.createDirectories(temporary);
    Path work = Files.createTempDirectory(temporary, "delta-");
    try (Task task = progress.start("making static delta", -1)) {
      DeltaWriter.write(objects, name, options, work, task);
      Files.createDirectories(place.getParent());
      replace(work, place, temporary);
    } finally {
      delete(work);
    }
    return place;
  }

  private static void replace(Path work, Path place, Path temporary) throws IOException {
    if (!Files.exists(place)) {
      Files.move(work, place, StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    // Clients that read the old one meanwhile fail a checksum and try again.
    Path old = Files.createTempDirectory(temporary, "delta-old-");
    Files.move(place, old.resolve("delta"), StandardCopyOption.ATOMIC_MOVE);
    Files.move(work, place, StandardCopyOption.ATOMIC_MOVE);
    delete(old);
  }

  /** Deletes a directory with all it holds; nothing happens when there is none. */
  static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> found = Files.walk(directory)) {
      all = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
