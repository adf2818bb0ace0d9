// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fetch;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Opens {@code file:} addresses. */
final class FileTransport implements Transport {
  @Override
  public Answer open(Request request, long from, Optional<Validator> begun) throws FetchException {
    Path file = path(request);
    try {
      if (!Files.isRegularFile(file) && Files.exists(file)) {
        throw new FetchException(
            FetchException.Kind.NOT_FOUND, request.uri(), "it is not a regular file");
      }
      return new Answer(false, Files.newInputStream(file), 0, Files.size(file), Optional.empty());
    } catch (NoSuchFileException e) {
      throw new FetchException(
          FetchException.Kind.NOT_FOUND, request.uri(), "there is no such file", e);
    } catch (AccessDeniedException e) {
      throw new FetchException(
          FetchException.Kind.REFUSED, request.uri(), "this user may not read it", e);
    } catch (FetchException e) {
      throw e;
    } catch (IOException e) {
      throw new FetchException(
          FetchException.Kind.BAD_ANSWER, request.uri(), "cannot be read: " + e.getMessage(), e);
    }
  }

  private static Path path(Request request) throws FetchException {
    try {
      return Path.of(java.net.URI.create("file://" + request.uri().getRawPath()));
    } catch (IllegalArgumentException | FileSystemNotFoundException | NullPointerException e) {
      throw new FetchException(
          FetchException.Kind.BAD_ANSWER,
          request.uri(),
          "not the address of a file; write file:///absolute/path",
          e);
    }
  }
}
