// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.io.ByteSource;
import dev.slipway.ostree.object.ArchivedFile;
import dev.slipway.ostree.object.FileHeader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Files as {@code .filez}. */
record ArchiveForm(int compressionLevel) implements FileForm {
  private static final int HEADER_GUESS_BYTES = 512;

  @Override
  public Optional<String> objection(FileHeader header) {
    return Optional.empty();
  }

  @Override
  public void write(Path target, FileHeader header, long sizeBytes, InputStream content)
      throws IOException {
    try (OutputStream out = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW)) {
      new ArchivedFile(header, sizeBytes).write(content, out, compressionLevel);
    }
    PlainFiles.setMode(target, PlainFiles.OBJECT_MODE);
  }

  @Override
  public StoredFile read(Path file) throws IOException {
    String source = file.toString();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), HEADER_GUESS_BYTES)) {
      ArchivedFile archived = ArchivedFile.readHeader(in, source);
      ByteSource content =
          () -> {
            InputStream again = Files.newInputStream(file);
            try {
              return ArchivedFile.readHeader(again, source).content(again, source);
            } catch (IOException | RuntimeException e) {
              again.close();
              throw e;
            }
          };
      return new StoredFile(archived.header(), archived.sizeBytes(), content);
    }
  }
}
