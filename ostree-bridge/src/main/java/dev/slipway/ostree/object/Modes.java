// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree.object;

import dev.slipway.io.FormatException;
import dev.slipway.ostree.gvariant.Variant;
import dev.slipway.tree.Metadata;
import dev.slipway.tree.Xattrs;

/** Owners and modes within objects: numbers with the big end first in slots of the other order. */
final class Modes {
  static final int TYPE_MASK = 0170000;
  static final int DIRECTORY = 0040000;
  static final int REGULAR = 0100000;
  static final int SYMLINK = 0120000;

  private static final int PERMISSIONS = 07777;

  private Modes() {}

  static Variant u32(long value) {
    return Variant.u32(Integer.reverseBytes((int) value));
  }

  static Variant u64(long value) {
    return Variant.u64(Long.reverseBytes(value));
  }

  static long u32(Variant value) {
    return Integer.reverseBytes((int) value.asLong()) & 0xffff_ffffL;
  }

  static long u64(Variant value) {
    return Long.reverseBytes(value.asLong());
  }

  /** The type bits of a mode, which has nothing beyond types and permissions. */
  static int type(long mode, String source) throws FormatException {
    if ((mode & ~(long) (TYPE_MASK | PERMISSIONS)) != 0) {
      throw new FormatException(source + ": mode 0" + Long.toOctalString(mode) + " has other bits");
    }
    return (int) mode & TYPE_MASK;
  }

  /** Metadata of which objects know nothing but this. */
  static Metadata metadata(long uid, long gid, long mode, Xattrs xattrs, String source)
      throws FormatException {
    try {
      return new Metadata((int) mode & PERMISSIONS, uid, gid, 0, 0, xattrs);
    } catch (IllegalArgumentException e) {
      throw new FormatException(source + ": " + e.getMessage(), e);
    }
  }
}
