// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.ostree.object.FileHeader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/** How a repository's mode lays a file object down on the disk. */
interface FileForm {

  /** What keeps such a file out of a repository of this mode, in words; nothing if it fits. */
  Optional<String> objection(FileHeader header);

  /**
   * Writes an object to a path where nothing is.
   *
   * @param content has exactly {@code sizeBytes} bytes; stays open
   */
  void write(Path target, FileHeader header, long sizeBytes, InputStream content)
      throws IOException;

  /** Reads an object, its content unchecked. */
  StoredFile read(Path file) throws IOException;

  /** The form of a mode. */
  static FileForm of(RepositoryMode mode, int compressionLevel) {
    return switch (mode) {
      case ARCHIVE -> new ArchiveForm(compressionLevel);
      case BARE -> new BareForm();
      case BARE_USER -> new BareUserForm();
      case BARE_USER_ONLY -> new BareUserOnlyForm();
    };
  }
}
