// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import java.util.Objects;

/**
 * What an inode says about itself, beside its type and contents.
 *
 * @param mode the permission bits, setuid, setgid and sticky included: 0 to 07777
 * @param uid numeric owner, 0 to 2^32 - 2
 * @param gid numeric group, 0 to 2^32 - 2
 * @param mtimeSeconds last modification, seconds since 1970, may be negative
 * @param mtimeNanos the rest of a second, 0 to 999,999,999
 */
public record Metadata(
    int mode, long uid, long gid, long mtimeSeconds, int mtimeNanos, Xattrs xattrs) {
  private static final long ID_MAX = 0xffff_fffeL;

  public Metadata {
    Objects.requireNonNull(xattrs, "xattrs");
    if ((mode & ~07777) != 0) {
      throw new IllegalArgumentException(
          "mode has bits beyond 07777: 0" + Integer.toOctalString(mode));
    }
    if (uid < 0 || uid > ID_MAX || gid < 0 || gid > ID_MAX) {
      throw new IllegalArgumentException(
          "owner " + uid + ":" + gid + " is not within 0 to " + ID_MAX);
    }
    if (mtimeNanos < 0 || mtimeNanos > 999_999_999) {
      throw new IllegalArgumentException("nanoseconds not within a second: " + mtimeNanos);
    }
  }

  /** Owned by root, modified at the epoch, without extended attributes. */
  public static Metadata mode(int mode) {
    return new Metadata(mode, 0, 0, 0, 0, Xattrs.NONE);
  }

  public Metadata withMode(int newMode) {
    return new Metadata(newMode, uid, gid, mtimeSeconds, mtimeNanos, xattrs);
  }

  public Metadata withOwner(long newUid, long newGid) {
    return new Metadata(mode, newUid, newGid, mtimeSeconds, mtimeNanos, xattrs);
  }

  public Metadata withMtime(long seconds, int nanos) {
    return new Metadata(mode, uid, gid, seconds, nanos, xattrs);
  }

  public Metadata withXattrs(Xattrs newXattrs) {
    return new Metadata(mode, uid, gid, mtimeSeconds, mtimeNanos, newXattrs);
  }
}
