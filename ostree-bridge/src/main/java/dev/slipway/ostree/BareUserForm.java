// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.io.ByteSource;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.object.FileHeader;
import dev.slipway.tree.Node.Symlink;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Optional;

/**
 * Plain files that carry {@code user.ostreemeta}; symbolic links are files that hold their target
 * and a NUL, which ostree writes and does not need.
 */
final class BareUserForm implements FileForm {
  /** {@code user.} is Java's part of the name. */
  private static final String META = "ostreemeta";

  private static final int MODE_KEPT = 0775;
  private static final int MODE_ALWAYS = 0400;
  private static final int SYMLINK_MODE = 0644;

  @Override
  public Optional<String> objection(FileHeader header) {
    return Optional.empty();
  }

  @Override
  public void write(Path target, FileHeader header, long sizeBytes, InputStream content)
      throws IOException {
    if (header.isSymlink()) {
      byte[] text = (header.target().orElseThrow() + "\0").getBytes(StandardCharsets.UTF_8);
      PlainFiles.write(target, text.length, new ByteArrayInputStream(text));
    } else {
      PlainFiles.write(target, sizeBytes, content);
    }
    try {
      view(target).write(META, ByteBuffer.wrap(header.userMeta()));
    } catch (FileSystemException | UnsupportedOperationException e) {
      throw new IOException(
          target + ": this file system holds no user attributes, which mode bare-user needs", e);
    }
    PlainFiles.setMode(
        target,
        header.isSymlink() ? SYMLINK_MODE : (header.metadata().mode() & MODE_KEPT) | MODE_ALWAYS);
    PlainFiles.setTime(target);
  }

  @Override
  public StoredFile read(Path file) throws IOException {
    byte[] meta = meta(file);
    if (!FileHeader.isSymlinkMeta(meta, file.toString())) {
      return new StoredFile(
          FileHeader.ofUserMeta(meta, Optional.empty(), file.toString()),
          Files.size(file),
          ByteSource.file(file));
    }
    if (Files.size(file) > Symlink.TARGET_BYTES_MAX + 1) {
      throw new FormatException(
          file + ": a symbolic link's target of " + Files.size(file) + " bytes");
    }
    String text = Files.readString(file);
    String target = text.endsWith("\0") ? text.substring(0, text.length() - 1) : text;
    return new StoredFile(
        FileHeader.ofUserMeta(meta, Optional.of(target), file.toString()), 0, ByteSource.bytes());
  }

  private static byte[] meta(Path file) throws IOException {
    UserDefinedFileAttributeView view = view(file);
    if (!view.list().contains(META)) {
      throw new FormatException(file + ": has no attribute user." + META);
    }
    ByteBuffer meta = ByteBuffer.allocate(view.size(META));
    view.read(META, meta);
    return meta.array();
  }

  private static UserDefinedFileAttributeView view(Path file) {
    UserDefinedFileAttributeView view =
        Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
    if (view == null) {
      throw new UnsupportedOperationException("no user attributes");
    }
    return view;
  }
}
