// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import dev.slipway.digest.Digest;
import dev.slipway.io.ByteSource;
import dev.slipway.tree.Content;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import dev.slipway.tree.Xattrs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** A directory of this machine as a tree: a large real one for tests. */
final class HostTree {
  private HostTree() {}

  static Tree of(Path directory) throws IOException {
    Map<Object, TreePath> seen = new HashMap<>();
    try (Stream<Path> all = Files.walk(directory)) {
      return Tree.of(
          t ->
              all.sorted()
                  .forEach(
                      path -> {
                        try {
                          TreePath at = TreePath.of(directory.relativize(path).toString());
                          t.put(at, node(path, at, seen));
                        } catch (IOException e) {
                          throw new UncheckedIOException(e);
                        }
                      }));
    }
  }

  private static Node node(Path path, TreePath at, Map<Object, TreePath> seen) throws IOException {
    Map<String, Object> unix = Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
    int mode = (int) unix.get("mode");
    Instant mtime = ((FileTime) unix.get("lastModifiedTime")).toInstant();
    var metadata =
        new Metadata(
            mode & 07777,
            Integer.toUnsignedLong((int) unix.get("uid")),
            Integer.toUnsignedLong((int) unix.get("gid")),
            mtime.getEpochSecond(),
            mtime.getNano(),
            Xattrs.NONE);
    int type = mode & Ext4Constants.MODE_TYPE;
    if (type == Ext4Constants.MODE_DIRECTORY) {
      return new Node.Directory(metadata);
    }
    if ((int) unix.get("nlink") > 1) {
      TreePath first = seen.putIfAbsent(unix.get("ino") + "@" + unix.get("dev"), at);
      if (first != null) {
        return new Node.HardLink(first);
      }
    }
    if (type == Ext4Constants.MODE_SYMLINK) {
      return new Node.Symlink(metadata, Files.readSymbolicLink(path).toString());
    } else if (type == Ext4Constants.MODE_REGULAR) {
      ByteSource source = ByteSource.file(path);
      return new Node.RegularFile(
          metadata, Content.of(Files.size(path), Digest.of(source), source));
    }
    long device = ((Number) unix.get("rdev")).longValue();
    Node.Special.Kind kind =
        switch (type) {
          case Ext4Constants.MODE_CHARACTER -> Node.Special.Kind.CHARACTER_DEVICE;
          case Ext4Constants.MODE_BLOCK -> Node.Special.Kind.BLOCK_DEVICE;
          case Ext4Constants.MODE_FIFO -> Node.Special.Kind.FIFO;
          default -> Node.Special.Kind.SOCKET;
        };
    return new Node.Special(
        metadata,
        kind,
        (int) (device >>> 8 & 0xfff),
        (int) (device & 0xff | device >>> 12 & 0xfff00));
  }
}
