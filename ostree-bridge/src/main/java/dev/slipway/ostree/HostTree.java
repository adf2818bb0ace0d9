// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.tree.Content;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.HardLink;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Node.Special;
import dev.slipway.tree.Node.Symlink;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import dev.slipway.tree.Xattrs;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A directory of the host as a tree: owners, modes and attributes as they are. Contents are read
 * when they are opened, so the directory must not change while the tree is in use.
 */
public final class HostTree {
  private static final int TYPE_MASK = 0170000;
  private static final int PERMISSIONS = 07777;

  private final TreeBuilder builder = Tree.empty().toBuilder();
  private final HostCalls calls = HostCalls.load();
  private final Map<Object, TreePath> linked = new HashMap<>();

  private HostTree() {}

  /**
   * Reads a directory.
   *
   * @throws IOException naming the path that cannot be read, or whose name is not UTF-8
   */
  public static Tree read(Path directory) throws IOException {
    var reader = new HostTree();
    reader.add(directory, TreePath.ROOT);
    return reader.builder.build();
  }

  private void add(Path file, TreePath path) throws IOException {
    Map<String, Object> attributes =
        Files.readAttributes(
            file, "unix:mode,uid,gid,nlink,fileKey,size,rdev", LinkOption.NOFOLLOW_LINKS);
    int mode = (Integer) attributes.get("mode");
    boolean directory = (mode & TYPE_MASK) == 0040000;
    Object key = attributes.get("fileKey");
    if (!directory && ((Integer) attributes.get("nlink")) > 1) {
      TreePath first = linked.putIfAbsent(key, path);
      if (first != null) {
        builder.put(path, new HardLink(first));
        return;
      }
    }
    Xattrs xattrs = calls.xattrs(file.toString());
    Metadata metadata =
        new Metadata(
            mode & PERMISSIONS,
            ((Integer) attributes.get("uid")) & 0xffff_ffffL,
            ((Integer) attributes.get("gid")) & 0xffff_ffffL,
            0,
            0,
            xattrs);
    builder.put(path, node(file, mode, metadata, attributes));
    if (directory) {
      for (Path below : children(file)) {
        add(below, child(path, below));
      }
    }
  }

  private static List<Path> children(Path directory) throws IOException {
    var below = new ArrayList<Path>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      entries.forEach(below::add);
    }
    Collections.sort(below);
    return below;
  }

  private static TreePath child(TreePath path, Path below) throws IOException {
    try {
      return path.child(below.getFileName().toString());
    } catch (IllegalArgumentException e) {
      throw new IOException(
          below + ": " + e.getMessage() + "; run with a UTF-8 locale such as LC_ALL=C.UTF-8", e);
    }
  }

  private Node node(Path file, int mode, Metadata metadata, Map<String, Object> attributes)
      throws IOException {
    long device = (Long) attributes.get("rdev");
    int major = (int) (device >>> 8 & 0xfff);
    int minor = (int) (device & 0xff | device >>> 12 & 0xfff00);
    return switch (mode & TYPE_MASK) {
      case 0040000 -> new Directory(metadata);
      case 0100000 -> {
        long size = (Long) attributes.get("size");
        List<Content.Range> data = size == 0 ? List.of() : List.of(new Content.Range(0, size));
        yield new RegularFile(
            metadata, Content.undigested(size, data, () -> Files.newInputStream(file)));
      }
      case 0120000 -> new Symlink(metadata, calls.readLink(file.toString()));
      case 0020000 -> new Special(metadata, Special.Kind.CHARACTER_DEVICE, major, minor);
      case 0060000 -> new Special(metadata, Special.Kind.BLOCK_DEVICE, major, minor);
      case 0010000 -> new Special(metadata, Special.Kind.FIFO, 0, 0);
      default -> new Special(metadata, Special.Kind.SOCKET, 0, 0);
    };
  }
}
