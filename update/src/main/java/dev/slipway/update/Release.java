// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.fs.ext4.Ext4;
import dev.slipway.fs.ext4.Ext4Image;
import dev.slipway.fs.squashfs.Squashfs;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.io.StructReader;
import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * The release in a slot, by what it says itself in {@link #FILE}.
 *
 * @param compatible which machines it is for; updates for others are refused
 * @param version what people call it
 * @param sequence grows from release to release
 * @param builtAt the time of the file that says all this: a moment that has passed
 */
public record Release(String compatible, String version, long sequence, Instant builtAt) {
  /** The file of a system that names its release, as {@code name=value} lines. */
  public static final String FILE = "/usr/lib/slipway/release";

  private static final int SQUASHFS_SUPERBLOCK = 96;
  private static final int SQUASHFS_BYTES_USED = 40;

  /** The release in a slot; nothing when there is no system or it does not say. */
  public static Optional<Release> in(BlockSource slot, String name) throws IOException {
    Optional<Tree> tree = tree(slot, name);
    Optional<Inode> file = tree.flatMap(found -> found.inode(FILE));
    if (file.isEmpty()) {
      return Optional.empty();
    }
    String text = new String(tree.get().read(FILE), StandardCharsets.UTF_8);
    return Optional.of(
        parse(
            name + ": " + FILE, text, Instant.ofEpochSecond(file.get().metadata().mtimeSeconds())));
  }

  static Optional<Tree> tree(BlockSource slot, String name) throws IOException {
    if (Ext4.isOn(slot)) {
      return Optional.of(Ext4.read(slot, name));
    }
    return Squashfs.isOn(slot) ? Optional.of(Squashfs.read(slot, name)) : Optional.empty();
  }

  static Release parse(String source, String text, Instant builtAt) throws FormatException {
    String compatible = null;
    String version = null;
    String sequence = null;
    for (String line : text.split("\n")) {
      String value = line.substring(line.indexOf('=') + 1);
      switch (line.substring(0, Math.max(0, line.indexOf('=')))) {
        case "compatible" -> compatible = value;
        case "version" -> version = value;
        case "sequence" -> sequence = value;
        default -> {}
      }
    }
    if (compatible == null
        || version == null
        || sequence == null
        || !sequence.matches("[0-9]{1,18}")) {
      throw new FormatException(
          source + ": expected lines compatible=, version= and sequence= with a number");
    }
    return new Release(compatible, version, Long.parseLong(sequence), builtAt);
  }

  /**
   * How long the image in a slot is, which the slot itself may outlast; nothing when it is empty.
   */
  public static Optional<Long> imageBytes(BlockSource slot, String name) throws IOException {
    if (Ext4.isOn(slot)) {
      Ext4Image image = Ext4.open(slot, name);
      return Optional.of(image.size().bytes());
    }
    if (!Squashfs.isOn(slot)) {
      return Optional.empty();
    }
    StructReader in = StructReader.littleEndian(name, 0, slot.readFully(0, SQUASHFS_SUPERBLOCK));
    long used = in.u64(SQUASHFS_BYTES_USED, "bytes_used");
    if (used < SQUASHFS_SUPERBLOCK || used > slot.size()) {
      return Optional.empty();
    }
    long padding = Squashfs.PADDING_BYTES;
    return Optional.of((used + padding - 1) / padding * padding);
  }
}
