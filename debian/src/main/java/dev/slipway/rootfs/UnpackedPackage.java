// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.deb.DebFile;
import dev.slipway.io.FormatException;
import dev.slipway.io.Size;
import dev.slipway.tree.Content;
import dev.slipway.tree.ContentKeeper;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node;
import dev.slipway.tree.TarEntries;
import dev.slipway.tree.TarEntry;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A package with the files of its archive, contents kept.
 *
 * @param order the paths in the archive's order, which dpkg's list of the package has too
 * @param tree the files where the package wants them; hard links lead to paths of the same package
 */
record UnpackedPackage(DebPackage about, List<TreePath> order, Tree tree) {
  /**
   * Compressed data grows: the densest packages of Debian about thirtyfold. What grows beyond this
   * is meant to fill a disk.
   */
  private static final int GROWTH_MAX = 200;

  private static final long BYTES_ALWAYS_ALLOWED = Size.mib(64).bytes();
  private static final int ENTRIES_MAX = 2_000_000;

  /** Reads the archive of a package's files. The package's own digest has been checked. */
  static UnpackedPackage read(DebFile deb, DebPackage about, ContentKeeper keeper)
      throws IOException {
    String where = deb.name() + ": " + deb.dataMember();
    long limit = BYTES_ALWAYS_ALLOWED + deb.compressedData().size() * GROWTH_MAX;
    var order = new ArrayList<TreePath>();
    TreeBuilder tree = Tree.empty().toBuilder();
    var seen = new HashSet<TreePath>();
    var links = new HashSet<TreePath>();
    long bytes = 0;
    try (InputStream in = deb.verifiedData()) {
      var entries = new TarEntries(in, where);
      for (Optional<TarEntry> next = entries.next(); next.isPresent(); next = entries.next()) {
        TarEntry entry = next.get();
        bytes += entry.sizeBytes();
        if (bytes > limit || order.size() >= ENTRIES_MAX) {
          throw entries.error(
              entry.path()
                  + ": "
                  + deb.compressedData().size()
                  + " bytes unpack to more than "
                  + limit
                  + " bytes or "
                  + ENTRIES_MAX
                  + " entries: refused as a bomb");
        }
        requireNotThroughLink(entry, links, entries);
        if (!seen.add(entry.path())) {
          throw entries.error(entry.path() + ": is there twice");
        }
        Content content =
            entry.sizeBytes() == 0
                ? Content.EMPTY
                : keeper.keep(entries.content(), entry.sizeBytes(), entry.data());
        Node node = owned(entry, entry.node(content));
        if (node instanceof Node.HardLink link
            && (!seen.contains(link.target()) || link.target().equals(entry.path()))) {
          throw entries.error(
              entry.path()
                  + ": hard link to "
                  + link.target()
                  + ", which is not in the archive before it");
        }
        if (node instanceof Node.Symlink) {
          links.add(entry.path());
        }
        tree.put(entry.path(), node);
        order.add(entry.path());
      }
    } catch (IllegalArgumentException e) {
      throw new FormatException(where + ": " + e.getMessage(), e);
    }
    return new UnpackedPackage(about, order, tree.build());
  }

  /** dpkg takes names before numbers. The one name that is the same in every system is root's. */
  private static Node owned(TarEntry entry, Node node) {
    if (!(node instanceof Node.Inode inode)) {
      return node;
    }
    Metadata metadata = inode.metadata();
    long uid = entry.owner().equals("root") ? 0 : metadata.uid();
    long gid = entry.group().equals("root") ? 0 : metadata.gid();
    return inode.withMetadata(metadata.withOwner(uid, gid));
  }

  /**
   * An archive that plants a link and then writes through it means to reach another place than it
   * names.
   */
  private static void requireNotThroughLink(TarEntry entry, Set<TreePath> links, TarEntries entries)
      throws FormatException {
    if (links.isEmpty()) {
      return;
    }
    for (TreePath ancestor : entry.path().ancestors()) {
      if (links.contains(ancestor)) {
        throw entries.error(
            entry.path() + ": leads through " + ancestor + ", a symbolic link of the same archive");
      }
    }
  }
}
