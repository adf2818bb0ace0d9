// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.DeltaSuperblock.Part;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Uses the static deltas of a remote repository: the first that leads from a commit that is here,
 * or the one from nothing when none is. Of a delta, those parts are fetched that are smaller than
 * the objects they would bring.
 *
 * <p>What a delta makes is held against checksums, and what it does not make is fetched afterwards;
 * so a delta that is missing, damaged or hostile costs a download and nothing else. A summary that
 * lists deltas, and that may be signed, is the last word on which there are.
 */
record RemoteDeltas(OstreeRepository repository, DeltaLimits limits) implements DeltaSource {
  @Override
  public void apply(
      RemoteFiles remote,
      Transaction into,
      List<Digest> have,
      Digest to,
      Optional<Summary> summary,
      Progress progress)
      throws IOException {
    var names = new ArrayList<DeltaName>();
    have.forEach(from -> names.add(new DeltaName(Optional.of(from), to)));
    if (names.isEmpty()) {
      names.add(new DeltaName(Optional.empty(), to));
    }
    for (DeltaName name : names) {
      try {
        if (apply(remote, into, name, summary, progress)) {
          return;
        }
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        // whatever is wrong with this machine will be found out by fetching objects, too
        try (Task task = progress.start("fetching objects", -1)) {
          task.note("static delta " + name + " is of no use: " + e.getMessage());
        }
        return;
      }
    }
  }

  /** Gives whether there is such a delta. */
  private boolean apply(
      RemoteFiles remote,
      Transaction into,
      DeltaName name,
      Optional<Summary> summary,
      Progress progress)
      throws IOException {
    Optional<Optional<Digest>> listed =
        summary.isPresent() ? summary.get().superblock(name) : Optional.empty();
    if (listed.isPresent() && listed.get().isEmpty()) {
      return false;
    }
    String path = name.path() + "/" + DeltaSuperblock.FILE;
    Optional<byte[]> superblock = remote.find(path, limits.superblockBytes());
    if (superblock.isEmpty()) {
      return false;
    }
    if (listed.isPresent()) {
      Digest found = Digest.of(superblock.get());
      if (!found.equals(listed.get().get())) {
        throw new FormatException(
            path + ": checksum: found " + found + ", expected " + listed.get().get());
      }
    }
    apply(remote, into, name, DeltaSuperblock.read(superblock.get(), path), progress);
    return true;
  }

  private void apply(
      RemoteFiles remote,
      Transaction into,
      DeltaName name,
      DeltaSuperblock superblock,
      Progress progress)
      throws IOException {
    if (!superblock.name().equals(name)) {
      throw new FormatException(name.path() + ": leads elsewhere: " + superblock.name());
    }
    Path work = into.workDirectory();
    LooseCost loose =
        LooseCost.of(
            superblock.commit(),
            superblock.parts().stream().flatMap(part -> part.objects().stream()).toList());
    Set<String> inline = superblock.inlinePaths();
    new DeltaApplication(repository, superblock, limits, name.path())
        .addObjects(
            into,
            number -> {
              Path file = work.resolve(Integer.toString(number));
              remote.download(
                  name.path() + "/" + number,
                  file,
                  superblock.parts().get(number).sizeBytes(),
                  Task.NONE);
              return Files.newInputStream(file, StandardOpenOption.DELETE_ON_CLOSE);
            },
            (number, missing) -> {
              Part part = superblock.parts().get(number);
              // one that came with the superblock costs nothing more
              return inline.contains(superblock.partPath(number))
                  || part.sizeBytes() <= loose.bytes(part, missing);
            },
            progress);
  }
}
