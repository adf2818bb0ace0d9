// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.io.ByteSource;
import dev.slipway.ostree.object.FileHeader;
import dev.slipway.tree.Metadata;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Plain files and links that are what they look like: root's, with nothing but a mode. */
final class BareUserOnlyForm implements FileForm {
  private static final int MODE_KEPT = 0775;
  private static final int PERMISSIONS = 07777;

  @Override
  public Optional<String> objection(FileHeader header) {
    Metadata metadata = header.metadata();
    if (!header.isSymlink() && (metadata.mode() & ~MODE_KEPT) != 0) {
      return Optional.of(
          String.format(
              "mode %04o has bits that mode bare-user-only cannot hold: %04o",
              metadata.mode(), metadata.mode() & ~MODE_KEPT));
    }
    if (metadata.uid() != 0 || metadata.gid() != 0) {
      return Optional.of(
          "owner "
              + metadata.uid()
              + ":"
              + metadata.gid()
              + ", and mode bare-user-only holds root's files alone");
    }
    return metadata.xattrs().isEmpty()
        ? Optional.empty()
        : Optional.of("extended attributes, which mode bare-user-only cannot hold");
  }

  @Override
  public void write(Path target, FileHeader header, long sizeBytes, InputStream content)
      throws IOException {
    if (header.isSymlink()) {
      HostCalls.load().symlink(header.target().orElseThrow(), target.toString());
      return;
    }
    PlainFiles.write(target, sizeBytes, content);
    PlainFiles.setMode(target, header.metadata().mode());
    PlainFiles.setTime(target);
  }

  @Override
  public StoredFile read(Path file) throws IOException {
    if (Files.isSymbolicLink(file)) {
      return new StoredFile(
          new FileHeader(
              Metadata.mode(0777), Optional.of(HostCalls.load().readLink(file.toString()))),
          0,
          ByteSource.bytes());
    }
    return new StoredFile(
        new FileHeader(Metadata.mode(PlainFiles.mode(file) & PERMISSIONS), Optional.empty()),
        Files.size(file),
        ByteSource.file(file));
  }
}
