// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.fetch.FetchException;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.ostree.object.ObjectType;
import dev.slipway.progress.Task;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The objects of an archive repository on a web server. */
final class RemoteObjects implements ObjectSource {
  /** Arbitrary: nothing says how large a file is. {@link FreeSpace} is the real bound. */
  private static final long OBJECT_BYTES_MAX = 64L << 30;

  private static final int REF_BYTES_MAX = 256;

  private final RemoteFiles files;

  RemoteObjects(RemoteFiles files) {
    this.files = files;
  }

  @Override
  public Optional<SignedSummary> summary() throws IOException {
    Optional<byte[]> bytes = files.find(Summary.FILE, Summary.BYTES_MAX);
    return bytes.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new SignedSummary(bytes.get(), files.find(Summary.SIGNATURE_FILE, Summary.BYTES_MAX)));
  }

  @Override
  public Optional<Digest> ref(String name) throws IOException {
    Optional<byte[]> bytes = files.find("refs/heads/" + Refs.requireName(name), REF_BYTES_MAX);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    String text = new String(bytes.get(), StandardCharsets.ISO_8859_1).strip();
    try {
      return Optional.of(Digest.parse(text));
    } catch (IllegalArgumentException e) {
      throw new FormatException("ref " + name + ": the server says no checksum", e);
    }
  }

  @Override
  public byte[] metadata(ObjectName name) throws IOException {
    try {
      return files.read(path(name), Optional.of(name.checksum()), ObjectType.METADATA_BYTES_MAX);
    } catch (FetchException e) {
      throw e.about(name.toString());
    }
  }

  @Override
  public Optional<byte[]> detached(Digest commit) throws IOException {
    return files.find(path(ObjectName.commitMeta(commit)), Summary.BYTES_MAX);
  }

  @Override
  public void copy(List<ObjectName> names, Transaction into, Task task) throws IOException {
    files
        .fetcher()
        .forEach(
            names,
            name -> {
              copy(name, into, task);
              return name;
            });
  }

  private void copy(ObjectName name, Transaction into, Task task) throws IOException {
    if (name.type() != ObjectType.FILE) {
      byte[] bytes = metadata(name);
      into.writeMetadata(name.type(), bytes);
      task.advance(bytes.length);
      return;
    }
    Path draft = into.draft();
    try {
      files.download(path(name), draft, OBJECT_BYTES_MAX, task);
    } catch (FetchException e) {
      throw e.about(name.toString());
    }
    into.adoptArchived(name, draft);
  }

  private static String path(ObjectName name) {
    return "objects/" + name.path(true);
  }

  @Override
  public Optional<RemoteFiles> files() {
    return Optional.of(files);
  }
}
