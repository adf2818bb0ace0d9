// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.object.ArchivedFile;
import dev.slipway.ostree.object.ObjectName;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The objects of an archive repository, without any of a repository's care. */
record ArchiveObjects(Path repository) implements DeltaObjects {
  private Path path(ObjectName name) {
    return repository.resolve("objects").resolve(name.path(true));
  }

  @Override
  public boolean has(ObjectName name) {
    return Files.exists(path(name));
  }

  @Override
  public byte[] metadata(ObjectName name) throws IOException {
    return Files.readAllBytes(path(name));
  }

  @Override
  public FileObject file(Digest checksum) throws IOException {
    Path path = path(ObjectName.file(checksum));
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
      ArchivedFile file = ArchivedFile.readHeader(in, path.toString());
      return new FileObject(
          file.header(),
          file.sizeBytes(),
          () -> {
            InputStream again = new BufferedInputStream(Files.newInputStream(path));
            return ArchivedFile.readHeader(again, path.toString()).content(again, path.toString());
          });
    }
  }

  @Override
  public void addMetadata(ObjectName name, byte[] bytes) throws IOException {
    Files.createDirectories(path(name).getParent());
    Files.write(path(name), bytes);
  }

  @Override
  public void addFile(Digest checksum, FileObject file) throws IOException {
    Path path = path(ObjectName.file(checksum));
    Files.createDirectories(path.getParent());
    try (OutputStream out = Files.newOutputStream(path);
        InputStream content = file.content().open()) {
      new ArchivedFile(file.header(), file.sizeBytes()).write(content, out, 6);
    }
  }
}
