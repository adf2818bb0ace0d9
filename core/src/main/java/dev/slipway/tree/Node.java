// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** What stands at a path of a {@link Tree}. */
public sealed interface Node {

  /**
   * A directory.
   *
   * @param implied made only because something lies below it: an overlay does not change the
   *     metadata of a directory that is there already
   */
  record Directory(Metadata metadata, boolean implied) implements Inode {
    public Directory {
      Objects.requireNonNull(metadata, "metadata");
    }

    public Directory(Metadata metadata) {
      this(metadata, false);
    }

    @Override
    public Directory withMetadata(Metadata changed) {
      return new Directory(changed, implied);
    }
  }

  /** A regular file. */
  record RegularFile(Metadata metadata, Content content) implements Inode {
    public RegularFile {
      Objects.requireNonNull(metadata, "metadata");
      Objects.requireNonNull(content, "content");
    }

    @Override
    public RegularFile withMetadata(Metadata changed) {
      return new RegularFile(changed, content);
    }
  }

  /** A symbolic link; its mode is always 0777. The target is kept as written. */
  record Symlink(Metadata metadata, String target) implements Inode {
    /** The longest target Linux holds, in UTF-8 bytes. */
    public static final int TARGET_BYTES_MAX = 4095;

    public Symlink {
      Objects.requireNonNull(metadata, "metadata");
      int bytes = target.getBytes(StandardCharsets.UTF_8).length;
      if (bytes == 0 || bytes > TARGET_BYTES_MAX || target.indexOf('\0') >= 0) {
        throw new IllegalArgumentException(
            "a link's target has 1 to "
                + TARGET_BYTES_MAX
                + " bytes without NUL: \""
                + target
                + "\"");
      }
      metadata = metadata.withMode(0777);
    }

    @Override
    public Symlink withMetadata(Metadata changed) {
      return new Symlink(changed, target);
    }
  }

  /** A character or block device, a fifo or a socket. Numbers are 0 for the latter two. */
  record Special(Metadata metadata, Kind kind, int major, int minor) implements Inode {
    /** The kinds of special files. */
    public enum Kind {
      CHARACTER_DEVICE,
      BLOCK_DEVICE,
      FIFO,
      SOCKET
    }

    public Special {
      Objects.requireNonNull(metadata, "metadata");
      boolean device = kind == Kind.CHARACTER_DEVICE || kind == Kind.BLOCK_DEVICE;
      if (major < 0
          || major > 0xfff
          || minor < 0
          || minor > 0xfffff
          || (!device && (major | minor) != 0)) {
        throw new IllegalArgumentException(
            "device numbers " + major + ":" + minor + " do not fit a " + kind);
      }
    }

    @Override
    public Special withMetadata(Metadata changed) {
      return new Special(changed, kind, major, minor);
    }
  }

  /**
   * A further name of an inode. In a tree, {@code target} is always the inode's first name in path
   * order, and holds no directory.
   */
  record HardLink(TreePath target) implements Node {
    public HardLink {
      Objects.requireNonNull(target, "target");
    }
  }

  /** A node that is an inode of its own, not a further name of one. */
  sealed interface Inode extends Node permits Directory, RegularFile, Symlink, Special {
    Metadata metadata();

    Inode withMetadata(Metadata changed);
  }
}
