// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.fetch.FetchException;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.DeltaSuperblock.Part;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Uses the static deltas of a remote repository: the first that leads from a commit that is here,
 * or the one from nothing when none is.
 *
 * <p>What a delta makes is held against checksums, and what it does not make is fetched afterwards;
 * so a delta that is missing, damaged or hostile costs a download and nothing else.
 */
record RemoteDeltas(OstreeRepository repository, DeltaLimits limits) implements DeltaSource {
  @Override
  public void apply(
      RemoteFiles remote, Transaction into, List<Digest> have, Digest to, Progress progress)
      throws IOException {
    var names = new ArrayList<DeltaName>();
    have.forEach(from -> names.add(new DeltaName(Optional.of(from), to)));
    if (names.isEmpty()) {
      names.add(new DeltaName(Optional.empty(), to));
    }
    for (DeltaName name : names) {
      try {
        Optional<byte[]> superblock =
            remote.find(name.path() + "/superblock", limits.superblockBytes());
        if (superblock.isPresent()) {
          apply(remote, into, name, superblock.get(), progress);
          return;
        }
      } catch (FormatException | FetchException e) {
        try (Task task = progress.start("fetching objects", -1)) {
          task.note("static delta " + name + " is of no use: " + e.getMessage());
        }
        return;
      }
    }
  }

  private void apply(
      RemoteFiles remote, Transaction into, DeltaName name, byte[] superblock, Progress progress)
      throws IOException {
    DeltaSuperblock read = DeltaSuperblock.read(superblock, name.path() + "/superblock");
    if (!read.name().equals(name)) {
      throw new FormatException(name.path() + ": leads elsewhere: " + read.name());
    }
    if (!read.fallbacks().isEmpty()) {
      return; // most of it would be fetched object by object anyway
    }
    Path work = into.workDirectory();
    new DeltaApplication(repository, read, limits, name.path())
        .addObjects(
            into,
            number -> {
              Part part = read.parts().get(number);
              Path file = work.resolve(Integer.toString(number));
              remote.download(
                  name.path() + "/" + number,
                  file,
                  Math.min(part.sizeBytes(), limits.partBytes()),
                  Task.NONE);
              return Files.newInputStream(file, StandardOpenOption.DELETE_ON_CLOSE);
            },
            progress);
  }
}
