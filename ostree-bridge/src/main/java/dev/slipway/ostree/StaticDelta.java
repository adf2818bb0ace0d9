// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Static deltas: what a machine downloads to get from one commit to another.
 *
 * <pre>{@code
 * var name = new DeltaName(Optional.of(old), release);
 * StaticDelta.make(repository, name, DeltaOptions.threads(2), progress);
 * StaticDelta.apply(other, repository.directory().resolve(name.path()), DeltaLimits.DEFAULT, progress);
 * }</pre>
 */
public final class StaticDelta {
  private StaticDelta() {}

  /**
   * Makes a delta and puts it where clients look. It replaces one that is there.
   *
   * <p>The same commits always give the same bytes, whatever the number of threads.
   *
   * @return the delta's directory
   */
  public static Path make(
      OstreeRepository repository, DeltaName name, DeltaOptions options, Progress progress)
      throws IOException {
    Path place = repository.directory().resolve(name.path());
    // a transaction, so that nothing is pruned that the delta is made of
    try (Transaction reading = repository.begin();
        Task task = progress.start("making static delta", -1)) {
      Path work = reading.workDirectory();
      Path made = Files.createDirectory(work.resolve("delta"));
      DeltaWriter.write(repository, name, options, made, task);
      Directories.makeAll(place.getParent());
      if (Files.exists(place)) {
        // Clients that read the old one meanwhile fail a checksum and try again.
        Files.move(place, work.resolve("old"), StandardCopyOption.ATOMIC_MOVE);
      }
      Files.move(made, place, StandardCopyOption.ATOMIC_MOVE);
    }
    return place;
  }

  /**
   * Applies a delta that lies in a directory. Either the whole commit is there afterwards, or
   * nothing is.
   *
   * @param delta its directory, as {@link #make} gives it
   * @throws FormatException if it is not what its superblock says, or asks for more than the limits
   */
  public static Digest apply(
      OstreeRepository repository, Path delta, DeltaLimits limits, Progress progress)
      throws IOException {
    DeltaSuperblock superblock = superblock(delta, limits);
    new DeltaApplication(repository, superblock, limits, delta.toString())
        .run(number -> Files.newInputStream(delta.resolve(Integer.toString(number))), progress);
    return superblock.name().to();
  }

  /** All deltas that lie in a repository. */
  public static List<DeltaName> list(OstreeRepository repository) throws IOException {
    return StoredDeltas.list(repository);
  }

  /** Removes a delta. */
  public static void delete(OstreeRepository repository, DeltaName name) throws IOException {
    Path place = repository.directory().resolve(name.path());
    if (!Files.isDirectory(place)) {
      throw new NoSuchFileException(place.toString(), null, "there is no delta " + name);
    }
    Directories.removeTree(place);
  }

  /** Reads the head of a delta that lies in a directory. */
  public static DeltaSuperblock superblock(Path delta, DeltaLimits limits) throws IOException {
    Path file = delta.resolve(DeltaSuperblock.FILE);
    if (Files.size(file) > limits.superblockBytes()) {
      throw new FormatException(
          file + ": " + Files.size(file) + " bytes, at most " + limits.superblockBytes());
    }
    return DeltaSuperblock.read(Files.readAllBytes(file), file.toString());
  }
}
