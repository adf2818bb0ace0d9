// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Access control lists have two forms: the one programs see ({@code getxattr}: version 2, eight
 * bytes an entry), which is also the one of trees and archives, and the one on the disk (version 1,
 * where only entries for a named user or group have an id).
 */
final class PosixAcl {
  private static final int VERSION_SEEN = 2; // POSIX_ACL_XATTR_VERSION
  private static final int VERSION_STORED = 1; // EXT4_ACL_VERSION
  private static final int HEADER_BYTES = 4;
  private static final int ENTRY_BYTES = 8;
  private static final int TAG_USER = 0x02;
  private static final int TAG_GROUP = 0x08;

  private PosixAcl() {}

  /** What ext4 stores for a value that programs see. */
  static byte[] toStored(byte[] seen) {
    ByteBuffer in = little(seen);
    if (seen.length < HEADER_BYTES
        || (seen.length - HEADER_BYTES) % ENTRY_BYTES != 0
        || in.getInt() != VERSION_SEEN) {
      throw new IllegalArgumentException(
          "not an access control list of version 2: " + seen.length + " bytes");
    }
    ByteBuffer out = ByteBuffer.allocate(seen.length).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(VERSION_STORED);
    while (in.hasRemaining()) {
      short tag = in.getShort();
      out.putShort(tag).putShort(in.getShort());
      int id = in.getInt();
      if (hasId(tag)) {
        out.putInt(id);
      }
    }
    return used(out);
  }

  /** What programs see of a stored value; null when it is not an access control list. */
  static byte[] toSeen(byte[] stored) {
    ByteBuffer in = little(stored);
    ByteBuffer out =
        ByteBuffer.allocate(HEADER_BYTES + 2 * stored.length).order(ByteOrder.LITTLE_ENDIAN);
    try {
      if (in.getInt() != VERSION_STORED) {
        return null;
      }
      out.putInt(VERSION_SEEN);
      while (in.hasRemaining()) {
        short tag = in.getShort();
        out.putShort(tag).putShort(in.getShort()).putInt(hasId(tag) ? in.getInt() : -1);
      }
    } catch (BufferUnderflowException e) {
      return null;
    }
    return used(out);
  }

  private static boolean hasId(int tag) {
    return tag == TAG_USER || tag == TAG_GROUP;
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] used(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.position()];
    buffer.get(0, bytes);
    return bytes;
  }
}
