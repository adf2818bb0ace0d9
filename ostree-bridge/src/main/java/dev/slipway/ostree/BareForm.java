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

/** Files and links as they are in a root file system. */
final class BareForm implements FileForm {
  private static final int PERMISSIONS = 07777;

  private final HostCalls calls = HostCalls.load();

  @Override
  public Optional<String> objection(FileHeader header) {
    boolean userAttribute =
        header.metadata().xattrs().asMap().keySet().stream()
            .anyMatch(name -> name.startsWith("user."));
    return header.isSymlink() && userAttribute
        ? Optional.of("a symbolic link with a user attribute, which Linux does not hold")
        : Optional.empty();
  }

  /** The owner first: a change of it takes setuid bits and capabilities away. The time last. */
  @Override
  public void write(Path target, FileHeader header, long sizeBytes, InputStream content)
      throws IOException {
    Metadata metadata = header.metadata();
    String place = target.toString();
    if (header.isSymlink()) {
      calls.symlink(header.target().orElseThrow(), place);
      calls.chown(place, metadata.uid(), metadata.gid());
      calls.setXattrs(place, metadata.xattrs());
      return;
    }
    PlainFiles.write(target, sizeBytes, content);
    calls.chown(place, metadata.uid(), metadata.gid());
    PlainFiles.setMode(target, metadata.mode());
    calls.setXattrs(place, metadata.xattrs());
    PlainFiles.setTime(target);
  }

  @Override
  public StoredFile read(Path file) throws IOException {
    boolean link = Files.isSymbolicLink(file);
    var metadata =
        new Metadata(
            link ? 0777 : PlainFiles.mode(file) & PERMISSIONS,
            PlainFiles.number(file, "uid"),
            PlainFiles.number(file, "gid"),
            0,
            0,
            calls.xattrs(file.toString()));
    return link
        ? new StoredFile(
            new FileHeader(metadata, Optional.of(calls.readLink(file.toString()))),
            0,
            ByteSource.bytes())
        : new StoredFile(
            new FileHeader(metadata, Optional.empty()), Files.size(file), ByteSource.file(file));
  }
}
