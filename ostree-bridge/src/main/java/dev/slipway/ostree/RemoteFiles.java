// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.fetch.FetchException;
import dev.slipway.fetch.Fetcher;
import dev.slipway.fetch.Request;
import dev.slipway.fetch.Sink;
import dev.slipway.io.Size;
import dev.slipway.progress.Task;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The files of a repository on a web server, by their paths within it. With several addresses of
 * the same repository, one that fails is passed over for the next.
 */
final class RemoteFiles {
  private final Fetcher fetcher;
  private final List<URI> mirrors;
  private final FreeSpace space;

  /**
   * Files below addresses.
   *
   * @param mirrors of directories, with or without a slash at the end; at least one
   * @param space where they are downloaded to
   */
  RemoteFiles(Fetcher fetcher, List<URI> mirrors, FreeSpace space) {
    this.space = space;
    this.fetcher = fetcher;
    this.mirrors = mirrors.stream().map(RemoteFiles::directory).toList();
  }

  private static URI directory(URI address) {
    String text = address.toString();
    return text.endsWith("/") ? address : URI.create(text + "/");
  }

  Fetcher fetcher() {
    return fetcher;
  }

  /** A small file; nothing if there is none. */
  Optional<byte[]> find(String path, long limitBytes) throws IOException {
    try {
      return Optional.of(read(path, Optional.empty(), limitBytes));
    } catch (FetchException e) {
      if (e.kind() == FetchException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * A small file.
   *
   * @param digest of its bytes, if it is known
   */
  byte[] read(String path, Optional<Digest> digest, long limitBytes) throws IOException {
    return fetch(path, digest, limitBytes, Sink.memory(), Task.NONE);
  }

  /** Fetches a file to a path where nothing is. */
  void download(String path, Path target, long limitBytes, Task task) throws IOException {
    fetch(path, Optional.empty(), limitBytes, () -> new FileDraft(target, space), task);
  }

  private <T> T fetch(
      String path, Optional<Digest> digest, long limitBytes, Sink<T> sink, Task task)
      throws IOException {
    IOException first = null;
    for (URI mirror : mirrors) {
      var request =
          new Request(
              mirror.resolve(path),
              OptionalLong.empty(),
              digest,
              Size.bytes(limitBytes),
              Optional.empty());
      try {
        return fetcher.fetch(request, sink, task).value().orElseThrow();
      } catch (FetchException e) {
        if (first == null) {
          first = e;
        }
      }
    }
    throw first;
  }

  /** Writes to a file, which goes away when it is not kept. */
  private static final class FileDraft extends Sink.Draft<Path> {
    private static final int CHECKED_BYTES = 4 << 20;

    private final Path target;
    private final FreeSpace space;
    private final OutputStream out;
    private int unchecked;
    private boolean kept;

    FileDraft(Path target, FreeSpace space) throws IOException {
      this.target = target;
      this.space = space;
      this.out = new BufferedOutputStream(Files.newOutputStream(target), 1 << 16);
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      unchecked += length;
      if (unchecked >= CHECKED_BYTES) {
        unchecked = 0;
        space.require(CHECKED_BYTES);
      }
    }

    @Override
    public Path commit() throws IOException {
      out.close();
      kept = true;
      return target;
    }

    @Override
    public void close() throws IOException {
      out.close();
      if (!kept) {
        Files.deleteIfExists(target);
      }
    }
  }
}
