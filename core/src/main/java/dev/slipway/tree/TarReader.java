// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.tree.Node.Directory;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Reads a whole tar archive as a {@link Tree}.
 *
 * <p>A later entry replaces an earlier one of the same name, as tar does when it extracts. An entry
 * below something that is no directory (a symbolic link, say) is refused, and so is a hard link to
 * what has not come yet. Use {@link TarEntries} for other rules.
 */
public final class TarReader {
  private static final int HEADER_BYTES = 512;

  private TarReader() {}

  /**
   * Reads to the end of the stream, which stays open.
   *
   * @param sourceName the archive's name in error messages
   * @param keeper takes the contents of regular files
   */
  public static Tree read(InputStream in, String sourceName, ContentKeeper keeper)
      throws IOException {
    var builder = new TreeBuilder();
    var entries = new TarEntries(in, sourceName);
    for (Optional<TarEntry> next = entries.next(); next.isPresent(); next = entries.next()) {
      TarEntry entry = next.get();
      Content content = Content.EMPTY;
      if (entry.isSparse()) {
        content = keeper.keep(entries.content(), entry.sizeBytes(), entry.data());
      } else if (entry.sizeBytes() > 0) {
        content = keeper.keep(entries.content(), entry.sizeBytes());
      }
      try {
        put(builder, entry, content, entries);
      } catch (IllegalArgumentException e) {
        throw entries.error(e.getMessage());
      }
    }
    return builder.build();
  }

  /**
   * Reads a whole archive that can be read at any position. Contents stay in it, and their digests
   * are not known; only files with holes go to a keeper.
   *
   * @param archive must stay open while contents are used
   * @param sourceName the archive's name in error messages
   */
  public static Tree read(BlockSource archive, String sourceName, ContentKeeper sparseFiles)
      throws IOException {
    var builder = new TreeBuilder();
    var entries = new TarEntries(archive.stream(0, archive.size()), sourceName);
    for (Optional<TarEntry> next = entries.next(); next.isPresent(); next = entries.next()) {
      TarEntry entry = next.get();
      Content content = Content.EMPTY;
      if (entry.isSparse()) {
        content = sparseFiles.keep(entries.content(), entry.sizeBytes(), entry.data());
      } else if (entry.sizeBytes() > 0) {
        long start = entry.offset() + HEADER_BYTES;
        long size = entry.sizeBytes();
        content = Content.undigested(size, entry.data(), () -> archive.stream(start, size));
      }
      try {
        put(builder, entry, content, entries);
      } catch (IllegalArgumentException e) {
        throw entries.error(e.getMessage());
      }
    }
    return builder.build();
  }

  private static void put(TreeBuilder builder, TarEntry entry, Content content, TarEntries entries)
      throws FormatException {
    TreePath path = entry.path();
    Node node = entry.node(content);
    if (node instanceof Node.HardLink link) {
      if (link.target().equals(path)) {
        return;
      }
      Optional<Node.Inode> target = builder.inode(link.target());
      if (target.isEmpty() || target.get() instanceof Directory) {
        String what = target.isEmpty() ? "not in the archive before it" : "a directory";
        throw entries.error("hard link to " + link.target() + ", which is " + what);
      }
    }
    Optional<Node> before = builder.node(path);
    if (before.isPresent() && !(before.get() instanceof Directory && node instanceof Directory)) {
      if (path.isRoot() || (before.get() instanceof Directory && builder.hasEntriesBelow(path))) {
        throw entries.error(entry.kind() + " in place of a directory that is not empty");
      }
      builder.remove(path);
    }
    builder.put(path, node);
  }
}
