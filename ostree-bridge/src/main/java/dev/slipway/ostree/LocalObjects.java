// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.ostree.object.ObjectType;
import dev.slipway.progress.Task;
import dev.slipway.work.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The objects of a repository of any mode on this machine. */
final class LocalObjects implements ObjectSource {
  private final OstreeRepository repository;
  private final int threads;

  LocalObjects(OstreeRepository repository, int threads) {
    this.repository = repository;
    this.threads = threads;
  }

  @Override
  public Optional<SignedSummary> summary() throws IOException {
    Path file = repository.directory().resolve(Summary.FILE);
    Path signatures = repository.directory().resolve(Summary.SIGNATURE_FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    return Optional.of(
        new SignedSummary(
            Files.readAllBytes(file),
            Files.exists(signatures)
                ? Optional.of(Files.readAllBytes(signatures))
                : Optional.empty()));
  }

  @Override
  public Optional<Digest> ref(String name) throws IOException {
    return repository.refs().head(name);
  }

  @Override
  public byte[] metadata(ObjectName name) throws IOException {
    return repository.metadata(name);
  }

  @Override
  public Optional<byte[]> detached(Digest commit) throws IOException {
    return repository.objects().detached(commit);
  }

  @Override
  public void copy(List<ObjectName> names, Transaction into, Task task) throws IOException {
    Workers.forEach(
        names,
        threads,
        "ostree objects",
        name -> {
          boolean archived = repository.mode() == RepositoryMode.ARCHIVE && into.keepsArchived();
          if (name.type() == ObjectType.FILE && archived) {
            copyArchived(name, into, task);
          } else if (name.type() == ObjectType.FILE) {
            StoredFile stored = repository.storedFile(name.checksum());
            into.write(stored.header(), stored.sizeBytes(), stored.content());
            task.advance(stored.sizeBytes());
          } else {
            into.writeMetadata(name.type(), repository.metadata(name));
          }
        });
  }

  /** What is compressed already need not be compressed again to be checked. */
  private void copyArchived(ObjectName name, Transaction into, Task task) throws IOException {
    Path draft = into.draft();
    try {
      into.requireSpace(Files.size(repository.file(name)));
      Files.copy(repository.file(name), draft);
    } catch (NoSuchFileException e) {
      throw new MissingObjectException(name, e);
    }
    long bytes = Files.size(draft);
    into.adoptArchived(name, draft);
    task.advance(bytes);
  }

  @Override
  public Optional<RemoteFiles> files() {
    return Optional.empty();
  }
}
