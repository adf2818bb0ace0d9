// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import dev.slipway.io.FormatException;
import java.io.IOException;
import java.util.Arrays;

/**
 * Tables that compilers make for {@code switch}: 32-bit distances from the start of the table to
 * code. Nothing in the table says that it is one, so the side information lists them.
 */
final class JumpTables implements FieldModel {
  /** Bounds the list to 1 MiB whatever the side information says. */
  static final int MOST = 1 << 17;

  static final int ENTRY_BYTES = 4;

  private static final int WORTH = 4; // bytes: two or three for its place, one for its length

  private final PagedBytes file;
  private final AddressMap map;
  private final long[] offsets; // in the old file, ascending, not overlapping
  private final int[] entries;

  JumpTables(PagedBytes file, AddressMap map, long[] offsets, int[] entries) {
    this.file = file;
    this.map = map;
    this.offsets = offsets;
    this.entries = entries;
  }

  /** The same tables under another map. */
  JumpTables with(AddressMap other) {
    return new JumpTables(file, other, offsets, entries);
  }

  /** Those of the tables that gain more than it costs to name them. */
  JumpTables paying(long[] gains) {
    int count = 0;
    var keptOffsets = new long[offsets.length];
    var keptEntries = new int[offsets.length];
    for (int i = 0; i < offsets.length; i++) {
      if (gains[i] >= WORTH) {
        keptOffsets[count] = offsets[i];
        keptEntries[count++] = entries[i];
      }
    }
    return new JumpTables(
        file, map, Arrays.copyOf(keptOffsets, count), Arrays.copyOf(keptEntries, count));
  }

  /** The number of the table that an offset in the old file lies in. */
  int tableAt(long offset) {
    int index = Arrays.binarySearch(offsets, offset);
    return index >= 0 ? index : -index - 2;
  }

  void write(SideWriter out) {
    out.number(offsets.length);
    long at = 0;
    for (int i = 0; i < offsets.length; i++) {
      out.number((offsets[i] - at) / ENTRY_BYTES).number(entries[i]);
      at = offsets[i] + (long) entries[i] * ENTRY_BYTES;
    }
  }

  static JumpTables read(PagedBytes file, AddressMap map, SideReader in) throws FormatException {
    int count = in.items("jump tables", 2);
    if (count > MOST) {
      throw in.error("jump tables", count + ", at most " + MOST + " expected");
    }
    var offsets = new long[count];
    var entries = new int[count];
    long at = 0;
    for (int i = 0; i < count; i++) {
      int room = (int) ((file.size() - at) / ENTRY_BYTES);
      int gap = in.count("jump table", room);
      offsets[i] = at + (long) gap * ENTRY_BYTES;
      entries[i] = in.count("entries of jump table", room - gap);
      at = offsets[i] + (long) entries[i] * ENTRY_BYTES;
    }
    return new JumpTables(file, map, offsets, entries);
  }

  @Override
  public void fields(long from, long to, FieldSink sink) throws IOException {
    int index = Arrays.binarySearch(offsets, from);
    for (int i = index >= 0 ? index : Math.max(0, -index - 2); i < offsets.length; i++) {
      if (offsets[i] >= to) {
        return;
      }
      table(i, from, to, sink);
    }
  }

  private void table(int i, long from, long to, FieldSink sink) throws IOException {
    long start = map.before().addressOf(offsets[i]);
    long newStart = start == AddressMap.NONE ? AddressMap.NONE : map.map(start);
    if (newStart == AddressMap.NONE) {
      return;
    }
    int first = (int) Math.max(0, (from - offsets[i]) / ENTRY_BYTES);
    for (int n = first; n < entries[i]; n++) {
      long at = offsets[i] + (long) n * ENTRY_BYTES;
      if (at >= to) {
        return;
      }
      sink.absolute(FieldKind.JUMP_TABLE, at, ENTRY_BYTES, newStart, start + file.i32(at));
    }
  }

  int count() {
    return offsets.length;
  }

  @Override
  public long memoryBytes() {
    return 12L * offsets.length;
  }
}
