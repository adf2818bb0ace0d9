// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.tree.Xattrs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Changes the numbers in POSIX access control lists, which lie in attributes as version 2 of the
 * kernel's form: u32 version, then for each entry u16 tag, u16 permissions, u32 id; little-endian.
 *
 * @see <a
 *     href="https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/include/uapi/linux/posix_acl_xattr.h">posix_acl_xattr.h</a>
 */
final class AccessLists {
  private static final List<String> NAMES =
      List.of("system.posix_acl_access", "system.posix_acl_default");
  private static final int VERSION = 2;
  private static final int HEADER_BYTES = 4;
  private static final int ENTRY_BYTES = 8;
  private static final int USER = 0x02;
  private static final int GROUP = 0x08;

  private record Entry(int tag, int permissions, int id) {}

  private AccessLists() {}

  static Xattrs moved(Xattrs xattrs, Map<Long, Long> users, Map<Long, Long> groups) {
    var changed = new TreeMap<String, byte[]>();
    xattrs
        .asMap()
        .forEach(
            (name, value) ->
                changed.put(name, NAMES.contains(name) ? moved(value, users, groups) : value));
    return Xattrs.of(changed);
  }

  private static byte[] moved(byte[] list, Map<Long, Long> users, Map<Long, Long> groups) {
    ByteBuffer in = ByteBuffer.wrap(list).order(ByteOrder.LITTLE_ENDIAN);
    if (list.length < HEADER_BYTES
        || (list.length - HEADER_BYTES) % ENTRY_BYTES != 0
        || in.getInt() != VERSION) {
      return list;
    }
    var entries = new ArrayList<Entry>();
    while (in.hasRemaining()) {
      int tag = Short.toUnsignedInt(in.getShort());
      int permissions = Short.toUnsignedInt(in.getShort());
      long id = Integer.toUnsignedLong(in.getInt());
      Map<Long, Long> moves = tag == USER ? users : tag == GROUP ? groups : Map.of();
      entries.add(new Entry(tag, permissions, (int) (long) moves.getOrDefault(id, id)));
    }
    // Within one tag the ids go upwards.
    entries.sort(
        Comparator.comparingInt(Entry::tag).thenComparing(Entry::id, Integer::compareUnsigned));
    ByteBuffer out =
        ByteBuffer.allocate(list.length).order(ByteOrder.LITTLE_ENDIAN).putInt(VERSION);
    entries.forEach(
        entry ->
            out.putShort((short) entry.tag())
                .putShort((short) entry.permissions())
                .putInt(entry.id()));
    return out.array();
  }
}
