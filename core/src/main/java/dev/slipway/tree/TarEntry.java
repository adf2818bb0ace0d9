// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import dev.slipway.tree.Content.Range;
import java.util.List;

/**
 * What a tar archive says about one file, extended headers worked in.
 *
 * @param path the name, without {@code ./} and trailing slashes
 * @param owner the owner's name, empty when the archive has only the number
 * @param group the group's name, empty when the archive has only the number
 * @param sizeBytes how many bytes the file has, its holes included; 0 for all but regular files
 * @param data where a regular file has data; the rest is holes
 * @param linkName a symbolic link's target as written, or the path a hard link leads to
 * @param index the entry's number in the archive, counting from 0
 * @param offset where its header starts in the archive
 */
public record TarEntry(
    TreePath path,
    Kind kind,
    Metadata metadata,
    String owner,
    String group,
    long sizeBytes,
    List<Range> data,
    String linkName,
    int major,
    int minor,
    long index,
    long offset) {

  /** What an entry is. */
  public enum Kind {
    REGULAR_FILE,
    HARD_LINK,
    SYMLINK,
    CHARACTER_DEVICE,
    BLOCK_DEVICE,
    DIRECTORY,
    FIFO
  }

  /** Whether a regular file has holes. */
  boolean isSparse() {
    return kind == Kind.REGULAR_FILE
        && sizeBytes > 0
        && !(data.size() == 1 && data.get(0).length() == sizeBytes);
  }

  /**
   * This entry as a node.
   *
   * @param content the bytes of a regular file; ignored for everything else
   */
  public Node node(Content content) {
    if (kind == Kind.REGULAR_FILE) {
      return new Node.RegularFile(metadata, content);
    }
    if (kind == Kind.HARD_LINK) {
      return new Node.HardLink(TreePath.of(linkName));
    }
    if (kind == Kind.SYMLINK) {
      return new Node.Symlink(metadata, linkName);
    }
    if (kind == Kind.DIRECTORY) {
      return new Node.Directory(metadata);
    }
    return new Node.Special(metadata, Node.Special.Kind.valueOf(kind.name()), major, minor);
  }
}
