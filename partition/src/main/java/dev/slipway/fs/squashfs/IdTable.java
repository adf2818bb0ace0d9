// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.io.Struct;
import java.util.LinkedHashMap;
import java.util.Map;

/** Owners and groups: inodes hold indexes into this table. */
final class IdTable {
  static final int ENTRY_BYTES = 4;
  private static final int IDS_MAX = 0xffff;

  private final Map<Long, Integer> indexes = new LinkedHashMap<>();

  int indexOf(long id) {
    int index = indexes.computeIfAbsent(id, unknown -> indexes.size());
    if (index == IDS_MAX) {
      throw new IllegalArgumentException(
          "squashfs holds at most " + IDS_MAX + " different owners and groups");
    }
    return index;
  }

  int size() {
    return indexes.size();
  }

  void writeTo(MetadataWriter table) {
    for (long id : indexes.keySet()) {
      table.write(Struct.littleEndian(ENTRY_BYTES).u32(0, id, "id").bytes());
    }
  }
}
