// SPDX-License-Identifier: Apache-2.0
package dev.slipway.spec;

import dev.slipway.tree.Content;
import dev.slipway.tree.TreePath;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Something a specification puts into the image itself.
 *
 * @param path where it stands in the image
 * @param kind what it is, and where its bytes come from
 * @param mode permission bits; nothing means 0755 for directories and, for files, what the source's
 *     owner may do: 0755 when it may run it, else 0644
 * @param owner {@code user:group}, by name or number
 */
public record OwnEntry(TreePath path, Kind kind, Optional<Integer> mode, String owner) {

  /** What stands at the path. */
  public sealed interface Kind {
    /** A file or a whole directory of the host, copied. */
    record CopyOf(Path source) implements Kind {}

    /** A file whose bytes are known. */
    record Inline(Content content) implements Kind {}

    /** A directory, empty unless something else is put into it. */
    record Directory() implements Kind {}

    /** A symbolic link. */
    record Symlink(String target) implements Kind {}
  }
}
