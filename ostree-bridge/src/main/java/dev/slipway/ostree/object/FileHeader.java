// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree.object;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.gvariant.Variant;
import dev.slipway.ostree.gvariant.VariantType;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Node;
import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Node.Symlink;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * What a file object says beside its content: owner, group, mode, target of a symbolic link,
 * extended attributes.
 *
 * <pre>
 * checksum = SHA-256( BE32(length of header) | 00 00 00 00 | header (uuuusa(ayay)) | content )
 * </pre>
 *
 * @param metadata its times are not kept and read as the epoch
 * @param target where a symbolic link points; nothing for regular files
 * @param xattrs those of the metadata in the order in which they are part of the checksum
 */
public record FileHeader(Metadata metadata, Optional<String> target, Variant xattrs) {
  /** Attributes and all; Linux holds 64 KiB of names and 64 KiB for each value. */
  static final int BYTES_MAX = 16 << 20;

  static final int FRAME_BYTES = 8;
  static final VariantType TYPE = VariantType.of("(uuuusa(ayay))");

  public FileHeader(Metadata metadata, Optional<String> target) {
    this(metadata, target, Xattributes.toVariant(metadata.xattrs()));
  }

  public FileHeader {
    metadata = metadata.withMtime(0, 0);
    target.ifPresent(text -> new Symlink(Metadata.mode(0777), text)); // refuses what no link is
  }

  /** The header of a regular file or symbolic link; nothing for what ostree cannot hold. */
  public static Optional<FileHeader> of(Inode inode) {
    if (inode instanceof RegularFile file) {
      return Optional.of(new FileHeader(file.metadata(), Optional.empty()));
    }
    if (inode instanceof Symlink link) {
      return Optional.of(new FileHeader(link.metadata(), Optional.of(link.target())));
    }
    return Optional.empty();
  }

  /** Owner, mode and attributes as static deltas and {@code user.ostreemeta} give them. */
  public static FileHeader of(
      long uid, long gid, long mode, Optional<String> target, Variant xattrs, String source)
      throws FormatException {
    int type = Modes.type(mode, source);
    if (type != Modes.REGULAR && type != Modes.SYMLINK) {
      throw new FormatException(
          source + ": mode 0" + Long.toOctalString(mode) + " is neither of a file nor of a link");
    }
    if (target.isPresent() != (type == Modes.SYMLINK)) {
      throw new FormatException(
          source
              + ": mode 0"
              + Long.toOctalString(mode)
              + (target.isPresent() ? " with" : " without")
              + " the target of a symbolic link");
    }
    try {
      return new FileHeader(
          Modes.metadata(uid, gid, mode, Xattributes.read(xattrs, source), source), target, xattrs);
    } catch (IllegalArgumentException e) {
      throw new FormatException(source + ": " + e.getMessage(), e);
    }
  }

  /** Reads the fields from the first of them on, in a header of either kind. */
  static FileHeader read(Variant variant, int first, String source) throws FormatException {
    String target = variant.child(first + 4).asText();
    long device = variant.child(first + 3).asLong();
    if (device != 0) {
      throw new FormatException(source + ": a device, which no object is");
    }
    return of(
        Modes.u32(variant.child(first)),
        Modes.u32(variant.child(first + 1)),
        Modes.u32(variant.child(first + 2)),
        target.isEmpty() ? Optional.empty() : Optional.of(target),
        variant.child(first + 5),
        source);
  }

  public boolean isSymlink() {
    return target.isPresent();
  }

  /** The mode with its type bits. */
  public int mode() {
    return (isSymlink() ? Modes.SYMLINK : Modes.REGULAR) | metadata.mode();
  }

  /** As a node of a tree. */
  public Inode node(dev.slipway.tree.Content content) {
    return target
        .<Inode>map(text -> new Node.Symlink(metadata, text))
        .orElseGet(() -> new Node.RegularFile(metadata, content));
  }

  private Variant toVariant() {
    return Variant.tuple(
        Modes.u32(metadata.uid()),
        Modes.u32(metadata.gid()),
        Modes.u32(mode()),
        Variant.u32(0),
        Variant.text(target.orElse("")),
        xattrs);
  }

  /** The header with its length before it: what the checksum starts with. */
  public byte[] framed() {
    return framed(toVariant().toBytes());
  }

  /** The header of {@code .filez} objects: with the size of the content first. */
  byte[] framedWithSize(long sizeBytes) {
    return framed(
        Variant.tuple(
                Modes.u64(isSymlink() ? 0 : sizeBytes),
                Modes.u32(metadata.uid()),
                Modes.u32(metadata.gid()),
                Modes.u32(mode()),
                Variant.u32(0),
                Variant.text(target.orElse("")),
                xattrs)
            .toBytes());
  }

  private static byte[] framed(byte[] header) {
    return ByteBuffer.allocate(FRAME_BYTES + header.length)
        .putInt(header.length)
        .putInt(0) // four bytes so that the variant behind them is aligned
        .put(header)
        .array();
  }

  /** An engine that has taken the header in and waits for the content. */
  public MessageDigest digestSoFar() {
    MessageDigest sha256 = Digest.sha256();
    sha256.update(framed());
    return sha256;
  }

  /** The name of a symbolic link, or of an empty file. */
  public Digest checksumWithoutContent() {
    return Digest.finish(digestSoFar());
  }

  /** {@code user.ostreemeta}, by which bare-user repositories remember what a file should be. */
  public byte[] userMeta() {
    return Variant.tuple(
            Modes.u32(metadata.uid()), Modes.u32(metadata.gid()), Modes.u32(mode()), xattrs)
        .toBytes();
  }

  /** The mode that {@code user.ostreemeta} says, by which a link is told from a file. */
  public static boolean isSymlinkMeta(byte[] userMeta, String source) throws FormatException {
    Variant variant = Variant.read(DirMeta.TYPE, userMeta, source);
    return Modes.type(Modes.u32(variant.child(2)), source) == Modes.SYMLINK;
  }

  /** The header that {@code user.ostreemeta} and, for links, the file's content tell. */
  public static FileHeader ofUserMeta(byte[] userMeta, Optional<String> target, String source)
      throws FormatException {
    Variant variant = Variant.read(DirMeta.TYPE, userMeta, source);
    return of(
        Modes.u32(variant.child(0)),
        Modes.u32(variant.child(1)),
        Modes.u32(variant.child(2)),
        target,
        variant.child(3),
        source);
  }
}
