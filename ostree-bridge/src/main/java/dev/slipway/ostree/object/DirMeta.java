// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree.object;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.gvariant.Variant;
import dev.slipway.ostree.gvariant.VariantType;
import dev.slipway.tree.Metadata;

/**
 * What a directory says about itself: {@code (uuua(ayay))}, owner, group, mode with its type bits,
 * extended attributes.
 *
 * @param metadata its times are not kept and read as the epoch
 */
public record DirMeta(Metadata metadata) {
  /** The type of this object, and of {@code user.ostreemeta}. */
  static final VariantType TYPE = VariantType.of("(uuua(ayay))");

  public DirMeta {
    metadata = metadata.withMtime(0, 0);
  }

  /** Reads an object. */
  public static DirMeta read(byte[] bytes, String source) throws FormatException {
    Variant variant = Variant.read(TYPE, bytes, source);
    long mode = Modes.u32(variant.child(2));
    if (Modes.type(mode, source) != Modes.DIRECTORY) {
      throw new FormatException(
          source + ": mode 0" + Long.toOctalString(mode) + " is not that of a directory");
    }
    return new DirMeta(
        Modes.metadata(
            Modes.u32(variant.child(0)),
            Modes.u32(variant.child(1)),
            mode,
            Xattributes.read(variant.child(3), source),
            source));
  }

  /** The object. */
  public byte[] toBytes() {
    return Variant.tuple(
            Modes.u32(metadata.uid()),
            Modes.u32(metadata.gid()),
            Modes.u32(Modes.DIRECTORY | metadata.mode()),
            Xattributes.toVariant(metadata.xattrs()))
        .toBytes();
  }

  /** The object's name. */
  public Digest checksum() {
    return Digest.of(toBytes());
  }
}
